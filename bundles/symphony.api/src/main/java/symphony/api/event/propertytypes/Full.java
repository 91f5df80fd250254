package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * What to do with an event that finds a handler's queue full, service property {@code symphony.full}.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface Full {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * refuse (the publisher is told) or dead-letter.
     *
     * @return the policy
     */
    String value();
}

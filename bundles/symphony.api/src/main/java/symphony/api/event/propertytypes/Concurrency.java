package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * How many calls of a handler may run at once, service property {@code symphony.concurrency}.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface Concurrency {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * Calls.
     *
     * @return 1 to 1024
     */
    int value();
}

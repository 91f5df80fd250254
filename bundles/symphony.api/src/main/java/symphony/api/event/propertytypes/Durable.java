package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * What waits outlives the process, service property {@code symphony.durable}.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface Durable {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * Whether it does.
     *
     * @return true, unless switched off
     */
    boolean value() default true;
}

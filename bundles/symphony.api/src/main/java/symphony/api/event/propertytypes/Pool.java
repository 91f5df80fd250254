package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * The pool whose threads call a handler, service property {@code symphony.pool}.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface Pool {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * Name of a configured pool.
     *
     * @return the name
     */
    String value();
}

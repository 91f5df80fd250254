package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * How long a subscription is kept after its handler left, service property {@code symphony.grace}: within that time an
 * updated handler takes over what waits.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface Grace {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * A duration, as 10s; 0 keeps nothing.
     *
     * @return the time
     */
    String value();
}

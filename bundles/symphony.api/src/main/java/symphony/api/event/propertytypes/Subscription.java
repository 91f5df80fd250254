package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * The name of a handler's subscription within its bundle, service property {@code symphony.subscription}. Give one to keep
 * what waits when the class is renamed.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface Subscription {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * The name.
     *
     * @return 1 to 200 characters
     */
    String value();
}

package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * Events with equal values at a path of their data are handled one after the other, service property
 * {@code symphony.order.key}: {@code @OrderKey("customer.id")}. Where the data has no value there the event's own
 * {@link symphony.api.event.Event#key() key} counts; an event without both waits for no other and none waits for it.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface OrderKey {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * Dotted path into the data.
     *
     * @return the path
     */
    String value();
}

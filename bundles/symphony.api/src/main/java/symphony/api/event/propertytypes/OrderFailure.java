package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * What becomes of the later events of an {@linkplain OrderKey order key} when one of them is given up, service property
 * {@code symphony.order.failure}.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface OrderFailure {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * hold-back (they are handled once it is given up) or take-along (they become dead letters, too).
     *
     * @return the policy
     */
    String value();
}

package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * The longest a call may take before it is interrupted, service property {@code symphony.time.limit}.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface TimeLimit {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * A duration, as 30s, 500ms, 2m.
     *
     * @return the limit
     */
    String value();
}

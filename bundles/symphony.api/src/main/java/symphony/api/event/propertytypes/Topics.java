package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * The topics of a handler, service property {@code symphony.topics}: {@code @Topics("orders/*")}.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface Topics {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * Topic filters: + stands for one segment, a final * for the rest.
     *
     * @return at least one filter
     */
    String[] value();
}

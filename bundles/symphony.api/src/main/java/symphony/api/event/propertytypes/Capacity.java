package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * How many events may wait for a handler, service property {@code symphony.capacity}.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface Capacity {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * Events.
     *
     * @return 1 to 10 000 000
     */
    int value();
}

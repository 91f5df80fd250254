package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * How long an event may wait for this handler since it was published, service property {@code symphony.time.to.live}. One that is
 * older expires.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface TimeToLive {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * A duration, as 30s, 500ms, 2m, 1d.
     *
     * @return the time
     */
    String value();
}

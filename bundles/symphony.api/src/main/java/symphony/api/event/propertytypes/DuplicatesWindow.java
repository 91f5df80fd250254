package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * How long the subscription knows the id of an event that it has taken, service property
 * {@code symphony.duplicates.window}: a publisher that repeats an event within that time, because it did not see its receipt,
 * is told that it is accepted, and the handler gets it once. For publishers that give their events an id.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface DuplicatesWindow {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * A duration, as 5m; 0 knows nothing.
     *
     * @return the time
     */
    String value();
}

package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * How often and when a failed event is tried again, service properties {@code symphony.attempts} and {@code symphony.backoff}.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Retry {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * Attempts in all before the event becomes a dead letter.
     *
     * @return 1 to 1000
     */
    int attempts() default 5;

    /**
     * Wait before the second attempt, doubled before each further one, up to 30 s, varied by a fifth.
     *
     * @return a duration, as 100ms
     */
    String backoff() default "100ms";
}

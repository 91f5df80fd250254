package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * How often and when a failed event is tried again, service properties {@code symphony.attempts}, {@code symphony.backoff},
 * {@code symphony.backoff.max} and {@code symphony.no.retry}. What is left out is as configured.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface Retry {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * Attempts in all before the event becomes a dead letter.
     *
     * @return 1 to 1000; 0: as configured
     */
    int attempts() default 0;

    /**
     * Wait before the second attempt, doubled before each further one up to what is configured, varied by a fifth.
     *
     * @return a duration, as 100ms; empty: as configured
     */
    String backoff() default "";

    /**
     * Longest wait between two attempts.
     *
     * @return a duration, as 10s; empty: as configured
     */
    String backoff_max() default "";

    /**
     * Exceptions, their subclasses included, after which another attempt would not help: the event becomes a dead letter at
     * once.
     *
     * @return classes, by whose names they are known; none: whatever is thrown is tried again
     */
    Class<? extends Throwable>[] no_retry() default {};
}

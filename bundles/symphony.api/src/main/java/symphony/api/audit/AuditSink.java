package symphony.api.audit;

import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Takes what every part of the system reports about itself. Thread-safe.
 *
 * <p>Optional: while no such service is there, entries go to the log, or, under the launch property
 * {@code symphony.security=required}, the operations that need one are refused.
 */
@ProviderType
public interface AuditSink {
    /**
     * Adds an entry. When this returns the entry is durable.
     *
     * @param entry never null
     * @throws AuditUnavailableException if it could not be stored; the operation must not be done then
     */
    void record(AuditEntry entry);

    /**
     * Counts one step of the flow of events; summaries of these are written once a second. Never blocks and never throws.
     *
     * @param action what was done, as {@code event:publish}, {@code event:deliver}, {@code event:ack}
     * @param principal who did it
     * @param topic the event's topic
     * @param subscription the subscription's identity, empty where there is none
     * @param outcome how it ended
     * @param eventId the event
     */
    void count(String action, String principal, String topic, String subscription, Outcome outcome, UUID eventId);
}

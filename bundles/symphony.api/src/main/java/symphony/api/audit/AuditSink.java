package symphony.api.audit;

import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Takes what every part of the system reports about itself. Thread-safe.
 *
 * <p>Optional: while no such service is there, entries go to the log, or, under the launch property
 * {@code symphony.security=required}, the operations that need one are refused.
 *
 * <p>The core's own bundles record what their callers do. Each other bundle gets a service of its own: the actor of its entries is its
 * own principal, its symbolic name, for which it needs the permission {@code audit:record} and the action with a slash, as
 * {@code audit:record:shop/refund}; another actor needs {@code audit:record-as} and that actor besides, {@code user/} and the name for
 * a user. It may record so much a second; and the details {@code by}, {@code user}, {@link AuditEntry#DECISION} and
 * {@link AuditEntry#EPOCH} are set by the service, whatever the entry has there.
 */
@ProviderType
public interface AuditSink {
    /**
     * Adds an entry. When this returns the entry is durable: it is on the disk, as far as that keeps what it was told to force.
     * Waits for that, but not for ever; not interruptible, an interrupt stays for later.
     *
     * <p>Of denials that are alike ({@link Outcome#DENIED}, and all the same but for {@link AuditEntry#DECISION}) the first one is
     * durable when this returns. Those that follow it within a second are counted, and return once the first one is durable; a
     * record with their number is written within a second, or once the trail can be written again. Where there are too many
     * kinds of them, those of one actor, or of one action, count as alike. So who is denied very often does not fill the disk.
     *
     * @param entry never null; texts that are too long are cut
     * @throws AuditUnavailableException if it could not be stored, or the caller records too much; the operation must not be done then
     * @throws symphony.api.rbac.AccessDeniedException if the caller may not record it
     */
    void record(AuditEntry entry);

    /**
     * Adds an entry without waiting for the disk: for operations that are to be in the trail one by one and are too many, or too
     * quick, to wait. It is durable soon, and lost only if the process or the machine ends before, or nothing can be written: then
     * the trail tells how many are missing. It keeps its place: what is added later comes later.
     *
     * @param entry never null; texts that are too long are cut
     * @throws AuditUnavailableException if it cannot be taken, or the caller records too much; the operation must not be done then
     * @throws symphony.api.rbac.AccessDeniedException if the caller may not record it
     */
    default void submit(AuditEntry entry) {
        record(entry);
    }

    /**
     * Counts one step of the flow of events; summaries of these are written once a second. Never blocks and never throws.
     * Of bundles that are none of the core's own nothing is counted; the trail tells of it.
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

package symphony.api.audit;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One record of the trail. Its texts are as they were given, cut if they were too long: whoever shows them has to do without
 * control characters.
 *
 * @param sequence its number, from 1, without gaps
 * @param time when it was told; of one that tells of several things, when it was written
 * @param kind what kind of record
 * @param isSealed whether its content is stored sealed
 * @param entry what was done; empty if its content is sealed and cannot be opened now, or is malformed
 * @param subscription the subscription's identity, empty where there is none
 * @param count how many events or entries it stands for, 1 or more
 * @param from when the first of them was
 * @param to when the last of them was
 * @param first id of the first event, of those that one thread told of; empty where there is none
 * @param last id of the last one
 * @param hash its chain hash, in hexadecimal
 */
@ProviderType
public record AuditRecord(
        long sequence,
        Instant time,
        Kind kind,
        boolean isSealed,
        Optional<AuditEntry> entry,
        String subscription,
        long count,
        Instant from,
        Instant to,
        Optional<UUID> first,
        Optional<UUID> last,
        String hash) {
    /** What a record is about, and how durable it was when its writer went on. */
    public enum Kind {
        /** What matters for security: on the disk before its writer went on, but for repeated denials, which are counted. */
        SECURITY,
        /** An operation that did not wait for the disk. */
        OPERATION,
        /** One step of one event, of a topic of which each is wanted. */
        EVENT,
        /** Steps of events, counted for a second. */
        SUMMARY,
        /** The trail itself: signed up to the record before. */
        CHECKPOINT,
        /** The trail itself: nothing could be written for a while; how many entries were refused meanwhile. */
        GAP,
        /** The trail itself: what was found to be wrong when it was opened. */
        RECOVERY,
        /** The trail itself: its oldest records are removed, as configuration wants it. */
        RETENTION,
        /** The trail itself: a process goes on with it, or seals it otherwise from here on. */
        START
    }

    /** Checks that nothing is null, and the count. */
    public AuditRecord {
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(entry, "entry");
        Objects.requireNonNull(subscription, "subscription");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(last, "last");
        Objects.requireNonNull(hash, "hash");
        if (count < 1) {
            throw new IllegalArgumentException("count is " + count + ", must be 1 or more");
        }
    }
}

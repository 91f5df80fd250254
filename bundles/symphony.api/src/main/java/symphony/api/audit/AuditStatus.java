package symphony.api.audit;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * How the audit stands.
 *
 * @param isWritable whether entries are taken; while they are not, operations that need one are refused
 * @param problem why they are not, and how to mend it; empty if they are
 * @param since since when it is so
 * @param isSealing whether what is written now is sealed
 * @param sequence number of the last record, 0 if there is none or it is not known
 * @param firstSequence number of the first record that is kept, 0 likewise
 * @param bytes size of the trail's files
 * @param checkpoint the newest checkpoint, if there is one
 * @param key id of the key that signs, as in {@link AuditCheckpoint#key}; empty if there is none
 */
@ProviderType
public record AuditStatus(
        boolean isWritable,
        String problem,
        Instant since,
        boolean isSealing,
        long sequence,
        long firstSequence,
        long bytes,
        Optional<AuditCheckpoint> checkpoint,
        String key) {
    /** Checks that nothing is null. */
    public AuditStatus {
        Objects.requireNonNull(problem, "problem");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(checkpoint, "checkpoint");
        Objects.requireNonNull(key, "key");
    }
}

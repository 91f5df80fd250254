package symphony.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.AuditCheckpoint;
import symphony.component.QuietLog;

/**
 * Writes what lies beside the trail and changes with it: the newest checkpoint, and the signing key, sealed by the key that seals
 * now. What fails is tried again. The writer's thread only.
 */
final class SideFiles {
    private static final Logger log = LoggerFactory.getLogger(SideFiles.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Path folder;
    private final CheckpointFile file;
    private final KeyFiles keys;
    private final LongSupplier nanos;
    private final QuietLog checkpointFailures;
    private final QuietLog keyFailures;
    private final Due retry = new Due();
    private Optional<AuditCheckpoint> owed = Optional.empty();

    SideFiles(Path folder, KeyFiles keys, LongSupplier nanos) {
        this.folder = folder;
        this.file = CheckpointFile.in(folder);
        this.keys = keys;
        this.nanos = nanos;
        this.checkpointFailures = new QuietLog(nanos);
        this.keyFailures = new QuietLog(nanos);
    }

    /** What was just signed is kept. */
    void write(AuditCheckpoint checkpoint, SigningKey key, Sealing sealing) {
        owed = Optional.of(checkpoint);
        write(key, sealing);
    }

    /** What failed, once it is time. */
    void retryIfDue(long now, SigningKey key, Sealing sealing) {
        if (retry.isOver(now)) {
            write(key, sealing);
        }
    }

    private void write(SigningKey key, Sealing sealing) {
        retry.clear();
        writeCheckpoint();
        sealAnew(key, sealing);
    }

    private void writeCheckpoint() {
        if (owed.isEmpty()) {
            return;
        }
        try {
            file.write(owed.get());
            owed = Optional.empty();
        } catch (IOException | RuntimeException e) {
            retryLater();
            checkpointFailures.write(more -> log.warn(
                    "symphony.audit: the newest checkpoint could not be written beside the trail in {}; it is tried again"
                            + " ({} more not told)",
                    folder,
                    more,
                    e));
        }
    }

    /** By the key that seals now, unless it is. */
    void sealAnew(SigningKey key, Sealing sealing) {
        try {
            keys.sealAnew(key, sealing);
        } catch (IOException | RuntimeException | LinkageError e) { // as while the crypto service is replaced
            retryLater();
            keyFailures.write(more -> log.warn(
                    "symphony.audit: the signing key in {} could not be sealed by the newest key; it is tried again ({} more not"
                            + " told)",
                    folder,
                    more,
                    e));
        }
    }

    private void retryLater() {
        retry.setUnlessSet(nanos.getAsLong() + RETRY_NANOS);
    }

    long nanosLeft(long now) {
        return retry.nanosLeft(now);
    }
}

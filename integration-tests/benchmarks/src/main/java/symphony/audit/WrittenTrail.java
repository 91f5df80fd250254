package symphony.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.Outcome;
import symphony.codec.CodecEngine;
import symphony.codec.CodecLimits;
import symphony.crypto.CryptoEngine;
import symphony.segmentlog.LogReader;
import symphony.segmentlog.Position;
import symphony.segmentlog.SegmentLog;

/**
 * A trail as the product writes it, sealed, in a folder of its own, and verified as from the command line. In the package of the audit, since
 * that has no other way in without a framework.
 */
public final class WrittenTrail implements AutoCloseable {
    private static final int AT_ONCE = 1_000;

    private final Path folder;

    /** Writes so many entries; there are a few more records, of the trail itself. */
    public WrittenTrail(int entries) throws IOException {
        folder = Files.createTempDirectory("symphony-audit-");
        var engine = new AuditEngine(
                folder,
                AuditSettings.of(AuditSettings.KEYS.orDefaults(Map.of())),
                SegmentLog::open,
                InstantSource.system(),
                System::nanoTime,
                new SecureRandom(),
                false);
        try (var crypto = CryptoEngine.ephemeral(new CodecEngine(CodecLimits.DEFAULT));
                engine) {
            engine.start();
            engine.bind(crypto);
            for (int i = 0; i < entries; i++) {
                AuditEntry entry = entry(i);
                if (i % AT_ONCE == 0) {
                    engine.record(entry); // waits for those before it
                } else {
                    engine.submit(entry);
                }
            }
        }
    }

    private static AuditEntry entry(int number) {
        var details = Map.of(AuditEntry.DECISION, "d-" + number, AuditEntry.EPOCH, "17", "confidence", "0.93");
        return new AuditEntry("shop.assistant", "nlp:recognize", "utterance/" + number, Outcome.DONE, details);
    }

    /** By trusted keys and with an anchor, as it is meant to be done. */
    public AuditVerification verify() throws IOException {
        try {
            var verification = Verification.by(KeyFiles.publicKeys(folder.resolve(KeyFiles.PUBLIC)));
            CheckpointFile beside = CheckpointFile.in(folder);
            List<AuditCheckpoint> known = beside.read().stream().toList();
            verification.add(beside);
            verification.add("the anchor", known, 0);
            return verification.run(() -> LogReader.open(folder, LogOpener.OPTIONS, Position.BEGIN));
        } catch (TrailException e) {
            throw new IOException(e);
        }
    }

    /** Of all its files. */
    public long bytes() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /** Removes it. */
    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

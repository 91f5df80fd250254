package symphony.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.audit.Verifier.OvertakenException;
import symphony.segmentlog.LogReader;

/** What a trail is verified with: public keys, and checkpoints from outside of it. One thread only. */
final class Verification {
    private static final int MOST_TRIES = 5;

    private final PublicKeys keys;
    private final List<Outside> outside = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private record Outside(AuditCheckpoint checkpoint, String source) {}

    /** Where the trail is read from, anew with each call. */
    interface Source {
        LogReader open() throws IOException;
    }

    Verification(PublicKeys keys) {
        this.keys = keys;
    }

    /** The file beside the trail, if it is there. */
    void add(CheckpointFile side) throws IOException {
        try {
            Optional<AuditCheckpoint> checkpoint = side.read();
            checkpoint.ifPresent(known -> add(known, "the file " + CheckpointFile.NAME));
        } catch (IllegalArgumentException e) {
            problem("the file " + CheckpointFile.NAME + " cannot be read: " + e.getMessage());
        }
    }

    void add(AuditCheckpoint checkpoint, String source) {
        outside.add(new Outside(checkpoint, source));
    }

    /** Something outside of the trail does not say what it should. */
    void problem(String detail) {
        problems.add(detail);
    }

    /** Reads all of it; once more if records were removed meanwhile. */
    AuditVerification run(Source source) throws IOException {
        for (int i = 1; ; i++) {
            var verifier = new Verifier(keys);
            outside.forEach(known -> verifier.add(known.checkpoint(), known.source()));
            problems.forEach(detail -> verifier.find(Verdict.ANCHOR, detail));
            try (LogReader reader = source.open()) {
                return verifier.verify(reader);
            } catch (OvertakenException e) {
                if (i == MOST_TRIES) {
                    throw new IOException("old records are being removed again and again; try later", e);
                }
            }
        }
    }
}

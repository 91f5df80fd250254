package symphony.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Finding;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.audit.OutsideCheckpoints.Source;
import symphony.audit.Verifier.OvertakenException;
import symphony.segmentlog.LogReader;

/**
 * What a trail is verified with: public keys, and checkpoints from outside of it. It may be written meanwhile. One thread only.
 */
final class Verification {
    private static final int MOST_TRIES = 5;
    private static final int MOST_PAUSES = 10;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Keys keys;
    private final boolean areKeysFromOutside;
    private final Runnable pause;
    private final List<Source> sources = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    /** The file beside the trail; empty if it was there. */
    private Optional<CheckpointFile> missing = Optional.empty();

    /** Where the trail is read from, anew with each call. */
    interface Trail {
        LogReader open() throws IOException;
    }

    /** Where the public keys are read from, anew with each call. */
    interface Keys {
        PublicKeys read() throws IOException, TrailException;
    }

    private Verification(Keys keys, boolean areKeysFromOutside, Runnable pause) {
        this.keys = keys;
        this.areKeysFromOutside = areKeysFromOutside;
        this.pause = pause;
    }

    /** By the keys that lie beside the trail, which may get more of them meanwhile. */
    static Verification byOwn(Keys keys) {
        return byOwn(keys, () -> LockSupport.parkNanos(PAUSE_NANOS));
    }

    /** With another pause before it looks again at a group of records that may be being written. */
    static Verification byOwn(Keys keys, Runnable pause) {
        return new Verification(keys, false, pause);
    }

    /** By keys that somebody trusts. */
    static Verification by(PublicKeys trusted) {
        return new Verification(() -> trusted, true, () -> LockSupport.parkNanos(PAUSE_NANOS));
    }

    /** There is nothing to be verified, or nothing to do so with. */
    static AuditVerification missing(String detail) {
        var finding = new Finding(Verdict.MISSING, 0, Long.MAX_VALUE, detail);
        return new AuditVerification(Verdict.MISSING, 0, 0, 0, 0, List.of(finding), List.of());
    }

    /** The file beside the trail. */
    void add(CheckpointFile side) {
        try {
            Optional<AuditCheckpoint> checkpoint = side.read();
            missing = checkpoint.isPresent() ? Optional.empty() : Optional.of(side);
            checkpoint.ifPresent(
                    known -> sources.add(new Source("the file " + CheckpointFile.NAME, List.of(known), 0, true)));
        } catch (IOException | IllegalArgumentException e) {
            problem("the file " + CheckpointFile.NAME + " cannot be read: " + e.getMessage());
        }
    }

    /**
     * Checkpoints from outside.
     *
     * @param source for people
     * @param others how many lines there are that are none
     */
    void add(String source, List<AuditCheckpoint> checkpoints, long others) {
        sources.add(new Source(source, checkpoints, others, false));
    }

    /** Something outside of the trail does not say what it should. */
    void problem(String detail) {
        problems.add(detail);
    }

    /** Reads all of it; once more if records were removed, or another key was made, meanwhile. */
    AuditVerification run(Trail trail) throws IOException, TrailException {
        PublicKeys known = keys.read();
        for (int i = 1; ; i++) {
            var verifier = new Verifier(known, sources);
            problems.forEach(detail -> verifier.find(Verdict.ANCHOR, detail));
            try (LogReader reader = trail.open()) {
                AuditVerification result = verified(verifier, reader);
                PublicKeys now = verifier.hasMetUnknownKey() ? keys.read() : known;
                if (i == MOST_TRIES || now.pem().equals(known.pem())) {
                    return result;
                }
                known = now;
            } catch (OvertakenException e) {
                if (i == MOST_TRIES) {
                    throw new IOException("old records are being removed again and again; try later", e);
                }
            }
        }
    }

    private AuditVerification verified(Verifier verifier, LogReader reader) throws IOException, OvertakenException {
        verifier.read(reader);
        for (int i = 0; i < MOST_PAUSES && reader.tornTail().isPresent(); i++) {
            pause.run(); // a group that is being written looks like one that is torn
            verifier.read(reader);
        }
        verifier.stop();
        if (verifier.checkpoints() > 1 && missing.isPresent() && missing.get().isMissing()) {
            verifier.find(
                    Verdict.MISSING,
                    "the file " + CheckpointFile.NAME
                            + " is missing, though the trail has checkpoints: its end may be cut off");
        }
        if (!areKeysFromOutside) {
            verifier.note(
                    "the keys are those that lie beside the trail: that it is not another one in its place is not known");
        }
        return verifier.result(reader, areKeysFromOutside);
    }
}

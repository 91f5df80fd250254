package symphony.api.audit;

import java.io.IOException;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Keeps checkpoints of the trail somewhere else: another machine, a medium that can only be written once, a notary. Only what
 * lies where an attacker cannot reach shows that the end of the trail was cut off, or a whole copy of yesterday put back.
 *
 * <p>Registered as a service by whoever has such a place. {@link #keep} is called by one thread, each anchor's own, so it may be slow;
 * what it misses meanwhile is covered by the next checkpoint. {@link #name} and {@link #kept} are called by whoever verifies the trail,
 * on any thread, also while it keeps something. Thread-safe.
 */
@ConsumerType
public interface AuditAnchor {
    /**
     * What it is, for people.
     *
     * @return as {@code file /mnt/worm/symphony.anchor}
     */
    String name();

    /**
     * Keeps a checkpoint. Returns when it is kept.
     *
     * @param checkpoint newer than those before, in this process
     * @throws IOException if it could not; it, or a newer one, comes again
     */
    void keep(AuditCheckpoint checkpoint) throws IOException;

    /**
     * What it has, to verify the trail. Those that it cannot read back any more may be missing. Whoever verifies waits for it: it has
     * to come back, with an exception if need be.
     *
     * @return of those it was given, by whichever process, at least the newest; in any order. Nothing at all counts as a fault of the
     *     trail, once that is signed
     * @throws IOException if it cannot be asked
     */
    List<AuditCheckpoint> kept() throws IOException;
}

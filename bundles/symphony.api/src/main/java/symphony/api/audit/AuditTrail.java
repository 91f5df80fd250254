package symphony.api.audit;

import java.io.IOException;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Reads and verifies what {@link AuditSink} has written. The service knows its caller: where permissions are decided its bundle
 * needs {@code audit:read:trail}, {@code audit:verify:trail} or {@code audit:export:trail}. An export leaves an
 * entry in the trail itself.
 *
 * <p>Only what is durable is read. Reading waits for the disk on the caller's thread and holds up nobody who writes. Thread-safe.
 *
 * <p>What needs a permission throws {@link symphony.api.rbac.AccessDeniedException} without it. What reads the trail throws
 * {@link AuditUnavailableException} if that cannot be read; the message says why.
 */
@ProviderType
public interface AuditTrail {
    /** The most records that one call returns. */
    int MOST_RECORDS = 10_000;

    /**
     * Finds records. Looks at a million of them at most, and returns some megabytes at most, so there may be more to come though
     * less were found than wanted, or nothing.
     *
     * @param query which
     * @param most how many at most, 1 to {@value #MOST_RECORDS}
     * @return the first ones in the trail's order, and where to go on. Asked again from there once more was written it gives
     *     what is new: so a trail is followed. If that is less than what was asked for the trail has lost its end since, and
     *     numbers that were given before are given anew
     * @throws IllegalArgumentException if {@code most} is out of range
     */
    AuditPage find(AuditQuery query, int most);

    /**
     * The newest records; less if all of them had more than some megabytes.
     *
     * @param most how many at most, 1 to {@value #MOST_RECORDS}
     * @return in the trail's order, and where to go on
     * @throws IllegalArgumentException if {@code most} is out of range
     */
    AuditPage tail(int most);

    /**
     * One record.
     *
     * @param sequence its number
     * @return the record; empty if there is none of that number, or none any more
     */
    Optional<AuditRecord> show(long sequence);

    /**
     * Reads all of the trail, checks chain and signatures, and compares it with the checkpoints that lie outside of it: beside the
     * trail and in each {@link AuditAnchor} that is there. Takes as long as that. It believes the public keys beside the trail; who
     * does not has a copy of them elsewhere, and verifies with that from the command line.
     *
     * @return what was found; also {@code MISSING} if there is no trail, or no file of public keys
     */
    AuditVerification verify();

    /**
     * Writes records as JSON Lines: one JSON object a line, each name and value as ASCII or characters that can be seen, all
     * others as the JSON escape of four hexadecimal digits. Goes on until the end that the trail has now.
     *
     * @param query which
     * @param to gets the lines; is not closed
     * @return how many records were written
     * @throws IOException if {@code to} throws it
     * @throws AuditUnavailableException also if that it is exported cannot be recorded
     */
    long export(AuditQuery query, Appendable to) throws IOException;

    /**
     * How the audit stands; needs no permission.
     *
     * @return of this moment
     */
    AuditStatus status();
}

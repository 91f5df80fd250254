package symphony.api.crypto;

import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Keeps what was sealed: queues, schedules, a journal. Registered as a service by whoever does, so that no key is destroyed that
 * something still needs. Thread-safe.
 *
 * <p>It is for {@code symphony.crypto}. Those of the core that give something up ask any other bundle for
 * {@code crypto:list:<context>} to count and {@code crypto:destroy:<context>} to give up, which leaves an audit entry
 * first.
 */
@ConsumerType
public interface SealedStore {
    /**
     * What it is, for people.
     *
     * @return as {@code queues in memory}
     */
    String name();

    /**
     * What its things were sealed for.
     *
     * @return the contexts that it answers for, whether it has anything of them or not
     */
    Set<CryptoContext> contexts();

    /**
     * How many things name a key.
     *
     * @param context what they were sealed for
     * @param keyId the key's id in it
     * @return of about this moment, 0 or more
     */
    long count(CryptoContext context, int keyId);

    /**
     * A key was destroyed: what names it can never be opened again, and must not wait for ever. Events become dead letters
     * ({@link symphony.api.queue.DeadReason#KEY_DESTROYED}); what is with a handler at the moment is left to it.
     *
     * @param context what the key was for
     * @param keyId its id in it
     * @return how many things were given up now; those that were before do not count
     */
    long giveUp(CryptoContext context, int keyId);
}

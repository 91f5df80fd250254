package symphony.api.queue;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The dead letters of a provider: bounded, the oldest go first, and each that goes is counted. Those that keep a slot in their
 * queue, see {@link OrderFailure#TAKE_ALONG}, are bounded by its capacity instead. Thread-safe.
 *
 * <p>Those of the core know their caller, as {@link QueueProvider} does: any bundle but parts of the core needs, at
 * each call, {@code dead:list:<subscription>}, {@code dead:redrive:<subscription>} or {@code dead:drop:<subscription>},
 * and {@code dead:list:*} to list those of all subscriptions. The numbers anybody may read.
 */
@ProviderType
public interface DeadLetters {
    /**
     * Lists them, oldest first.
     *
     * @param subscription only those of this identity; empty for all
     * @param most at most so many, the newest
     * @return an unmodifiable list
     */
    List<DeadLetter> list(String subscription, int most);

    /**
     * Lists those that a filter means, in the order in which to re-drive them: by subscription, and there in the order of their
     * first push, whenever each was given up and however often it was re-driven. Whoever re-drives several keeps the order of
     * each order key by following this list, and by leaving the rest of a subscription alone once it has refused one, for
     * another reason than {@code ORDER}.
     *
     * @param filter which
     * @return an unmodifiable list
     */
    List<DeadLetter> list(DeadLetterFilter filter);

    /**
     * Finds one.
     *
     * @param number its number
     * @return the dead letter, if it is there
     */
    Optional<DeadLetter> find(long number);

    /**
     * Pushes one to its subscription's queue again, as a new event with the same id, priority and order key. Its time to live
     * counts no longer: whoever re-drives it wants it handled. It goes from here
     * only if the queue takes it, and of several who ask at once one succeeds. It is not taken for a repetition, see
     * {@link QueueSpec#duplicatesMillis}, and is handed out like any other event: behind those that wait at its priority, at
     * its due time if it left before that, and where the kind has {@link Capability#ORDER_KEY_HOLD} never while another of its key is with a handler.
     *
     * @param number its number
     * @return what became of it; refused as {@code UNAVAILABLE} if the letter or the queue is not there, as {@code ORDER} if the
     *     queue has {@link OrderFailure#TAKE_ALONG} and there is a dead letter of the same order key that was pushed first
     */
    Offer redrive(long number);

    /**
     * Discards one.
     *
     * @param number its number
     * @return whether it was there
     */
    boolean drop(long number);

    /**
     * How many there are.
     *
     * @return 0 or more
     */
    int count();

    /**
     * How many bytes their envelopes have.
     *
     * @return 0 or more
     */
    long bytes();

    /**
     * How many were discarded since the start to make room for newer ones.
     *
     * @return 0 or more
     */
    long discarded();
}

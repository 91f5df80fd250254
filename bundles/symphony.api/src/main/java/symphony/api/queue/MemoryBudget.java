package symphony.api.queue;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The one limit on bytes of envelopes that a process holds in memory: in queues, as dead letters, in schedules. Registered
 * as a service by the provider of kind {@code memory}. Thread-safe.
 *
 * <p>The service knows its caller, as {@link QueueProvider} does: any bundle but parts of the core needs
 * {@code queue:use:*} to take bytes and to give them back.
 */
@ProviderType
public interface MemoryBudget {
    /**
     * Takes bytes if there is room.
     *
     * @param bytes not negative
     * @return whether they were taken
     * @throws IllegalArgumentException if the number is negative
     */
    boolean tryReserve(long bytes);

    /**
     * Takes bytes whether there is room or not, for what is already in memory.
     *
     * @param bytes not negative
     * @throws IllegalArgumentException if the number is negative
     */
    void reserve(long bytes);

    /**
     * Gives bytes back.
     *
     * @param bytes as many as were taken
     * @throws IllegalArgumentException if the number is negative
     */
    void release(long bytes);

    /**
     * What is taken.
     *
     * @return bytes
     */
    long used();

    /**
     * What may be taken.
     *
     * @return bytes
     */
    long limit();
}

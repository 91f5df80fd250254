package symphony.api.dispatcher;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A pool of threads, as it is at one moment.
 *
 * @param name its name
 * @param workers threads it has when nothing holds it up
 * @param spares threads that stand in for some that are held up
 * @param running calls of handlers that run
 * @param ready subscriptions that wait for a thread
 * @param most most threads it may have
 * @param virtual whether its threads are virtual
 * @param paused whether it hands out nothing until it is resumed
 * @param lost threads that ended by a fault that is not a handler's, and were replaced
 */
@ProviderType
public record PoolView(
        String name,
        int workers,
        int spares,
        int running,
        int ready,
        int most,
        boolean virtual,
        boolean paused,
        long lost) {}

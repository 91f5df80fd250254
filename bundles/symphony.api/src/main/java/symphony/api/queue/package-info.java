/**
 * Queues of events, one per subscription: bounded, ordered, durable if the provider says so.
 *
 * <p>Callers import {@code [1.0,2)}; a bundle that implements {@link QueueProvider} imports {@code [1.1,1.2)}.
 */
@Export
@Version("1.1.0")
package symphony.api.queue;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

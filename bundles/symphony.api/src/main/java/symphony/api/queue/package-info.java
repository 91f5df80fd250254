/**
 * Queues of events, one per subscription: bounded, ordered, durable if the provider says so.
 *
 * <p>Callers import {@code [2.4,3)}; a bundle that implements {@link QueueProvider} imports {@code [2.4,2.5)}.
 */
@Export
@Version("2.4.0")
package symphony.api.queue;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

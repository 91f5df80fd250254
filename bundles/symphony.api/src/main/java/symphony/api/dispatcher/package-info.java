/**
 * The engine between queues and handlers: registry, routing, workers.
 *
 * <p>Callers import {@code [1.0,2)}; a bundle that implements {@link EventDispatcher} imports {@code [1.0,1.1)}.
 */
@Export
@Version("1.0.0")
package symphony.api.dispatcher;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

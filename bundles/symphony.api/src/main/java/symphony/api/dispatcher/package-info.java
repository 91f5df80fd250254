/**
 * The engine between queues and handlers: registry, routing, workers.
 *
 * <p>Callers import {@code [2.0,3)}; a bundle that implements {@link EventDispatcher} imports {@code [2.0,2.1)}.
 */
@Export
@Version("2.0.0")
package symphony.api.dispatcher;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

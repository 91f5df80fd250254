/**
 * The engine between queues and handlers: registry, routing, workers.
 *
 * <p>Callers import {@code [2.1,3)}; a bundle that implements {@link EventDispatcher} imports {@code [2.1,2.2)}.
 */
@Export
@Version("2.1.0")
package symphony.api.dispatcher;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

/**
 * Time: deadlines for the engine, delayed events for applications.
 *
 * <p>Callers import {@code [1.0,2)}; a bundle that implements {@link Timer} or {@link EventScheduler} imports {@code [1.1,1.2)}.
 */
@Export
@Version("1.1.0")
package symphony.api.scheduler;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

/**
 * Events, their publishers and their handlers: all that an application needs.
 *
 * <p>Callers and bundles that implement {@link EventHandler} or {@link TypedHandler} import {@code [1.0,2)}; a bundle that
 * implements {@link EventSystem} imports {@code [1.2,1.3)}.
 */
@Export
@Version("1.2.0")
package symphony.api.event;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

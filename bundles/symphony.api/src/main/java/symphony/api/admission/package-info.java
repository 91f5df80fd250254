/**
 * Which bundles may run: what was judged, how and why, and who signed.
 *
 * <p>Callers import {@code [1.0,2)}; a bundle that implements one of the services imports {@code [1.0,1.1)}.
 */
@Export
@Version("1.0.0")
package symphony.api.admission;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

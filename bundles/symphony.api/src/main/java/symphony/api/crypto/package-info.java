/**
 * Events between publish and handle: encoded, sealed, opened again.
 *
 * <p>Callers import {@code [1.0,2)}; a bundle that implements {@link EventSealer} imports {@code [1.2,1.3)}.
 */
@Export
@Version("1.2.0")
package symphony.api.crypto;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

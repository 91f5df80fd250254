/**
 * An append-only log of frames in a folder of its own, which holds what it acknowledged through crashes; see
 * {@link symphony.segmentlog.SegmentLog}.
 *
 * <p>Callers import {@code [1.0,2)}, also those that implement {@link symphony.segmentlog.SegmentKeys}.
 */
@Export
@Version("1.0.0")
package symphony.segmentlog;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;

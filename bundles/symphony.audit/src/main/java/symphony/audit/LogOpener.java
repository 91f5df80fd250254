package symphony.audit;

import java.io.IOException;
import java.nio.file.Path;
import symphony.segmentlog.SegmentLog;
import symphony.segmentlog.SegmentLogOptions;

/** Opens the segment log that the trail lies in. */
interface LogOpener {
    SegmentLog open(Path folder, SegmentLogOptions options) throws IOException;
}

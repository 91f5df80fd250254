package symphony.audit;

import java.io.IOException;
import java.nio.file.Path;
import symphony.segmentlog.SegmentLog;
import symphony.segmentlog.SegmentLogOptions;

/** Opens the segment log that the trail lies in. */
interface LogOpener {
    /** How it is read. */
    SegmentLogOptions OPTIONS = SegmentLogOptions.defaults().withBodyBytes(StoredRecord.MOST_BYTES);

    SegmentLog open(Path folder, SegmentLogOptions options) throws IOException;
}

package symphony.segmentlog;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Short words for what the tests do with logs. */
final class Log {
    /** The smallest segments, so that there are many. */
    static final SegmentLogOptions SMALL =
            SegmentLogOptions.defaults().withSegmentBytes(SegmentLogOptions.MIN_SEGMENT_BYTES);

    private Log() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(Frame frame) {
        return new String(frame.body(), StandardCharsets.UTF_8);
    }

    static Position append(SegmentLog log, String text) throws IOException {
        return log.append(bytes(text));
    }

    /** All that comes until there is nothing more. */
    static List<LogItem> items(LogReader reader) throws IOException {
        var items = new ArrayList<LogItem>();
        for (var item = reader.next(); item.isPresent(); item = reader.next()) {
            items.add(item.get());
        }
        return items;
    }

    /** The frames among them, as text. */
    static List<String> texts(List<LogItem> items) {
        return items.stream()
                .filter(Frame.class::isInstance)
                .map(frame -> text((Frame) frame))
                .toList();
    }

    static List<Gap.Cause> causes(List<LogItem> items) {
        return items.stream()
                .filter(Gap.class::isInstance)
                .map(gap -> ((Gap) gap).cause())
                .toList();
    }

    static List<String> texts(SegmentLog log) throws IOException {
        try (LogReader reader = log.read(Position.BEGIN)) {
            return texts(items(reader));
        }
    }
}

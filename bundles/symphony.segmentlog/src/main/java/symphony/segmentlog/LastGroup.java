package symphony.segmentlog;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import symphony.segmentlog.FileLayer.ReadableFile;
import symphony.segmentlog.FileLayer.WritableFile;

/**
 * Forces what was found in the newest segment. Of its last group nobody knows whether it was forced, and to force the file is not
 * enough: where a force has failed before, Linux holds the pages for clean, shows what they should have been, and the next force
 * has nothing to write. So the group is written once more, each byte as it is, and then forced.
 */
final class LastGroup {
    private static final int PART_BYTES = 64 << 10;

    private LastGroup() {}

    /** Both are offsets; there is nothing to write if the second one is not the greater one. */
    static void force(FileLayer layer, Path segment, int from, int to) throws IOException {
        try (WritableFile file = layer.reopen(segment)) {
            if (from < to) {
                rewrite(layer, segment, file, from, to);
            }
            file.force(true);
        }
    }

    private static void rewrite(FileLayer layer, Path segment, WritableFile file, int from, int to) throws IOException {
        byte[] bytes = new byte[Math.min(PART_BYTES, to - from)];
        try (ReadableFile content = layer.read(segment)) {
            for (int at = from; at < to; ) {
                int part = content.read(at, bytes, 0, Math.min(bytes.length, to - at));
                if (part == 0) {
                    throw new EOFException(segment + " ends at " + at + ", and had frames up to " + to + " just now");
                }
                file.write(ByteBuffer.wrap(bytes, 0, part), at);
                at += part;
            }
        }
    }
}

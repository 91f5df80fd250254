package symphony.audit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Reads files that somebody may have exchanged: no pipe, which would hold up who reads it, and no more than there should be. */
final class SmallFile {
    private SmallFile() {}

    /** Throws {@code NoSuchFileException} if there is none, {@code IllegalArgumentException} if it is no such file. */
    static byte[] read(Path file, int mostBytes) throws IOException {
        requireRegular(file);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(mostBytes + 1);
            if (content.length > mostBytes) {
                throw new IllegalArgumentException(
                        file + " has more than " + mostBytes + " bytes, which is too much for what it is");
            }
            return content;
        }
    }

    static void requireRegular(Path file) throws IOException {
        if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
            throw new IllegalArgumentException(file + " is no regular file; move it away");
        }
    }
}

package symphony.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import symphony.component.OwnerOnly;

/** The folder that the trail lies in. The writer's thread only. */
record TrailFolder(Path path) {
    static final String PROBE = "probe";

    private static final int PROBE_BYTES = 64 << 10;

    /** Makes it if it is not there; nobody else may have access to it, but for a group that reads. */
    void check() throws IOException, TrailException {
        OwnerOnly.createFolder(path);
        String permissions = OwnerOnly.strangersPermissions(path);
        if (!permissions.isEmpty()) {
            throw new TrailException(
                    "folder " + path + " is open to other users (" + permissions
                            + "); close it with: chmod go-w,o-rwx '" + path + "'",
                    null);
        }
    }

    /**
     * Throws while its disk does not take a small file. To open a trail is to read all of it, and a GAP may be the last that fits on a disk
     * that is full: neither is to be done each time that it is tried again.
     */
    void probe() throws TrailException {
        Path file = path.resolve(PROBE);
        try {
            check();
            Files.deleteIfExists(file); // whatever it is: a link would lead elsewhere, and a pipe would be waited for
            try (FileChannel channel =
                    OwnerOnly.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
                var bytes = ByteBuffer.allocate(PROBE_BYTES);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new TrailException("the disk of " + path + " takes no file: " + e, e);
        }
    }
}

package symphony.segmentlog;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Files of the file system; nobody but their owner may read them, where it knows owners (POSIX). */
final class DiskLayer implements FileLayer {
    private static final FileAttribute<?> FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    @Override
    public boolean isFolder(Path folder) {
        return Files.isDirectory(folder);
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, attributes(Folders.parentOf(folder), FOLDER));
        } catch (FileAlreadyExistsException e) {
            if (!isFolder(folder)) {
                throw e;
            }
        }
    }

    @Override
    public Closeable lock(Path file) throws IOException {
        return FolderLock.take(file, this::open);
    }

    @Override
    public List<String> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        } catch (UncheckedIOException e) {
            throw new IOException("the names in " + folder + " cannot be read: " + e.getCause(), e);
        }
    }

    @Override
    public WritableFile create(Path file) throws IOException {
        return writable(open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)));
    }

    @Override
    public WritableFile reopen(Path file) throws IOException {
        requireFile(file);
        return writable(FileChannel.open(file, StandardOpenOption.WRITE));
    }

    private static WritableFile writable(FileChannel channel) {
        return new WritableFile() {
            @Override
            public void write(ByteBuffer bytes, int at) throws IOException {
                for (int position = at; bytes.hasRemaining(); ) {
                    position += channel.write(bytes, position);
                }
            }

            @Override
            public void truncate(int length) throws IOException {
                channel.truncate(length);
            }

            @Override
            public void force(boolean size) throws IOException {
                channel.force(size);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    @Override
    public ReadableFile read(Path file) throws IOException {
        requireFile(file);
        // No channel: one that is read by a thread is closed when that thread is interrupted.
        var opened = new RandomAccessFile(file.toFile(), "r");
        return new ReadableFile() {
            @Override
            public long length() throws IOException {
                return opened.length();
            }

            @Override
            public int read(int at, byte[] into, int from, int length) throws IOException {
                opened.seek(at);
                int count = 0;
                for (int n = 0; count < length && n >= 0; count += Math.max(n, 0)) {
                    n = opened.read(into, from + count, length - count);
                }
                return count;
            }

            @Override
            public void close() throws IOException {
                opened.close();
            }
        };
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void force(Path folder) throws IOException {
        if (!isPosix(folder)) {
            return; // Windows has no such thing and needs none.
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private FileChannel open(Path file, Set<? extends OpenOption> options) throws IOException {
        if (Files.exists(file)) {
            requireFile(file);
        }
        return FileChannel.open(file, options, attributes(Folders.parentOf(file), FILE));
    }

    /** A pipe in its place would hold up who opens it for ever, and a device may have no end. */
    private static void requireFile(Path file) throws IOException {
        if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
            throw new IOException(file + " is no regular file; move it away");
        }
    }

    private static FileAttribute<?>[] attributes(Path existing, FileAttribute<?> ownerOnly) throws IOException {
        return isPosix(existing) ? new FileAttribute<?>[] {ownerOnly} : new FileAttribute<?>[0];
    }

    private static boolean isPosix(Path existing) throws IOException {
        return Files.getFileStore(existing).supportsFileAttributeView("posix");
    }
}

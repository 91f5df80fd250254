package symphony.component;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Files that nobody but their owner may read, from their first moment; on file systems that know owners (POSIX). */
public final class OwnerOnly {
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> GROUP_READS = PosixFilePermissions.fromString("rwxr-x---");
    private static final FileAttribute<?>[] NONE = {};

    private OwnerOnly() {}

    /**
     * Whether a file system can keep others out by permissions.
     *
     * @param existing a file or folder in it
     * @return whether it can
     * @throws IOException if the file system does not tell
     */
    public static boolean isKnownTo(Path existing) throws IOException {
        return Files.getFileStore(existing).supportsFileAttributeView("posix");
    }

    /**
     * Makes a folder unless it is there; its parents, too.
     *
     * @param folder where
     * @throws IOException if it cannot be made
     */
    public static void createFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = parent(folder);
        if (!Files.isDirectory(parent)) {
            createFolder(parent);
        }
        try {
            Files.createDirectory(folder, attributes(parent, FOLDER));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
            // Another process was first.
        }
    }

    /**
     * Others' permissions.
     *
     * @param existing a file or folder
     * @return all permissions as {@code ls} shows them; empty if others have none, or the file system knows none
     * @throws IOException if the file system does not tell
     */
    public static String othersPermissions(Path existing) throws IOException {
        return isKnownTo(existing) ? othersPermissions(Files.getPosixFilePermissions(existing)) : "";
    }

    /**
     * Others' permissions.
     *
     * @param permissions those of a file or folder
     * @return all of them as {@code ls} shows them; empty if others have none
     */
    public static String othersPermissions(Set<PosixFilePermission> permissions) {
        Set<PosixFilePermission> all = EnumSet.noneOf(PosixFilePermission.class);
        all.addAll(permissions);
        return FOLDER.containsAll(all) ? "" : PosixFilePermissions.toString(all);
    }

    /**
     * Permissions of those who are neither owner nor of its group, or write permission of the group.
     *
     * @param existing a file or folder
     * @return all permissions as {@code ls} shows them; empty if there are none of those, or the file system knows none
     * @throws IOException if the file system does not tell
     */
    public static String strangersPermissions(Path existing) throws IOException {
        if (!isKnownTo(existing)) {
            return "";
        }
        Set<PosixFilePermission> all = EnumSet.noneOf(PosixFilePermission.class);
        all.addAll(Files.getPosixFilePermissions(existing));
        return GROUP_READS.containsAll(all) ? "" : PosixFilePermissions.toString(all);
    }

    /**
     * Whether others may put another file in the place of one in a folder.
     *
     * @param folder existing
     * @return whether they may; false where the file system knows no permissions
     * @throws IOException if the file system does not tell
     */
    public static boolean isWritableByOthers(Path folder) throws IOException {
        if (!isKnownTo(folder)) {
            return false;
        }
        Set<PosixFilePermission> all = Files.getPosixFilePermissions(folder);
        return all.contains(PosixFilePermission.GROUP_WRITE) || all.contains(PosixFilePermission.OTHERS_WRITE);
    }

    /**
     * Opens a new or existing file.
     *
     * @param file where; a new one is its owner's only
     * @param options how
     * @return a channel, for the caller to close
     * @throws IOException if it cannot be opened
     */
    public static FileChannel open(Path file, Set<? extends OpenOption> options) throws IOException {
        return FileChannel.open(file, options, attributes(parent(file), FILE));
    }

    /**
     * Writes a file whole or not at all: beside it, forced to disk, moved into its place. The name beside is for one writer.
     *
     * @param file where
     * @param content all of it
     * @throws IOException if it cannot be written; what was there before is still there
     */
    public static void write(Path file, byte[] content) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(beside);
        try (FileChannel out = open(beside, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            var bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        move(beside, file);
    }

    /**
     * Moves a file into the place of another in the same folder, and forces that to disk.
     *
     * @param from what is there
     * @param to where; what was there is gone
     * @throws IOException if it cannot be moved, or not be forced to disk
     */
    public static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        forceFolder(to);
    }

    /**
     * Forces to disk that a file lies in its folder: that it was made or moved there is durable once the folder is. Does nothing where
     * the file system has no owner-only permissions, and no such folders either.
     *
     * @param file what lies there
     * @throws IOException if its folder cannot be forced to disk
     */
    public static void forceFolder(Path file) throws IOException {
        if (isKnownTo(file)) {
            try (FileChannel folder = FileChannel.open(parent(file), StandardOpenOption.READ)) {
                folder.force(true);
            }
        }
    }

    private static FileAttribute<?>[] attributes(Path parent, Set<PosixFilePermission> permissions) throws IOException {
        return isKnownTo(parent) ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)} : NONE;
    }

    private static Path parent(Path file) throws IOException {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IOException(file + " lies in no folder");
        }
        return parent;
    }
}

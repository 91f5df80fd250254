package symphony.launcher;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The state folder, {@code symphony.home}: everything the product writes lies in it, keys included. It belongs to the user
 * who runs the product and is closed to everybody else, or the product does not start.
 */
record StateFolder(Path home) {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    /** Opens the folder, or makes it, closed to others from its first moment. {@code warnings} takes lines for the user. */
    static StateFolder open(Path path, Consumer<String> warnings) throws LaunchException {
        try {
            Path home = make(path).toRealPath();
            boolean posix = hasPermissions(home);
            if (posix) {
                refuseIfOpenToOthers(home);
            } else {
                warnings.accept("this file system has no owner-only permissions; make sure nobody else reads " + home);
            }
            refuseIfForeign(home, posix);
            return new StateFolder(home);
        } catch (IOException e) {
            throw LaunchException.failure(
                    "state folder " + path + " cannot be used; make it writable or set SYMPHONY_HOME to another folder",
                    e);
        }
    }

    /** Where temporary files go, emptied: what is left in it is from a run that was cut off. Call it with the lock held. */
    Path freshTmp() throws LaunchException {
        Path tmp = home.resolve("tmp");
        try {
            if (Files.exists(tmp, LinkOption.NOFOLLOW_LINKS)) {
                Files.walkFileTree(tmp, new Remover());
            }
            return Files.createDirectory(tmp);
        } catch (IOException e) {
            throw LaunchException.failure("folder for temporary files " + tmp + " cannot be emptied; remove it", e);
        }
    }

    private static Path make(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return path;
        }
        Path parent = Objects.requireNonNullElse(path.getParent(), path);
        if (!Files.isDirectory(parent)) {
            Files.createDirectories(parent);
        }
        return hasPermissions(parent)
                ? Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY))
                : Files.createDirectory(path);
    }

    private static boolean hasPermissions(Path folder) throws IOException {
        return Files.getFileStore(folder).supportsFileAttributeView("posix");
    }

    private static void refuseIfOpenToOthers(Path home) throws IOException, LaunchException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(home);
        if (!OWNER_ONLY.containsAll(permissions)) {
            throw LaunchException.failure(
                    "state folder " + home + " is open to other users (" + PosixFilePermissions.toString(permissions)
                            + "), and keys lie in it; close it with: chmod 700 '" + home + "'");
        }
    }

    /** Writes a file to see that we can, and whose it is: the name of the running user is not known in every container. */
    private static void refuseIfForeign(Path home, boolean posix) throws IOException, LaunchException {
        Path probe = Files.createTempFile(home, "probe", null);
        try {
            UserPrincipal owner = Files.getOwner(home);
            UserPrincipal self = Files.getOwner(probe);
            if (posix && !owner.equals(self)) {
                throw LaunchException.failure(
                        "state folder " + home + " belongs to user " + owner.getName() + ", not to "
                                + self.getName() + ", who runs this; start it as " + owner.getName()
                                + " or set SYMPHONY_HOME to another folder");
            }
        } finally {
            Files.delete(probe);
        }
    }

    /** Removes a tree; a link in it is removed, not followed. */
    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException problem) throws IOException {
            if (problem != null) {
                throw problem;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}

package symphony.rbac;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import symphony.component.OwnerOnly;
import symphony.component.TrustedFile;

/** The file in which a policy lies: read whole, or refused with what is wrong with it. Thread-safe. */
final class PolicyFile {
    private final Path path;
    private final TrustedFile trusted;

    /** @param path absolute */
    PolicyFile(Path path) {
        this(path, Optional.empty());
    }

    PolicyFile(Path path, Optional<UserPrincipal> user) {
        this.path = path;
        this.trusted = new TrustedFile(path, user);
    }

    /**
     * As it is now: of the user who runs this, or of root, and of nobody else, in a folder that nobody else can put another
     * file into. Throws nothing.
     */
    Sighting look() {
        try {
            Sighting read = read();
            String open = read instanceof Sighting.Content ? trusted.openToOthers() : "";
            return open.isEmpty() ? read : new Sighting.Unusable(open);
        } catch (IOException e) {
            return unreadable(e);
        }
    }

    /** As it is now, whoever may read or write it. Throws nothing. */
    Sighting lookAtContent() {
        try {
            return read();
        } catch (IOException e) {
            return unreadable(e);
        }
    }

    private static Sighting unreadable(IOException e) {
        return new Sighting.Unusable(
                "it cannot be read (" + e + "); make it readable for the user who runs this, and its folder, too");
    }

    private Sighting read() throws IOException {
        if (!RbacSettings.isJson(path)) {
            return new Sighting.Unusable("the name of " + Characters.shown(path.toString()) + " does not end with "
                    + RbacSettings.SUFFIX + "; no other file is read, since what is wrong with it is quoted");
        }
        BasicFileAttributes found;
        try {
            found = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return new Sighting.Absent();
        }
        if (!found.isRegularFile()) { // before it is opened: a pipe would keep us waiting
            return new Sighting.Unusable("it is " + kind(found) + "; put the file itself there");
        }
        if (found.size() > Limits.FILE_BYTES) {
            return tooLarge(found.size());
        }
        Sighting read = content((int) found.size());
        return read instanceof Sighting.Unusable ? content(Limits.FILE_BYTES) : read;
    }

    private static Sighting tooLarge(long bytes) {
        return new Sighting.Unusable(
                "it has " + bytes + " bytes, at most " + Limits.FILE_BYTES + " are allowed; use wildcards and roles");
    }

    private String kind(BasicFileAttributes found) throws IOException {
        if (found.isSymbolicLink()) {
            return "a link to " + Characters.shown(Files.readSymbolicLink(path).toString());
        }
        return found.isDirectory() ? "a folder" : "no file, but a device or a pipe";
    }

    /** It may grow while it is read, and the size that is told may be wrong: too large if it has more than this. */
    private Sighting content(int most) throws IOException {
        var buffer = ByteBuffer.allocate(most + 1);
        try (SeekableByteChannel in =
                Files.newByteChannel(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            while (buffer.hasRemaining() && in.read(buffer) >= 0) {
                // until the end, or until it is too large
            }
        }
        return buffer.hasRemaining()
                ? Sighting.Content.of(Arrays.copyOf(buffer.array(), buffer.position()))
                : tooLarge(buffer.position());
    }

    /** Whether the file system tells who may read it; where it does not, nobody is kept out. */
    boolean knowsOwners() throws IOException {
        return OwnerOnly.isKnownTo(path);
    }

    Path path() {
        return path;
    }

    /** For rules. */
    String name() {
        return String.valueOf(path.getFileName());
    }
}

package symphony.users;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import symphony.component.OwnerOnly;
import symphony.component.TrustedFile;

/** The file of accounts: a line for each, sorted by name. Read anew each time: it may have been exchanged. One writer. */
final class UserFile {
    static final String NAME = "users";
    static final int MOST_USERS = 5_000;
    private static final int MOST_BYTES = 2 << 20;

    private final Path path;
    private final TrustedFile trusted;

    /** @param home the state folder */
    UserFile(Path home) {
        this(home, Optional.empty());
    }

    UserFile(Path home, Optional<UserPrincipal> user) {
        this.path = home.resolve(NAME);
        this.trusted = new TrustedFile(path, user);
    }

    Path path() {
        return path;
    }

    /** All accounts; none if there is no file. {@code IllegalStateException} says what is wrong, and how to mend it. */
    Map<String, StoredUser> read() {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!found.isRegularFile()) { // before it is opened: a pipe would keep us waiting
                throw unusable("it is no file, but a link, a folder or a device; put the file itself there", null);
            }
            String open = OwnerOnly.othersPermissions(path);
            if (!open.isEmpty()) {
                throw unusable(
                        "it is open to other users (" + open + "); close it with: chmod 600 '" + path
                                + "', and set the passwords anew",
                        null);
            }
            String doubt = trusted.openToOthers();
            if (!doubt.isEmpty()) {
                throw unusable(doubt, null);
            }
            return parse(bytes());
        } catch (NoSuchFileException e) {
            return new TreeMap<>();
        } catch (IOException e) {
            throw unusable("it cannot be read: " + e, e);
        }
    }

    /** Not by a channel, which an interrupt of the thread would close. */
    private byte[] bytes() throws IOException {
        try (InputStream in = new FileInputStream(path.toFile())) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw unusable("it has more than " + MOST_BYTES + " bytes; put the one before back", null);
            }
            return bytes;
        }
    }

    private Map<String, StoredUser> parse(byte[] bytes) {
        var users = new TreeMap<String, StoredUser>();
        int number = 0;
        for (String line : new String(bytes, StandardCharsets.US_ASCII).lines().toList()) {
            number++;
            try {
                StoredUser user = StoredUser.parse(line);
                if (users.put(user.name(), user) != null) {
                    throw new IllegalArgumentException("the name stands there twice");
                }
            } catch (IllegalArgumentException e) {
                throw unusable("line " + number + ": " + e.getMessage() + "; mend or remove that line", e);
            }
        }
        if (users.size() > MOST_USERS) {
            throw unusable("it has " + users.size() + " users, at most " + MOST_USERS + " are allowed", null);
        }
        return users;
    }

    /** Writes all of them, and forces it to the disk; an interrupt of the thread, which closes its channel, is for later. */
    void write(Collection<StoredUser> users) {
        var text = new StringBuilder();
        users.forEach(user -> text.append(user.line()).append('\n'));
        byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        boolean isInterrupted = Thread.interrupted();
        boolean isWritten = false;
        try {
            while (!isWritten) {
                try {
                    OwnerOnly.write(path, bytes);
                    isWritten = true;
                } catch (ClosedByInterruptException e) {
                    isInterrupted |= Thread.interrupted();
                }
            }
        } catch (IOException e) {
            throw unusable("it cannot be written: " + e, e);
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private IllegalStateException unusable(String why, Exception cause) {
        return new IllegalStateException("the file of users " + path + " cannot be used: " + why, cause);
    }
}

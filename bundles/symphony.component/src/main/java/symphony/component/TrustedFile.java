package symphony.component;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;

/**
 * A file that only who runs this, or root, may have written: its owner's only, in a folder that nobody else can put another file
 * into. The folders above are not looked at. Thread-safe.
 */
public final class TrustedFile {
    private static final String ROOT = "root";

    private final Path path;

    /** Who runs this; empty until it was looked for. Written once or twice, the same. */
    private volatile Optional<UserPrincipal> user;

    /**
     * A file of who runs this.
     *
     * @param path absolute
     */
    public TrustedFile(Path path) {
        this(path, Optional.empty());
    }

    /**
     * A file of somebody.
     *
     * @param path absolute
     * @param user whose it must be, if it is not root's; empty for who runs this
     */
    public TrustedFile(Path path, Optional<UserPrincipal> user) {
        this.path = path;
        this.user = user;
    }

    /**
     * Why others could write the file, or could have written it.
     *
     * @return what it is and how to mend it; empty if they could not, or nobody can tell
     * @throws IOException if the file is not there, or the file system does not tell
     */
    public String openToOthers() throws IOException {
        Path folder = path.getParent();
        if (folder == null || !OwnerOnly.isKnownTo(path)) {
            return "";
        }
        PosixFileAttributes file = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        String permissions = OwnerOnly.othersPermissions(file.permissions());
        if (!permissions.isEmpty()) {
            return "it is open to other users (" + permissions + "); close it with: chmod 600 '" + path + "'";
        }
        if (OwnerOnly.isWritableByOthers(folder)) {
            return "its folder can be written by other users, who could exchange it; close it with: chmod go-w '"
                    + folder + "'";
        }
        UserPrincipal owner = Files.getOwner(folder);
        return isTrusted(file.owner()) && isTrusted(owner)
                ? ""
                : "it belongs to user " + file.owner().getName() + ", its folder to " + owner.getName()
                        + "; let each belong to " + user().getName() + ", who runs this, or to " + ROOT;
    }

    private boolean isTrusted(UserPrincipal owner) throws IOException {
        return owner.equals(user()) || owner.getName().equals(ROOT);
    }

    /** To whom a file belongs that this process makes: nothing else tells it by the same name on each system. */
    private UserPrincipal user() throws IOException {
        if (user.isEmpty()) {
            Path made = Files.createTempFile("symphony", null);
            try {
                user = Optional.of(Files.getOwner(made));
            } finally {
                Files.delete(made);
            }
        }
        return user.get();
    }
}

package symphony.crypto;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import symphony.component.OwnerOnly;

/**
 * A passphrase in a file, read anew each time.
 *
 * @param file where
 * @param kind whose it is
 */
record PassphraseFile(Path file, Kind kind) implements PassphraseSource {
    enum Kind {
        /** In our own folder: made by a first start and by a change. */
        OURS("put it back from a backup"),
        /** Named by a launch property: read, never made. */
        NAMED("put it there, alone on one line, readable for its owner only"),
        /** In a folder of credentials, as systemd makes it: read, never made. */
        CREDENTIAL("give the service the credential");

        private final String mend;

        Kind(String mend) {
            this.mend = mend;
        }
    }

    @Override
    public boolean isThere() {
        return Files.exists(file);
    }

    @Override
    public char[] read() throws IOException {
        refuseIfOpenToOthers();
        if (Files.size(file) > Passphrase.MAX_BYTES) {
            throw Passphrase.tooLong(this, Files.size(file));
        }
        return Passphrase.of(Files.readAllBytes(file), this);
    }

    /** A credential may be its owner's and readable for the user of the service by an access list, which shows as its group's. */
    private void refuseIfOpenToOthers() throws IOException {
        String permissions =
                kind == Kind.CREDENTIAL ? OwnerOnly.strangersPermissions(file) : OwnerOnly.othersPermissions(file);
        if (!permissions.isEmpty()) {
            throw new KeysUnavailableException(
                    this + " is open to other users (" + permissions + "); close it with: chmod 600 '" + file + "'",
                    null);
        }
    }

    @Override
    public String mend() {
        return kind.mend + ", or name the right one by the launch property " + KeyFolder.PASSPHRASE_FILE;
    }

    @Override
    public String toString() {
        return "passphrase file " + file;
    }
}

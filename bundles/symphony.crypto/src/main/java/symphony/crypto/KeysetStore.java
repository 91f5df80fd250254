package symphony.crypto;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Where keysets are kept, so that they outlive this process. */
interface KeysetStore {
    /**
     * Changes the keysets as they are there, perhaps changed by another process meanwhile: all of it or nothing. Throws
     * {@code IllegalStateException} if that fails, or what the change throws.
     *
     * @return as they are kept now
     */
    Keysets change(UnaryOperator<Keysets> change);

    /**
     * Locks them with another passphrase: the first line of a file, or without one a random one that is kept here. Throws
     * {@code IllegalStateException} if that fails or cannot be, or what the check of the keysets throws.
     *
     * @return where the new one must be put by then before they are opened anew; empty if nothing is left to do
     */
    default Optional<String> changePassphrase(Optional<Path> file, UnaryOperator<Keysets> check) {
        throw new IllegalStateException(Crypto.PID + ": these keys are locked by no passphrase");
    }

    /** As they are kept now; throws {@code IllegalStateException} if they cannot be read. */
    Keysets read();
}

package symphony.crypto;

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

    /** As they are kept now; throws {@code IllegalStateException} if they cannot be read. */
    Keysets read();
}

package symphony.crypto;

import symphony.api.crypto.CryptoContext;

/** Takes what could not be opened. Thread-safe; never blocks and never throws. */
interface OpenFailures extends AutoCloseable {
    /** The key is of no account where the failure {@linkplain OpenFailure#namesKey() names none}. */
    void add(CryptoContext context, OpenFailure failure, int keyId);

    /** Reports what was not reported yet. */
    @Override
    default void close() {}

    /** Nobody is told, where there is no audit. */
    static OpenFailures unaudited() {
        return (context, failure, keyId) -> {};
    }
}

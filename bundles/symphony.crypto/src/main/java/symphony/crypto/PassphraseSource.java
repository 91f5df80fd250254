package symphony.crypto;

import java.io.IOException;

/** Where the passphrase of the key store comes from. Its text names it, for messages. */
interface PassphraseSource {
    boolean isThere();

    /** The array is the caller's, to be cleared. Throws {@link KeysUnavailableException} if it is no passphrase. */
    char[] read() throws IOException;

    /** What to do if it is not there. */
    String mend();
}

package symphony.crypto;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Passphrases that this process knows and could not read again. They outlive the component, which is made anew when what it
 * depends on is replaced; an update of the bundle forgets them. Thread-safe.
 */
final class PassphraseMemory {
    private static final Map<String, char[]> KNOWN = new HashMap<>();

    private PassphraseMemory() {}

    static synchronized boolean knows(String whose) {
        return KNOWN.containsKey(whose);
    }

    /** A copy, to be cleared by the caller. */
    static synchronized Optional<char[]> recall(String whose) {
        return Optional.ofNullable(KNOWN.get(whose)).map(char[]::clone);
    }

    static synchronized void keep(String whose, char[] secret) {
        clear(KNOWN.put(whose, secret.clone()));
    }

    static synchronized void forget(String whose) {
        clear(KNOWN.remove(whose));
    }

    private static void clear(char[] secret) {
        if (secret != null) {
            Arrays.fill(secret, '\0');
        }
    }
}

package symphony.crypto;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import symphony.api.crypto.CryptoService.KeyState;

/** The bytes of the keys in a state folder: what must be found nowhere else. */
public final class StoredKeys {
    private StoredKeys() {}

    /** By context and id, as {@code event/1}; those that are destroyed have none. The root is one of them. */
    public static Map<String, byte[]> of(String home) {
        Keysets keysets = KeyFolder.of(
                        Map.of("symphony.home", home)::get, name -> null, InstantSource.system(), new SecureRandom())
                .open();
        var keys = new TreeMap<String, byte[]>();
        keys.put("root", keysets.root());
        for (KeysetKey key : keysets.keys()) {
            if (key.state() != KeyState.DESTROYED) {
                keys.put(key.context().name().toLowerCase(Locale.ROOT) + '/' + key.id(), key.secret());
            }
        }
        return keys;
    }
}

package symphony.crypto;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Keysets in a BCFKS key store: one secret-key entry {@value #ALIAS} of algorithm {@value #ALGORITHM}, whose bytes are
 * {@link KeysetsFormat}. One entry, not one per key: each costs a password hash at start, and one file with all of it can be
 * replaced in one step.
 */
final class KeyStoreFile {
    static final String ALIAS = "symphony keysets";
    static final String ALGORITHM = "HmacSHA512";

    private static final String TYPE = "BCFKS";

    private KeyStoreFile() {}

    static byte[] write(Keysets keysets, char[] passphrase) throws GeneralSecurityException, IOException {
        KeyStore store = newStore();
        store.load(null, null);
        byte[] content = KeysetsFormat.write(keysets);
        store.setKeyEntry(ALIAS, new SecretKeySpec(content, ALGORITHM), passphrase, null);
        Arrays.fill(content, (byte) 0);
        var out = new ByteArrayOutputStream();
        store.store(out, passphrase);
        return out.toByteArray();
    }

    /** Throws {@link KeysetsFormatException} for what is in the store, the others if it does not open. */
    static Keysets read(byte[] bytes, char[] passphrase)
            throws GeneralSecurityException, IOException, KeysetsFormatException {
        KeyStore store = newStore();
        store.load(new ByteArrayInputStream(bytes), passphrase);
        Key key = store.getKey(ALIAS, passphrase);
        if (key == null) {
            throw new KeysetsFormatException("it has no entry '" + ALIAS + "'; put it back from a backup", null);
        }
        byte[] content = key.getEncoded();
        try {
            return KeysetsFormat.read(content);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    /** A provider of our own: installing it would change cryptography for everybody in this process. */
    private static KeyStore newStore() throws GeneralSecurityException {
        return KeyStore.getInstance(TYPE, new BouncyCastleProvider());
    }
}

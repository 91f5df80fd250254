package symphony.crypto;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.util.PBKDF2Config;
import org.bouncycastle.jcajce.BCFKSLoadStoreParameter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Keysets in a BCFKS key store: one secret-key entry {@value #ALIAS} of algorithm {@value #ALGORITHM}, whose bytes are
 * {@link KeysetsFormat}. One entry, not one per key: each costs a password hash at start, and one file with all of it can be
 * replaced in one step. The entry is what the passphrase protects. The store around it, which BCFKS wants one for, too, has a password that
 * everybody knows and a hash of it that costs nothing: hashed with care the passphrase is once, and who guesses has to do that for
 * each guess, while the store's two hashes of it, for encryption and for integrity, would keep a start waiting and no guesser.
 */
final class KeyStoreFile {
    static final String ALIAS = "symphony keysets";
    static final String ALGORITHM = "HmacSHA512";

    /** Of the store around the entry; no secret. */
    private static final String STORE_PASSWORD = "symphony";

    private static final String TYPE = "BCFKS";

    private KeyStoreFile() {}

    static byte[] write(Keysets keysets, char[] passphrase) throws GeneralSecurityException, IOException {
        KeyStore store = newStore();
        store.load(null, null);
        byte[] content = KeysetsFormat.write(keysets);
        store.setKeyEntry(ALIAS, new SecretKeySpec(content, ALGORITHM), passphrase, null);
        Arrays.fill(content, (byte) 0);
        var out = new ByteArrayOutputStream();
        store.store(new BCFKSLoadStoreParameter.Builder(out, STORE_PASSWORD.toCharArray())
                .withStorePBKDFConfig(new PBKDF2Config.Builder()
                        .withPRF(PBKDF2Config.PRF_SHA512)
                        .withIterationCount(1)
                        .build())
                .build());
        return out.toByteArray();
    }

    /** Throws {@link KeysetsFormatException} for what is in the store, the others if it does not open. */
    static Keysets read(byte[] bytes, char[] passphrase)
            throws GeneralSecurityException, IOException, KeysetsFormatException {
        KeyStore store = newStore();
        store.load(new ByteArrayInputStream(bytes), STORE_PASSWORD.toCharArray());
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

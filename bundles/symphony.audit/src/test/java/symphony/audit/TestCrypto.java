package symphony.audit;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.SealException;
import symphony.api.crypto.SealedOutput;
import symphony.api.crypto.SealedReader;

/** A crypto service whose keys change when told: AES-256-GCM in bytes with the layout of symphony.crypto. */
final class TestCrypto implements CryptoService {
    private static final int HEADER = 65;
    private static final int NONCE_AT = 9;
    private static final int NONCE = 12;

    private final SecureRandom random = new SecureRandom();
    private final List<byte[]> keys = new CopyOnWriteArrayList<>();
    private final boolean isEncrypting;
    private volatile boolean isBroken;

    TestCrypto() {
        this(true);
    }

    TestCrypto(boolean isEncrypting) {
        this.isEncrypting = isEncrypting;
        rotate();
    }

    /** The next key seals from now on; returns its id. */
    int rotate() {
        byte[] key = new byte[32];
        random.nextBytes(key);
        keys.add(key);
        return keys.size();
    }

    void destroy(int id) {
        keys.set(id - 1, new byte[0]);
    }

    /** As one whose component is being stopped. */
    void setBroken(boolean broken) {
        isBroken = broken;
    }

    @Override
    public byte[] seal(CryptoContext context, byte[] associatedData, byte[] plaintext) {
        if (isBroken) {
            throw new IllegalStateException("closed");
        }
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        byte[] header = ByteBuffer.allocate(HEADER)
                .put(new byte[] {'S', 'B', 1, 1, (byte) context.code()})
                .putInt(keys.size())
                .put(nonce)
                .array();
        byte[] sealed = crypt(Cipher.ENCRYPT_MODE, header, associatedData, plaintext);
        return ByteBuffer.allocate(HEADER + sealed.length)
                .put(header)
                .put(sealed)
                .array();
    }

    @Override
    public byte[] open(CryptoContext context, byte[] associatedData, byte[] sealed) {
        if (isBroken || sealed.length < HEADER || sealed[4] != context.code()) {
            throw new SealException();
        }
        byte[] header = Arrays.copyOf(sealed, HEADER);
        return crypt(Cipher.DECRYPT_MODE, header, associatedData, Arrays.copyOfRange(sealed, HEADER, sealed.length));
    }

    private byte[] crypt(int mode, byte[] header, byte[] associatedData, byte[] text) {
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            int id = ByteBuffer.wrap(header).getInt(5);
            cipher.init(
                    mode,
                    new SecretKeySpec(keys.get(id - 1), "AES"),
                    new GCMParameterSpec(128, header, NONCE_AT, NONCE));
            cipher.updateAAD(header);
            cipher.updateAAD(associatedData);
            return cipher.doFinal(text);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw (SealException) new SealException().initCause(e);
        }
    }

    @Override
    public SealedOutput sealing(CryptoContext context, byte[] associatedData, OutputStream to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public InputStream opening(CryptoContext context, byte[] associatedData, InputStream from) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SealedReader reader(CryptoContext context, byte[] associatedData, SeekableByteChannel from) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean encrypting() {
        return isEncrypting;
    }

    @Override
    public String cipher() {
        return "test";
    }

    @Override
    public List<Key> keys() {
        var views = new ArrayList<Key>();
        for (int id = 1; id <= keys.size(); id++) {
            views.add(new Key(CryptoContext.AUDIT, id, id == keys.size() ? KeyState.PRIMARY : KeyState.ENABLED, 0));
        }
        return views;
    }
}

package symphony.audit;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final byte[] seed;
    private final boolean isEncrypting;
    private final AtomicInteger primary = new AtomicInteger(1);
    private final Set<Integer> destroyed = ConcurrentHashMap.newKeySet();
    private volatile boolean isBroken;
    private volatile Optional<Error> thrown = Optional.empty();
    private volatile boolean failsKeys;
    private volatile boolean isInterrupting;

    TestCrypto() {
        this(true);
    }

    TestCrypto(boolean isEncrypting) {
        this(new SecureRandom().generateSeed(32), isEncrypting);
    }

    private TestCrypto(byte[] seed, boolean isEncrypting) {
        this.seed = seed;
        this.isEncrypting = isEncrypting;
    }

    /** With the keys that another one of that seed has, also in another process. */
    static TestCrypto ofSeed(String seed) {
        return new TestCrypto(seed.getBytes(StandardCharsets.UTF_8), true);
    }

    /** The next key seals from now on; returns its id. */
    int rotate() {
        return primary.incrementAndGet();
    }

    void destroy(int id) {
        destroyed.add(id);
    }

    private byte[] key(int id) throws GeneralSecurityException {
        var digest = MessageDigest.getInstance("SHA-256");
        digest.update(seed);
        return destroyed.contains(id) ? new byte[0] : digest.digest(new byte[] {(byte) id});
    }

    /** As one whose classes are gone. */
    void setThrown(Optional<Error> error) {
        thrown = error;
    }

    /** The classes of what tells of keys are gone, all else is there. */
    void failKeys(boolean fails) {
        failsKeys = fails;
    }

    /** As one that does what it must not. */
    void setInterrupting(boolean interrupts) {
        isInterrupting = interrupts;
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
        throwIfWanted();
        if (isInterrupting) {
            Thread.currentThread().interrupt();
        }
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        byte[] header = ByteBuffer.allocate(HEADER)
                .put(new byte[] {'S', 'B', 1, 1, (byte) context.code()})
                .putInt(primary.get())
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

    private void throwIfWanted() {
        thrown.ifPresent(error -> {
            throw error;
        });
    }

    private byte[] crypt(int mode, byte[] header, byte[] associatedData, byte[] text) {
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            int id = ByteBuffer.wrap(header).getInt(5);
            cipher.init(mode, new SecretKeySpec(key(id), "AES"), new GCMParameterSpec(128, header, NONCE_AT, NONCE));
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
        throwIfWanted();
        if (failsKeys) {
            throw new NoClassDefFoundError("gone");
        }
        var views = new ArrayList<Key>();
        int last = primary.get();
        for (int id = 1; id <= last; id++) {
            views.add(new Key(CryptoContext.AUDIT, id, id == last ? KeyState.PRIMARY : KeyState.ENABLED, 0));
        }
        return views;
    }
}

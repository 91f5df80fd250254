package symphony.crypto;

import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-GCM of the platform that fails when told, and notes which keys and nonces it was given. As SunPKCS11 it wants room for the
 * tag where it decrypts.
 */
final class FlakyProvider extends Provider implements AutoCloseable {
    static final String NAME = "Flaky";
    static final AtomicBoolean FAILS = new AtomicBoolean();

    /** Whether what it encrypts is something else. */
    static final AtomicBoolean WRONG = new AtomicBoolean();

    static final AtomicInteger REPEATED = new AtomicInteger();
    static final Map<List<Object>, Boolean> GIVEN = new ConcurrentHashMap<>();
    /** Keys to decrypt with; one that was derived anew is another. */
    static final Set<Key> OPENED = Collections.newSetFromMap(Collections.synchronizedMap(new IdentityHashMap<>()));

    private static final long serialVersionUID = 1L;

    private FlakyProvider() {
        super(NAME, "1", "for tests");
        put("Cipher." + GcmCipher.TRANSFORMATION, FlakyCipher.class.getName());
    }

    static FlakyProvider install() {
        var provider = new FlakyProvider();
        FAILS.set(false);
        WRONG.set(false);
        REPEATED.set(0);
        GIVEN.clear();
        OPENED.clear();
        Security.addProvider(provider);
        return provider;
    }

    @Override
    public void close() {
        Security.removeProvider(NAME);
    }

    /** The provider makes it. */
    public static final class FlakyCipher extends CipherSpi {
        private final Cipher cipher;
        private boolean decrypts;

        /** As JCA wants it. */
        public FlakyCipher() throws NoSuchAlgorithmException, NoSuchPaddingException {
            this.cipher = Cipher.getInstance(GcmCipher.TRANSFORMATION);
        }

        @Override
        protected void engineInit(int mode, Key key, AlgorithmParameterSpec params, SecureRandom random)
                throws InvalidKeyException, InvalidAlgorithmParameterException {
            decrypts = mode == Cipher.DECRYPT_MODE;
            boolean test = Arrays.equals(key.getEncoded(), HexFormat.of().parseHex(GcmCipher.TEST_KEY));
            if (!test && mode == Cipher.ENCRYPT_MODE) {
                var nonce = HexFormat.of().formatHex(((GCMParameterSpec) params).getIV());
                if (GIVEN.put(List.of(key, nonce), true) != null) {
                    REPEATED.incrementAndGet();
                }
            } else if (!test) {
                OPENED.add(key);
            }
            cipher.init(mode, key, params);
        }

        @Override
        protected void engineUpdateAAD(byte[] in, int offset, int length) {
            cipher.updateAAD(in, offset, length);
        }

        @Override
        protected byte[] engineDoFinal(byte[] in, int offset, int length)
                throws IllegalBlockSizeException, BadPaddingException {
            failIfTold();
            return cipher.doFinal(in, offset, length);
        }

        @Override
        protected int engineDoFinal(byte[] in, int offset, int length, byte[] out, int outOffset)
                throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
            failIfTold();
            if (out.length - outOffset < engineGetOutputSize(length)) {
                throw new ShortBufferException("wants room for the tag");
            }
            int done = cipher.doFinal(in, offset, length, out, outOffset);
            out[outOffset] ^= (byte) (WRONG.get() ? 1 : 0);
            return done;
        }

        private static void failIfTold() {
            if (FAILS.get()) {
                throw new ProviderException("told to fail");
            }
        }

        @Override
        protected void engineSetMode(String mode) {}

        @Override
        protected void engineSetPadding(String padding) {}

        @Override
        protected int engineGetBlockSize() {
            return cipher.getBlockSize();
        }

        @Override
        protected int engineGetOutputSize(int length) {
            return decrypts ? length : cipher.getOutputSize(length);
        }

        @Override
        protected byte[] engineGetIV() {
            return cipher.getIV();
        }

        @Override
        protected AlgorithmParameters engineGetParameters() {
            return cipher.getParameters();
        }

        @Override
        protected void engineInit(int mode, Key key, SecureRandom random) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected void engineInit(int mode, Key key, AlgorithmParameters params, SecureRandom random) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected byte[] engineUpdate(byte[] in, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected int engineUpdate(byte[] in, int offset, int length, byte[] out, int outOffset) {
            throw new UnsupportedOperationException();
        }
    }
}

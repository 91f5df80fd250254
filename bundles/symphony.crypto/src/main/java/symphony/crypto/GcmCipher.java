package symphony.crypto;

import java.security.GeneralSecurityException;
import java.security.NoSuchProviderException;
import java.security.ProviderException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.crypto.Envelope;

/** One AES-256-GCM cipher of a JCA provider. One thread at a time. */
final class GcmCipher {
    static final String TRANSFORMATION = "AES/GCM/NoPadding";

    /** Stands for the provider that the platform prefers. */
    static final String PLATFORM = "";

    private static final Logger log = LoggerFactory.getLogger(GcmCipher.class);
    static final String TEST_KEY = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
    private static final String TEST_TEXT = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    private static final String TEST_SEALED = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" + "76fc6ece0f4e1768cddf8853bb2d551b";

    private final Cipher cipher;

    private GcmCipher(Cipher cipher) {
        this.cipher = cipher;
    }

    /** Throws {@code IllegalArgumentException} if the provider is not there or has no AES-GCM; says what it must be. */
    static GcmCipher of(String provider) {
        try {
            return new GcmCipher(
                    provider.equals(PLATFORM)
                            ? Cipher.getInstance(TRANSFORMATION)
                            : Cipher.getInstance(TRANSFORMATION, provider));
        } catch (NoSuchProviderException e) {
            throw new IllegalArgumentException("must be the name of an installed JCA provider, as SunJCE, or empty", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("must be a JCA provider that has " + TRANSFORMATION + ", as SunJCE", e);
        }
    }

    /** As {@link #of}, and that what it gives is right: a provider that is not would lose each event, or protect none. */
    static void check(String provider) {
        GcmCipher cipher = of(provider);
        boolean right = false;
        try {
            right = cipher.passes();
        } catch (GeneralSecurityException
                | NotOpenedException
                | RuntimeException
                | LinkageError e) { // it is foreign code
            log.debug("AES-GCM of {} failed its test", cipher.provider(), e);
        }
        if (!right) {
            throw new IllegalArgumentException("must be a JCA provider whose " + TRANSFORMATION
                    + " works, as SunJCE; it failed a test vector of the standard");
        }
    }

    /** Test case 16 of McGrew and Viega, The Galois/Counter Mode of Operation; and that a change of the tag is noticed. */
    private boolean passes() throws GeneralSecurityException, NotOpenedException {
        HexFormat hex = HexFormat.of();
        var key = new SecretKeySpec(hex.parseHex(TEST_KEY), "AES");
        byte[] nonce = hex.parseHex("cafebabefacedbaddecaf888");
        byte[] text = hex.parseHex(TEST_TEXT);
        byte[] bytes = Arrays.copyOf(text, text.length + Envelope.TAG_BYTES);
        var message = new Message(bytes, 0, nonce.length, 0, hex.parseHex("feedfacedeadbeeffeedfacedeadbeefabaddad2"));
        encrypt(key, nonce, message);
        boolean right =
                Arrays.equals(bytes, hex.parseHex(TEST_SEALED)) && Arrays.equals(decrypt(key, nonce, message), text);
        bytes[text.length] ^= 1;
        try {
            decrypt(key, nonce, message);
            return false;
        } catch (NotOpenedException e) {
            return right && e.failure() == OpenFailure.TAG;
        }
    }

    String provider() {
        return cipher.getProvider().getName();
    }

    /** Encrypts the payload where it stands; the tag comes behind it. */
    void encrypt(SecretKeySpec key, byte[] nonce, Message message) throws GeneralSecurityException {
        byte[] bytes = message.bytes();
        int header = message.headerBytes();
        begin(Cipher.ENCRYPT_MODE, key, nonce, message);
        cipher.doFinal(bytes, header, bytes.length - Envelope.TAG_BYTES - header, bytes, header);
    }

    /** Decrypts the payload into a new array. */
    byte[] decrypt(SecretKeySpec key, byte[] nonce, Message message) throws NotOpenedException {
        byte[] bytes = message.bytes();
        int header = message.headerBytes();
        try {
            begin(Cipher.DECRYPT_MODE, key, nonce, message);
            int sealed = bytes.length - header;
            int opened = sealed - Envelope.TAG_BYTES;
            if (cipher.getOutputSize(sealed) > opened) { // as SunPKCS11, which wants room for the tag
                return cipher.doFinal(bytes, header, sealed);
            }
            byte[] payload = new byte[opened];
            cipher.doFinal(bytes, header, sealed, payload);
            return payload;
        } catch (AEADBadTagException e) {
            throw new NotOpenedException(OpenFailure.TAG);
        } catch (GeneralSecurityException | ProviderException e) {
            throw new NotOpenedException(OpenFailure.CIPHER);
        }
    }

    private void begin(int mode, SecretKeySpec key, byte[] nonce, Message message) throws GeneralSecurityException {
        cipher.init(mode, key, new GCMParameterSpec(Envelope.TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD(message.bytes(), 0, message.headerBytes());
        if (message.more().length > 0) {
            cipher.updateAAD(message.more());
        }
    }
}

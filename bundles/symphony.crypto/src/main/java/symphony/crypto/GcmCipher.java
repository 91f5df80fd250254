package symphony.crypto;

import java.security.GeneralSecurityException;
import java.security.NoSuchProviderException;
import java.security.ProviderException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import symphony.api.crypto.Envelope;

/** One AES-256-GCM cipher of a JCA provider. One thread at a time. */
final class GcmCipher {
    static final String TRANSFORMATION = "AES/GCM/NoPadding";

    /** Stands for the provider that the platform prefers. */
    static final String PLATFORM = "";

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

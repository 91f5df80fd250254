package symphony.audit;

import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** The half of a key pair that everybody may know. Immutable, thread-safe. */
final class PublicKey {
    static final int BYTES = Ed25519PublicKeyParameters.KEY_SIZE;
    static final int SIGNATURE_BYTES = 64;
    static final int ID_BYTES = 8;

    private final Ed25519PublicKeyParameters key;
    private final byte[] id;

    /** Throws {@code IllegalArgumentException} for what is no key. */
    PublicKey(byte[] encoded) {
        if (encoded.length != BYTES) {
            throw new IllegalArgumentException("an Ed25519 public key has " + BYTES + " bytes, not " + encoded.length);
        }
        this.key = new Ed25519PublicKeyParameters(encoded, 0);
        this.id = Arrays.copyOf(ChainHash.sha256().digest(encoded), ID_BYTES);
    }

    byte[] encoded() {
        return key.getEncoded();
    }

    /** The first bytes of its hash. */
    byte[] id() {
        return id.clone();
    }

    /** The same in hexadecimal. */
    String idText() {
        return HexFormat.of().formatHex(id);
    }

    boolean hasSigned(Signable statement, byte[] signature) {
        if (signature.length != SIGNATURE_BYTES) {
            return false; // Bouncy Castle would read the first 64 bytes of a longer one
        }
        byte[] message = statement.bytes();
        var verifier = new Ed25519Signer();
        verifier.init(false, key);
        verifier.update(message, 0, message.length);
        return verifier.verifySignature(signature);
    }
}

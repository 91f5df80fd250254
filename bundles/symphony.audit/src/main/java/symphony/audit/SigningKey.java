package symphony.audit;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import symphony.api.audit.AuditCheckpoint;

/** The half of a key pair that signs. Immutable, thread-safe. */
final class SigningKey {
    static final int SEED_BYTES = Ed25519PrivateKeyParameters.KEY_SIZE;

    private final Ed25519PrivateKeyParameters key;
    private final PublicKey publicKey;

    private SigningKey(Ed25519PrivateKeyParameters key) {
        this.key = key;
        this.publicKey = new PublicKey(key.generatePublicKey().getEncoded());
    }

    static SigningKey random(SecureRandom random) {
        return new SigningKey(new Ed25519PrivateKeyParameters(random));
    }

    /** Throws {@code IllegalArgumentException} for what is no seed. */
    static SigningKey ofSeed(byte[] seed) {
        if (seed.length != SEED_BYTES) {
            throw new IllegalArgumentException("a signing key has " + SEED_BYTES + " bytes, not " + seed.length);
        }
        return new SigningKey(new Ed25519PrivateKeyParameters(seed, 0));
    }

    /** Secret. */
    byte[] seed() {
        return key.getEncoded();
    }

    PublicKey publicKey() {
        return publicKey;
    }

    byte[] sign(Statement statement) {
        byte[] message = statement.bytes();
        var signer = new Ed25519Signer();
        signer.init(true, key);
        signer.update(message, 0, message.length);
        byte[] signature = signer.generateSignature();
        if (signature.length != PublicKey.SIGNATURE_BYTES) {
            throw new IllegalStateException("an Ed25519 signature has " + signature.length + " bytes");
        }
        return signature;
    }

    /** The statement, signed, for others. */
    AuditCheckpoint checkpoint(Statement statement) {
        return new AuditCheckpoint(
                statement.sequence(),
                Instant.ofEpochMilli(statement.timeMillis()),
                HexFormat.of().formatHex(statement.hash()),
                publicKey.idText(),
                HexFormat.of().formatHex(sign(statement)));
    }

    /** Which, never what. */
    @Override
    public String toString() {
        return "SigningKey[" + publicKey.idText() + "]";
    }
}

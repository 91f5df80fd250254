package symphony.audit;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.TreeMap;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;

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

    byte[] sign(Signable statement) {
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

    /** The content of a record of the trail itself behind another one, signed; the entry must be as it is to be stored. */
    Content announce(Kind kind, Head behind, long timeMillis, AuditEntry entry) {
        var details = new TreeMap<>(entry.details());
        details.put(AuditEntry.KEY, publicKey.idText());
        var signed = new AuditEntry(entry.actor(), entry.action(), entry.target(), entry.outcome(), details);
        var told = new Announcement(kind, behind.sequence() + 1, timeMillis, behind.hash(), signed);
        return told.with(sign(told));
    }

    /** The statement, signed, for others. */
    AuditCheckpoint checkpoint(Statement statement) {
        return new AuditCheckpoint(
                statement.sequence(),
                Instant.ofEpochMilli(statement.timeMillis()),
                HexFormat.of().formatHex(statement.hash()),
                publicKey.idText(),
                HexFormat.of().formatHex(sign(statement.outside())));
    }

    /** Which, never what. */
    @Override
    public String toString() {
        return "SigningKey[" + publicKey.idText() + "]";
    }
}

package symphony.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import symphony.api.audit.AuditCheckpoint;

/**
 * Public keys, as they stand in a PEM file: blocks {@code PUBLIC KEY} (RFC 7468) with a SubjectPublicKeyInfo for Ed25519 (RFC 8410), one
 * for each key that ever signed the trail. Immutable, thread-safe.
 */
final class PublicKeys {
    private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
    private static final String END = "-----END PUBLIC KEY-----";
    private static final Pattern BEGUN = Pattern.compile(BEGIN);
    private static final Pattern BLOCK = Pattern.compile(BEGIN + "([A-Za-z0-9+/=\\s]*)" + END);

    /** What stands before the 32 bytes of a key in the DER of RFC 8410. */
    private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private final List<PublicKey> keys;

    PublicKeys(List<PublicKey> keys) {
        this.keys = List.copyOf(keys);
    }

    static PublicKeys none() {
        return new PublicKeys(List.of());
    }

    /** Throws {@code IllegalArgumentException} if there is none, or one is none. */
    static PublicKeys parse(String pem) {
        List<PublicKey> keys =
                BLOCK.matcher(pem).results().map(block -> key(block.group(1))).toList();
        long begun = BEGUN.matcher(pem).results().count();
        if (begun == 0) {
            throw new IllegalArgumentException("there is no " + BEGIN + " in it");
        }
        if (keys.size() != begun) {
            throw new IllegalArgumentException(
                    "of " + begun + " keys that begin in it " + keys.size() + " come to their " + END);
        }
        return new PublicKeys(keys);
    }

    private static PublicKey key(String base64) {
        byte[] der = Base64.getMimeDecoder().decode(base64);
        if (der.length != PREFIX.length + PublicKey.BYTES
                || !Arrays.equals(PREFIX, 0, PREFIX.length, der, 0, PREFIX.length)) {
            throw new IllegalArgumentException("a key in it is no public key of Ed25519");
        }
        return new PublicKey(Arrays.copyOfRange(der, PREFIX.length, der.length));
    }

    String pem() {
        var text = new StringBuilder();
        for (PublicKey key : keys) {
            byte[] der = Arrays.copyOf(PREFIX, PREFIX.length + PublicKey.BYTES);
            System.arraycopy(key.encoded(), 0, der, PREFIX.length, PublicKey.BYTES);
            text.append(BEGIN)
                    .append('\n')
                    .append(Base64.getEncoder().encodeToString(der))
                    .append('\n')
                    .append(END)
                    .append('\n');
        }
        return text.toString();
    }

    List<PublicKey> all() {
        return keys;
    }

    Optional<PublicKey> find(byte[] id) {
        return keys.stream().filter(key -> Arrays.equals(key.id(), id)).findFirst();
    }

    /** These and one more, unless it is one of them. */
    PublicKeys with(PublicKey more) {
        if (find(more.id()).isPresent()) {
            return this;
        }
        var all = new ArrayList<>(keys);
        all.add(more);
        return new PublicKeys(all);
    }

    PublicKeys with(PublicKeys more) {
        PublicKeys all = this;
        for (PublicKey key : more.keys) {
            all = all.with(key);
        }
        return all;
    }

    /** Whether one of them has signed it. */
    boolean haveSigned(AuditCheckpoint checkpoint) {
        var hex = HexFormat.of();
        var statement =
                new Statement(checkpoint.sequence(), checkpoint.time().toEpochMilli(), hex.parseHex(checkpoint.hash()));
        return find(hex.parseHex(checkpoint.key()))
                .filter(key -> key.hasSigned(statement.outside(), hex.parseHex(checkpoint.signature())))
                .isPresent();
    }
}

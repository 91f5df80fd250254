package symphony.users;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * The Argon2id hash (RFC 9106) of a password, in the form that other tools have for it:
 * {@code $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH}, both in Base64 without padding. Immutable; its arrays are never handed out.
 */
final class PasswordHash {
    private static final Pattern FORM = Pattern.compile("\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})"
            + "\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final int MOST_LANES = 16;
    private static final int LEAST_MEMORY_A_LANE = 8;

    private final Cost cost;
    private final int lanes;
    private final byte[] salt;
    private final byte[] hash;

    /**
     * What checking a password costs.
     *
     * @param memory KiB
     * @param passes over that memory
     */
    record Cost(int memory, int passes) {
        static final int LEAST_MEMORY = 8 << 10;
        static final int MEMORY = 19 << 10;
        /** No more than half of the heap; the default is taken in any case. */
        static final int MOST_MEMORY =
                (int) Math.max(MEMORY, Math.min(256 << 10, Runtime.getRuntime().maxMemory() / 2 >> 10));

        static final int MOST_PASSES = 20;
        /** Some seconds: whoever wants to log in waits for it, and it is done for one at a time. */
        private static final long MOST_WORK = 1L << 20;

        /** As many passes as do not take too long; one at least. */
        int fittingPasses() {
            return (int) Math.min(passes, MOST_WORK / memory);
        }
    }

    private PasswordHash(Cost cost, int lanes, byte[] salt, byte[] hash) {
        this.cost = cost;
        this.lanes = lanes;
        this.salt = salt;
        this.hash = hash;
    }

    /** Of a new password, with a salt of its own. */
    static PasswordHash of(char[] password, Cost cost, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new PasswordHash(cost, 1, salt, derive(password, cost, 1, salt, HASH_BYTES));
    }

    /** What no password has; to check one against it takes as long as against any of that cost. */
    static PasswordHash ofNone(Cost cost) {
        return new PasswordHash(cost, 1, new byte[SALT_BYTES], new byte[HASH_BYTES]);
    }

    /** What {@link #toString} or another tool wrote; {@code IllegalArgumentException} says what is wrong. */
    static PasswordHash parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("the hash must be written $argon2id$v=19$m=…,t=…,p=…$SALT$HASH");
        }
        int memory = Integer.parseInt(form.group(1));
        int passes = Integer.parseInt(form.group(2));
        int lanes = Integer.parseInt(form.group(3));
        if (lanes < 1 || lanes > MOST_LANES || passes < 1 || passes > Cost.MOST_PASSES) {
            throw new IllegalArgumentException("the hash has t=" + passes + ", p=" + lanes + ", which must be 1 to "
                    + Cost.MOST_PASSES + " and 1 to " + MOST_LANES);
        }
        if (memory < LEAST_MEMORY_A_LANE * lanes || memory > Cost.MOST_MEMORY) {
            throw new IllegalArgumentException("the hash has m=" + memory + ", which must be "
                    + LEAST_MEMORY_A_LANE * lanes + " to " + Cost.MOST_MEMORY + " KiB");
        }
        var cost = new Cost(memory, passes);
        if (cost.fittingPasses() < passes) {
            throw new IllegalArgumentException("the hash has t=" + passes + " with m=" + memory
                    + ", which takes too long; t must be at most " + cost.fittingPasses());
        }
        Base64.Decoder decoder = Base64.getDecoder();
        return new PasswordHash(cost, lanes, decoder.decode(form.group(4)), decoder.decode(form.group(5)));
    }

    /** Whether {@link #of} would make it so. */
    boolean isOf(Cost wanted) {
        return cost.equals(wanted) && lanes == 1 && salt.length == SALT_BYTES && hash.length == HASH_BYTES;
    }

    /** Whether it is the hash of a password; takes as long if it is not. */
    boolean matches(char[] password) {
        return MessageDigest.isEqual(hash, derive(password, cost, lanes, salt, hash.length));
    }

    private static byte[] derive(char[] password, Cost cost, int lanes, byte[] salt, int length) {
        var generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(cost.memory())
                .withIterations(cost.passes())
                .withParallelism(lanes)
                .withSalt(salt)
                .build());
        byte[] bytes = bytes(password);
        try {
            byte[] derived = new byte[length];
            generator.generateBytes(bytes, derived);
            return derived;
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** UTF-8 of its normal form NFC, as RFC 8265 has it: two keyboards may write one letter in two ways. */
    private static byte[] bytes(char[] password) {
        CharSequence text = CharBuffer.wrap(password);
        if (!Normalizer.isNormalized(text, Normalizer.Form.NFC)) {
            text = Normalizer.normalize(text, Normalizer.Form.NFC);
        }
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(text));
        byte[] bytes = Arrays.copyOf(encoded.array(), encoded.remaining());
        Arrays.fill(encoded.array(), (byte) 0);
        return bytes;
    }

    /** For the file; whoever has it can guess passwords. */
    @Override
    public String toString() {
        Base64.Encoder encoder = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + cost.memory() + ",t=" + cost.passes() + ",p=" + lanes + '$'
                + encoder.encodeToString(salt) + '$' + encoder.encodeToString(hash);
    }
}

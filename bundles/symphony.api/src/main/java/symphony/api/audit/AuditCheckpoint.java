package symphony.api.audit;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.regex.Pattern;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A signed statement: at that time the trail had so many records, and this chain hash. Who has one can tell later whether any of
 * them was changed, exchanged or taken away. Holds no secret.
 *
 * @param sequence number of the last record that it covers, from 1
 * @param time when it was made, to the millisecond; within what a {@code long} of milliseconds of the epoch holds
 * @param hash chain hash of that record: 64 hexadecimal digits, lower case
 * @param key which key signed: the first 8 bytes of the SHA-256 of the public key's 32 bytes, 16 such digits
 * @param signature Ed25519, 128 such digits
 */
@ProviderType
public record AuditCheckpoint(long sequence, Instant time, String hash, String key, String signature) {
    private static final String MARK = "symphony-audit-checkpoint-1";
    private static final Pattern HEX = Pattern.compile("[0-9a-f]*");
    private static final int HASH_DIGITS = 64;
    private static final int KEY_DIGITS = 16;
    private static final int SIGNATURE_DIGITS = 128;
    private static final int WORDS = 6;

    /**
     * Checks the form; a signature is checked by verifying the trail.
     *
     * @throws IllegalArgumentException if a part has not its form
     */
    public AuditCheckpoint {
        Objects.requireNonNull(time, "time");
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence of a checkpoint is " + sequence + ", must be 1 or more");
        }
        if (!time.equals(time.truncatedTo(ChronoUnit.MILLIS))) {
            throw new IllegalArgumentException("time of a checkpoint is " + time + ", must be whole milliseconds");
        }
        if (time.isBefore(Instant.ofEpochMilli(Long.MIN_VALUE)) || time.isAfter(Instant.ofEpochMilli(Long.MAX_VALUE))) {
            throw new IllegalArgumentException(
                    "time of a checkpoint is " + time + ", must be milliseconds of the epoch that a long holds");
        }
        digits("hash", hash, HASH_DIGITS);
        digits("key", key, KEY_DIGITS);
        digits("signature", signature, SIGNATURE_DIGITS);
    }

    private static void digits(String name, String value, int digits) {
        if (value.length() != digits || !HEX.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    name + " of a checkpoint must have " + digits + " hexadecimal digits in lower case");
        }
    }

    /**
     * What {@link #toString} made, and nothing else: there is one form.
     *
     * @param line one line, without its end
     * @return that checkpoint
     * @throws IllegalArgumentException if it is none
     */
    public static AuditCheckpoint parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != WORDS || !words[0].equals(MARK)) {
            throw new IllegalArgumentException(
                    "a checkpoint must be written: " + MARK + " SEQUENCE TIME HASH KEY SIGNATURE");
        }
        try {
            var parsed = new AuditCheckpoint(
                    Long.parseLong(words[1]), Instant.parse(words[2]), words[3], words[4], words[5]);
            if (!parsed.toString().equals(line)) {
                throw new IllegalArgumentException("a checkpoint must be written as " + parsed);
            }
            return parsed;
        } catch (NumberFormatException | DateTimeParseException e) {
            throw new IllegalArgumentException("a checkpoint has a sequence or a time that is none", e);
        }
    }

    /**
     * For files and for people.
     *
     * @return one line of ASCII: mark, sequence, time (as {@link Instant#toString}), hash, key, signature, with a blank between
     */
    @Override
    public String toString() {
        return MARK + ' ' + sequence + ' ' + time + ' ' + hash + ' ' + key + ' ' + signature;
    }
}

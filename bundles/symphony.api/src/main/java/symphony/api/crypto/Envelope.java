package symphony.api.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A sealed event: a header that anybody may read and nobody may change unnoticed, and a ciphertext. Immutable.
 *
 * <p>Format, version 1, big-endian, one canonical form; strings are UTF-8 behind a length of two bytes:
 *
 * <pre>
 * at   bytes  what
 *   0      2  magic "SY"
 *   2      1  version: 1
 *   3      1  suite: 0 plaintext (development only), 1 AES-256-GCM
 *   4      1  context, see {@link CryptoContext}
 *   5      1  flags: 0
 *   6      2  length of the header, up to and with the payload length
 *   8      4  key id
 *  12     16  writer salt
 *  28     32  key commitment
 *  60     12  nonce
 *  72     16  event id
 *  88      8  published, epoch milliseconds
 *  96      8  expires, epoch milliseconds, 0 = never
 * 104      1  priority
 * 105    2+n  topic, then publisher, then schema (may be empty)
 *        2+n  extension: entries of type (1 byte), length (2 bytes), value; unknown types are kept and ignored
 *          4  payload length
 *             ciphertext, as long as the payload
 *         16  tag (none in suite 0)
 * </pre>
 *
 * The whole header is the associated data of the cipher. Suite 0 has zeros for key id, salt, commitment and nonce.
 */
@ProviderType
public final class Envelope {
    /** The version that is written; readers take this one and the one before, once there is one. */
    public static final int VERSION = 1;

    /** Suite of plaintext. */
    public static final int SUITE_NONE = 0;

    /** Suite AES-256-GCM. */
    public static final int SUITE_AES_256_GCM = 1;

    /** Position of the version. */
    public static final int VERSION_AT = 2;

    /** Position of the suite. */
    public static final int SUITE_AT = 3;

    /** Position of the context. */
    public static final int CONTEXT_AT = 4;

    /** Position of the flags. */
    public static final int FLAGS_AT = 5;

    /** Position of the header's length. */
    public static final int HEADER_LENGTH_AT = 6;

    /** Position of the key id. */
    public static final int KEY_ID_AT = 8;

    /** Position of the writer salt. */
    public static final int SALT_AT = 12;

    /** Bytes of the writer salt. */
    public static final int SALT_BYTES = 16;

    /** Position of the key commitment. */
    public static final int COMMITMENT_AT = 28;

    /** Bytes of the key commitment. */
    public static final int COMMITMENT_BYTES = 32;

    /** Position of the nonce. */
    public static final int NONCE_AT = 60;

    /** Bytes of the nonce. */
    public static final int NONCE_BYTES = 12;

    /** Position of the event id. */
    public static final int EVENT_ID_AT = 72;

    /** Position of the time of publishing. */
    public static final int PUBLISHED_AT = 88;

    /** Position of the time of expiry. */
    public static final int EXPIRES_AT = 96;

    /** Position of the priority. */
    public static final int PRIORITY_AT = 104;

    /** Position of the topic. */
    public static final int TOPIC_AT = 105;

    /** Bytes of the tag. */
    public static final int TAG_BYTES = 16;

    /** Most bytes of a header: what its length field can tell. */
    public static final int MAX_HEADER_BYTES = 0xffff;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** No position. */
    private static final int MALFORMED = -1;

    private final byte[] bytes;

    private Envelope(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Takes the bytes of an envelope, which must not be changed afterwards. Checks the structure: magic, version, lengths,
     * strings, priority. Whether it is genuine shows when it is opened.
     *
     * @param bytes all of it, nothing behind it
     * @return the envelope
     * @throws SealException if the structure is not exactly as described
     */
    public static Envelope of(byte[] bytes) {
        if (!isWellFormed(bytes)) {
            throw new SealException();
        }
        return new Envelope(bytes);
    }

    private static boolean isWellFormed(byte[] bytes) {
        if (bytes.length < TOPIC_AT || bytes[0] != 'S' || bytes[1] != 'Y' || bytes[VERSION_AT] != VERSION) {
            return false;
        }
        boolean knownValues = isKnownSuite(bytes[SUITE_AT])
                && bytes[FLAGS_AT] == 0
                && bytes[PRIORITY_AT] >= 0
                && bytes[PRIORITY_AT] <= 9;
        if (!knownValues) {
            return false;
        }
        int at = afterExtension(bytes, afterText(bytes, afterText(bytes, afterText(bytes, TOPIC_AT))));
        if (at == MALFORMED || bytes.length - at < Integer.BYTES) {
            return false;
        }
        int payload = (int) INTS.get(bytes, at);
        int header = at + Integer.BYTES;
        int tag = bytes[SUITE_AT] == SUITE_NONE ? 0 : TAG_BYTES;
        return length(bytes, HEADER_LENGTH_AT) == header
                && payload >= 0
                && bytes.length - header - (long) tag == payload;
    }

    private static boolean isKnownSuite(byte suite) {
        return suite == SUITE_NONE || suite == SUITE_AES_256_GCM;
    }

    /** The position after a text. */
    private static int afterText(byte[] bytes, int at) {
        if (at == MALFORMED || bytes.length - at < Short.BYTES) {
            return MALFORMED;
        }
        int begin = at + Short.BYTES;
        int length = length(bytes, at);
        boolean valid = length <= bytes.length - begin && isUtf8(bytes, begin, length);
        return valid ? begin + length : MALFORMED;
    }

    private static boolean isUtf8(byte[] bytes, int begin, int length) {
        for (int i = begin; i < begin + length; i++) {
            if (bytes[i] < 0) { // more than ASCII
                return isDecodable(ByteBuffer.wrap(bytes, begin, length));
            }
        }
        return true;
    }

    private static boolean isDecodable(ByteBuffer text) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(text);
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** The position after the extension. */
    private static int afterExtension(byte[] bytes, int at) {
        if (at == MALFORMED || bytes.length - at < Short.BYTES) {
            return MALFORMED;
        }
        int entry = at + Short.BYTES;
        int end = entry + length(bytes, at);
        if (end > bytes.length) {
            return MALFORMED;
        }
        while (entry < end) {
            if (end - entry < 1 + Short.BYTES) {
                return MALFORMED;
            }
            entry += 1 + Short.BYTES + length(bytes, entry + 1);
        }
        return entry == end ? end : MALFORMED;
    }

    /**
     * The envelope as it is stored or sent.
     *
     * @return its bytes, not a copy: read only
     */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * Its size.
     *
     * @return bytes, with header and tag
     */
    public int size() {
        return bytes.length;
    }

    /**
     * How it was sealed.
     *
     * @return {@link #SUITE_NONE} or {@link #SUITE_AES_256_GCM}
     */
    public int suite() {
        return bytes[SUITE_AT];
    }

    /**
     * What it was sealed for.
     *
     * @return a code of {@link CryptoContext}
     */
    public int context() {
        return bytes[CONTEXT_AT] & 0xff;
    }

    /**
     * The key it was sealed with.
     *
     * @return an unsigned id
     */
    public int keyId() {
        return (int) INTS.get(bytes, KEY_ID_AT);
    }

    /**
     * The event's id.
     *
     * @return the id
     */
    public UUID eventId() {
        return new UUID((long) LONGS.get(bytes, EVENT_ID_AT), (long) LONGS.get(bytes, EVENT_ID_AT + Long.BYTES));
    }

    /**
     * When the event was published.
     *
     * @return epoch milliseconds
     */
    public long publishedMillis() {
        return (long) LONGS.get(bytes, PUBLISHED_AT);
    }

    /**
     * When it expires.
     *
     * @return epoch milliseconds, 0 = never
     */
    public long expiresMillis() {
        return (long) LONGS.get(bytes, EXPIRES_AT);
    }

    /**
     * How urgent it is.
     *
     * @return 0 to 9
     */
    public int priority() {
        return bytes[PRIORITY_AT];
    }

    /**
     * Where it goes. Made anew in each call.
     *
     * @return the topic
     */
    public String topic() {
        return text(TOPIC_AT);
    }

    /**
     * Who published it. Made anew in each call.
     *
     * @return the symbolic name of a bundle
     */
    public String publisher() {
        return text(after(TOPIC_AT));
    }

    /**
     * The schema of its data. Made anew in each call.
     *
     * @return a name, may be empty
     */
    public String schema() {
        return text(after(after(TOPIC_AT)));
    }

    /**
     * The length of the header, which is the associated data.
     *
     * @return bytes
     */
    public int headerSize() {
        return length(bytes, HEADER_LENGTH_AT);
    }

    /** What and how long, never the content. */
    @Override
    public String toString() {
        return topic() + " " + eventId() + " (" + size() + " bytes)";
    }

    /** The two bytes of a length. */
    private static int length(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    private int after(int at) {
        return at + Short.BYTES + length(bytes, at);
    }

    private String text(int at) {
        return new String(bytes, at + Short.BYTES, length(bytes, at), StandardCharsets.UTF_8);
    }
}

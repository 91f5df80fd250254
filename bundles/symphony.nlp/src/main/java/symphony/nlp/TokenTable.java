package symphony.nlp;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import symphony.component.wordpiece.Vocabulary;
import symphony.component.wordpiece.WordPieces;

/**
 * A vector for each piece of a word: pieces that mean something alike have vectors alike. It comes along with this bundle, made of
 * a sentence encoder; README.md tells how and of which. Immutable, thread-safe. As bytes, big-endian:
 *
 * <pre>
 * bytes      what
 *     4      magic "SYNT"
 *     2      version: 1
 *    32      SHA-256 of all that follows, which is the table's id
 *     2      dimensions
 *     4      pieces
 *     4      number of the piece for a word that has none
 *     8      of each piece: its hash, see {@link Vocabulary}
 *     4      of each piece: its scale, float
 *     …      of each piece: its elements, a byte each, to be multiplied by the scale
 * </pre>
 */
final class TokenTable {
    /*
     * Eight megabytes that only some need: read when a model first asks for them, and kept. Whoever must only know which table it
     * is reads the first bytes.
     */
    static final int DIMENSIONS = 256;

    private static final String RESOURCE = "tokens.table";
    private static final byte[] MAGIC = {'S', 'Y', 'N', 'T'};
    private static final int VERSION = 1;
    private static final int ID_AT = 6;
    private static final int BODY_AT = 38;
    private static final int MOST_BYTES = 32 << 20;

    /** Most pieces of a table. */
    static final int MOST_PIECES = 1 << 17;

    /** Most pieces of an utterance that are looked at; what follows would hardly change their mean. */
    private static final int PIECES_OF_UTTERANCE = 512;

    private static volatile TokenTable shared;

    private final WordPieces words;
    private final float[] scales;
    private final byte[] elements;

    private TokenTable(WordPieces words, float[] scales, byte[] elements) {
        this.words = words;
        this.scales = scales;
        this.elements = elements;
    }

    /** The one that comes along. */
    static TokenTable shared() {
        TokenTable table = shared;
        if (table == null) {
            table = load();
        }
        return table;
    }

    private static synchronized TokenTable load() {
        if (shared == null) {
            try (InputStream in = resource()) {
                shared = read(in.readNBytes(MOST_BYTES));
            } catch (IOException e) {
                throw unreadable(e);
            }
        }
        return shared;
    }

    /** Of the one that comes along, in hexadecimal digits. */
    static String id() {
        return Id.VALUE;
    }

    private static final class Id {
        static final String VALUE = read();

        private static String read() {
            try (InputStream in = resource()) {
                in.skipNBytes(ID_AT);
                return HexFormat.of().formatHex(in.readNBytes(BODY_AT - ID_AT));
            } catch (IOException e) {
                throw unreadable(e);
            }
        }
    }

    private static InputStream resource() throws IOException {
        InputStream in = TokenTable.class.getResourceAsStream(RESOURCE);
        if (in == null) {
            throw new IOException("the bundle has no " + RESOURCE);
        }
        return in;
    }

    private static UncheckedIOException unreadable(IOException e) {
        return new UncheckedIOException("the table of tokens cannot be read; install symphony.nlp anew", e);
    }

    static TokenTable read(byte[] bytes) throws IOException {
        if (bytes.length < BODY_AT
                || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
                || bytes[4] != 0
                || bytes[5] != VERSION) {
            throw new IOException("it does not begin as a table of tokens of version " + VERSION + " does");
        }
        byte[] body = Arrays.copyOfRange(bytes, BODY_AT, bytes.length);
        if (!Arrays.equals(Digests.sha256(body, body.length), Arrays.copyOfRange(bytes, ID_AT, BODY_AT))) {
            throw new IOException("it was changed or cut off: its hash is not the one it begins with");
        }
        var in = new DataInputStream(new ByteArrayInputStream(body));
        int dimensions = in.readUnsignedShort();
        int pieces = in.readInt();
        int unknown = in.readInt();
        if (dimensions != DIMENSIONS || pieces < 1 || pieces > MOST_PIECES || unknown < 0 || unknown >= pieces) {
            throw new IOException(
                    "it has " + pieces + " pieces, the unknown one " + unknown + ", and " + dimensions + " dimensions");
        }
        long[] hashes = new long[pieces];
        ByteBuffer.wrap(all(in, pieces * Long.BYTES)).asLongBuffer().get(hashes);
        float[] scales = new float[pieces];
        ByteBuffer.wrap(all(in, pieces * Float.BYTES)).asFloatBuffer().get(scales);
        byte[] elements = all(in, pieces * DIMENSIONS);
        return new TokenTable(new WordPieces(Vocabulary.ofHashes(hashes), unknown), scales, elements);
    }

    private static byte[] all(DataInputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("it ends too early");
        }
        return bytes;
    }

    /**
     * Makes one.
     *
     * @param hashes of the pieces
     * @param unknown number of the piece for words that have none
     * @param vectors of the pieces
     * @param to takes it
     * @throws IOException if it cannot be written
     */
    static void write(long[] hashes, int unknown, float[][] vectors, OutputStream to) throws IOException {
        var buffer = ByteBuffer.allocate(10 + hashes.length * (Long.BYTES + Float.BYTES + DIMENSIONS));
        buffer.putShort((short) DIMENSIONS).putInt(hashes.length).putInt(unknown);
        for (long hash : hashes) {
            buffer.putLong(hash);
        }
        float[] scales = new float[hashes.length];
        for (int piece = 0; piece < scales.length; piece++) {
            scales[piece] = Weights.scaleOf(vectors[piece]);
            buffer.putFloat(scales[piece]);
        }
        for (int piece = 0; piece < scales.length; piece++) {
            for (int i = 0; i < DIMENSIONS; i++) {
                buffer.put((byte) Math.round(vectors[piece][i] / scales[piece]));
            }
        }
        var out = new DataOutputStream(to);
        out.write(MAGIC);
        out.writeShort(VERSION);
        out.write(Digests.sha256(buffer.array(), buffer.position()));
        out.write(buffer.array());
        out.flush();
    }

    /** The numbers of an utterance's pieces. */
    int[] pieces(String utterance) {
        return words.of(utterance, PIECES_OF_UTTERANCE);
    }

    /** Adds the vector of a piece, times a factor. */
    void addTo(float[] sum, int piece, float factor) {
        float scaled = factor * scales[piece];
        int at = piece * DIMENSIONS;
        for (int i = 0; i < DIMENSIONS; i++) {
            sum[i] += scaled * elements[at + i];
        }
    }
}

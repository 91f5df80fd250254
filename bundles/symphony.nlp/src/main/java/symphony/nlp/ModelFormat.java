package symphony.nlp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import symphony.api.nlp.RankedIntent;
import symphony.api.nlp.SentenceEncoder;

/**
 * A model as bytes, version 2, big-endian:
 *
 * <pre>
 * bytes      what
 *     4      magic "SYNI"
 *     2      version: 2
 *     …      all that follows, deflated (RFC 1950):
 *     2        intents; for each, ascending: its name, as DataOutput writes UTF-8 strings
 *     …        the part of n-grams and tokens
 *     1        1 if a part of sentences follows, else 0
 *     …        the encoder's id, as DataOutput writes UTF-8 strings; the part of sentences
 *    32      SHA-256 of all before
 *
 *            a part:
 *     4        accuracy of the held-out examples, float or NaN
 *     4        temperature, float
 *     4        threshold, float
 *     …        for each intent: scale, bias, scale of the meaning's weights, 4 bytes each, float
 *     4        examples that were counted, names of intents among them
 *     4        n-grams
 *     …        for each n-gram, ascending: its key's distance from the one before (the first: from -2^31), as varint
 *     …        for each n-gram: in how many examples it is, 65535 for more, as varint
 *     …        for each n-gram: how many weights it has, as varint
 *     …        for each weight: its intent's distance from the one before of the n-gram (the first: from -1), as varint
 *     …        for each weight: its value, a byte
 *
 *              of tokens:
 *    32          id of the table of tokens
 *     4          pieces of words
 *     …          for each piece, ascending: its number's distance from the one before (the first: from -1), as varint
 *     …          for each piece: in how many examples it is, 65535 for more, as varint
 *  1024          for each dimension of the meaning: its mean, float
 *
 *              of sentences:
 *     2          dimensions of the meaning
 *     4          length of its vectors, float
 *     …          for each dimension: its mean, float
 *     …          rows, each a scale (4 bytes, float) and its numbers (2 bytes each): for each dimension one of the inverse of the
 *                covariance's factor within intents, which ends at the diagonal; for each intent its mean; the same for the covariance
 *                of all, and one row with their mean
 *
 *     …        for each dimension of the meaning, for each intent: the weight's value, a byte
 * </pre>
 *
 * A varint has seven bits in each byte, lowest first, and the highest bit in all but the last. A model has exactly one form.
 */
final class ModelFormat {
    /** Most bytes of a model. */
    static final int MOST_BYTES = 64 << 20;

    private static final byte[] MAGIC = {'S', 'Y', 'N', 'I'};
    private static final int VERSION = 2;
    private static final int HEADER_BYTES = 6;
    private static final int HASH_BYTES = 32;
    private static final int MOST_FEATURES = 1 << 22;
    private static final int MOST_WEIGHTS = 1 << 25;
    private static final int MOST_VARINT_BYTES = 5;
    private static final float LEAST_TEMPERATURE = 1e-3f;
    private static final float MOST = 1e6f;
    private static final int FIRST_ROOM = 1 << 16;
    private static final String SCALE = "scale";
    private static final String ENCODER_ID = "[\\x21-\\x7e]{1," + SentenceEncoder.ID_CHARS + "}";

    private ModelFormat() {}

    static byte[] write(IntentModel model) {
        var bytes = new ByteArrayOutputStream();
        try {
            bytes.write(MAGIC);
            bytes.write(VERSION >>> 8);
            bytes.write(VERSION);
            var deflater = new Deflater(Deflater.BEST_COMPRESSION);
            try (var out = new DataOutputStream(new DeflaterOutputStream(bytes, deflater))) {
                writeBody(model, out);
            } finally {
                deflater.end();
            }
            bytes.write(Digests.sha256(bytes.toByteArray(), bytes.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory has no output that could fail
        }
        return bytes.toByteArray();
    }

    private static void writeBody(IntentModel model, DataOutputStream out) throws IOException {
        out.writeShort(model.intents().size());
        for (String intent : model.intents()) {
            out.writeUTF(intent);
        }
        writePart(model.plain(), out);
        writeTokens((TokenMeans) model.plain().meaning(), out);
        writeMeaning(model.plain().weights().ofMeaning(), out);
        out.writeByte(model.encoded().isPresent() ? 1 : 0);
        if (model.encoded().isPresent()) {
            LinearModel encoded = model.encoded().get().model();
            out.writeUTF(model.encoded().get().encoder());
            writePart(encoded, out);
            writeSentences((EncodedMeans) encoded.meaning(), encoded.distances().orElseThrow(), out);
            writeMeaning(encoded.weights().ofMeaning(), out);
        }
    }

    private static void writePart(LinearModel model, DataOutputStream out) throws IOException {
        out.writeFloat(model.heldOutAccuracy());
        out.writeFloat(model.calibration().temperature());
        out.writeFloat(model.calibration().threshold());
        Weights weights = model.weights();
        for (int intent = 0; intent < model.intents().size(); intent++) {
            out.writeFloat(weights.scale(intent));
            out.writeFloat(weights.bias(intent));
            out.writeFloat(weights.ofMeaning().scale(intent));
        }
        FeatureTable features = model.features();
        out.writeInt(features.examples());
        out.writeInt(features.size());
        for (int feature = 0; feature < features.size(); feature++) {
            writeVarint(out, features.key(feature) - (feature == 0 ? Integer.MIN_VALUE : features.key(feature - 1)));
        }
        for (int feature = 0; feature < features.size(); feature++) {
            writeVarint(out, features.frequency(feature));
        }
        for (int feature = 0; feature < features.size(); feature++) {
            writeVarint(out, weights.count(feature));
        }
        int at = 0;
        for (int feature = 0; feature < features.size(); feature++) {
            int before = -1;
            for (int end = at + weights.count(feature); at < end; at++) {
                writeVarint(out, weights.intent(at) - before);
                before = weights.intent(at);
            }
        }
        for (int i = 0; i < weights.count(); i++) {
            out.writeByte(weights.value(i));
        }
    }

    private static void writeTokens(TokenMeans tokens, DataOutputStream out) throws IOException {
        out.write(HexFormat.of().parseHex(TokenTable.id()));
        out.writeInt(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            writeVarint(out, tokens.piece(i) - (i == 0 ? -1 : tokens.piece(i - 1)));
        }
        for (int i = 0; i < tokens.size(); i++) {
            writeVarint(out, tokens.frequency(i));
        }
        for (int i = 0; i < tokens.dimensions(); i++) {
            out.writeFloat(tokens.mean(i));
        }
    }

    private static void writeSentences(EncodedMeans sentences, Distances distances, DataOutputStream out)
            throws IOException {
        out.writeShort(sentences.dimensions());
        out.writeFloat(sentences.length());
        for (int i = 0; i < sentences.dimensions(); i++) {
            out.writeFloat(sentences.mean(i));
        }
        writeRows(distances.within(), out);
        writeRows(distances.means(), out);
        writeRows(distances.all(), out);
        writeRows(distances.mean(), out);
    }

    private static void writeRows(Rows rows, DataOutputStream out) throws IOException {
        for (int row = 0; row < rows.size(); row++) {
            out.writeFloat(rows.scale(row));
            for (int i = 0; i < rows.length(row); i++) {
                out.writeShort(rows.value(row, i));
            }
        }
    }

    private static void writeMeaning(MeaningWeights weights, DataOutputStream out) throws IOException {
        for (int i = 0; i < weights.count(); i++) {
            out.writeByte(weights.value(i));
        }
    }

    private static void writeVarint(DataOutputStream out, int value) throws IOException {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.writeByte(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    /** Takes no more memory than some times what the bytes have, whatever they say. */
    static IntentModel read(byte[] bytes) throws ModelFormatException {
        checkFrame(bytes);
        int length = bytes.length - HEADER_BYTES - HASH_BYTES;
        try (var in =
                new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(bytes, HEADER_BYTES, length)))) {
            IntentModel model = new Parser(in).model();
            if (in.read() >= 0) {
                throw new ModelFormatException("more follows the end of the model");
            }
            return model;
        } catch (EOFException e) {
            throw new ModelFormatException("the model ends too early", e);
        } catch (ZipException e) {
            throw new ModelFormatException("the model is not deflated as it should be: " + e.getMessage(), e);
        } catch (ModelFormatException e) {
            throw e;
        } catch (IOException e) {
            throw new ModelFormatException("the model cannot be read: " + e.getMessage(), e);
        }
    }

    private static void checkFrame(byte[] bytes) throws ModelFormatException {
        if (bytes.length < HEADER_BYTES + HASH_BYTES || bytes.length > MOST_BYTES) {
            throw new ModelFormatException("it has " + bytes.length + " bytes, a model has "
                    + (HEADER_BYTES + HASH_BYTES) + " to " + MOST_BYTES);
        }
        if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new ModelFormatException("it does not begin as a model does");
        }
        int version = (bytes[4] & 0xff) << 8 | bytes[5] & 0xff;
        if (version != VERSION) {
            throw new ModelFormatException(
                    "it is of version " + version + ", known is " + VERSION + "; train it anew, or update this bundle");
        }
        byte[] hash = Digests.sha256(bytes, bytes.length - HASH_BYTES);
        byte[] found = Arrays.copyOfRange(bytes, bytes.length - HASH_BYTES, bytes.length);
        if (!MessageDigest.isEqual(hash, found)) {
            throw new ModelFormatException("it was changed or cut off: its hash is not the one it ends with");
        }
    }

    /** Checks as it goes. */
    private static final class Parser {
        private final DataInputStream in;

        Parser(DataInputStream in) {
            this.in = in;
        }

        IntentModel model() throws IOException {
            int count = in.readUnsignedShort();
            need(count >= 2 && count <= TrainingLimits.INTENTS, "number of intents", count);
            var names = new ArrayList<String>();
            for (int intent = 0; intent < count; intent++) {
                names.add(intentAfter(names));
            }
            List<String> intents = List.copyOf(names);
            LinearModel plain = part(intents, true);
            int parts = in.readUnsignedByte();
            need(parts <= 1, "mark of a part of sentences", parts);
            return new IntentModel(plain, parts == 0 ? Optional.empty() : Optional.of(encoded(intents)));
        }

        private IntentModel.Encoded encoded(List<String> intents) throws IOException {
            String encoder = in.readUTF();
            need(encoder.matches(ENCODER_ID), "encoder's id", encoder.length() + " characters long, or has some");
            return new IntentModel.Encoded(encoder, part(intents, false));
        }

        private LinearModel part(List<String> intents, boolean ofTokens) throws IOException {
            float accuracy = in.readFloat();
            need(Float.isNaN(accuracy) || accuracy >= 0 && accuracy <= 1, "accuracy", accuracy);
            float temperature = in.readFloat();
            need(temperature >= LEAST_TEMPERATURE && temperature <= MOST, "temperature", temperature);
            float threshold = bounded("threshold");
            int count = intents.size();
            float[] scales = new float[count];
            float[] biases = new float[count];
            float[] scalesOfMeaning = new float[count];
            for (int intent = 0; intent < count; intent++) {
                scales[intent] = bounded(SCALE);
                biases[intent] = bounded("bias");
                scalesOfMeaning[intent] = scale();
            }
            int examples = in.readInt();
            need(examples > 0 && examples <= TrainingLimits.EXAMPLES + TrainingLimits.INTENTS, "examples", examples);
            int features = in.readInt();
            need(features >= 0 && features <= MOST_FEATURES, "number of n-grams", features);
            int[] keys = keys(features);
            char[] frequencies = frequencies(features, Math.min(examples, FeatureTable.MOST_FREQUENT));
            int[] begins = begins(counts(features, count));
            short[] intentsOfWeights = intents(begins, count);
            byte[] values = bytes(intentsOfWeights.length);
            Meaning meaning = ofTokens ? tokens(examples) : sentences();
            Optional<Distances> distances =
                    ofTokens ? Optional.empty() : Optional.of(distances(meaning.dimensions(), count));
            var ofMeaning = new MeaningWeights(scalesOfMeaning, bytes(count * meaning.dimensions()));
            return new LinearModel(
                    intents,
                    new FeatureTable(examples, keys, frequencies),
                    meaning,
                    new Weights(scales, biases, begins, intentsOfWeights, values, ofMeaning),
                    new Calibration(temperature, threshold),
                    distances,
                    accuracy);
        }

        private float scale() throws IOException {
            float scale = bounded(SCALE);
            need(scale > 0, SCALE, scale);
            return scale;
        }

        private EncodedMeans sentences() throws IOException {
            int dimensions = in.readUnsignedShort();
            need(dimensions >= 1 && dimensions <= SentenceEncoder.MOST_DIMENSIONS, "number of dimensions", dimensions);
            float length = bounded("length of vectors");
            float[] mean = new float[dimensions];
            for (int i = 0; i < dimensions; i++) {
                mean[i] = bounded("mean");
            }
            return new EncodedMeans(mean, length);
        }

        private Distances distances(int dimensions, int intents) throws IOException {
            return new Distances(
                    rows(dimensions, row -> row + 1),
                    rows(intents, row -> dimensions),
                    rows(dimensions, row -> row + 1),
                    rows(1, row -> dimensions));
        }

        private Rows rows(int count, IntUnaryOperator length) throws IOException {
            float[] scales = new float[count];
            short[][] values = new short[count][];
            for (int row = 0; row < count; row++) {
                scales[row] = scale();
                values[row] = new short[length.applyAsInt(row)];
                ByteBuffer.wrap(bytes(Short.BYTES * values[row].length))
                        .asShortBuffer()
                        .get(values[row]);
            }
            return new Rows(scales, values);
        }

        private TokenMeans tokens(int examples) throws IOException {
            String table = HexFormat.of().formatHex(bytes(HASH_BYTES));
            if (!table.equals(TokenTable.id())) {
                throw new ModelFormatException("it was made with table of tokens " + table + ", this bundle has "
                        + TokenTable.id() + "; train it anew");
            }
            int count = in.readInt();
            need(count >= 0 && count <= TokenTable.MOST_PIECES, "number of pieces", count);
            int[] pieces = new int[count];
            long before = -1;
            for (int i = 0; i < count; i++) {
                long piece = before + varint();
                need(piece > before && piece < TokenTable.MOST_PIECES, "piece of a word", piece);
                pieces[i] = (int) piece;
                before = piece;
            }
            char[] frequencies = frequencies(count, Math.min(examples, FeatureTable.MOST_FREQUENT));
            float[] mean = new float[TokenTable.DIMENSIONS];
            for (int i = 0; i < mean.length; i++) {
                mean[i] = bounded("mean");
            }
            return new TokenMeans(examples, pieces, frequencies, mean);
        }

        private String intentAfter(List<String> intents) throws IOException {
            String name = in.readUTF();
            String before = intents.isEmpty() ? "" : intents.get(intents.size() - 1);
            try {
                new RankedIntent(name, 0);
            } catch (IllegalArgumentException e) {
                throw new ModelFormatException(e.getMessage(), e);
            }
            if (name.compareTo(before) <= 0) {
                throw new ModelFormatException("names of intents are not in order");
            }
            return name;
        }

        /** So that no sum of them is infinite. */
        private float bounded(String what) throws IOException {
            float value = in.readFloat();
            need(value >= -MOST && value <= MOST, what, value);
            return value;
        }

        private static void need(boolean holds, String what, Object value) throws ModelFormatException {
            if (!holds) {
                throw new ModelFormatException("its " + what + " is " + value + ", which no model has");
            }
        }

        private int[] keys(int count) throws IOException {
            int[] keys = room(count);
            long before = Integer.MIN_VALUE;
            for (int i = 0; i < count; i++) {
                long key = before + varint();
                need((key > before || i == 0) && key <= Integer.MAX_VALUE, "key of an n-gram", key);
                keys = put(keys, i, count, (int) key);
                before = key;
            }
            return keys;
        }

        private char[] frequencies(int count, int most) throws IOException {
            char[] frequencies = new char[Math.min(count, FIRST_ROOM)];
            for (int i = 0; i < count; i++) {
                long frequency = varint();
                need(frequency >= 1 && frequency <= most, "frequency", frequency);
                if (i == frequencies.length) {
                    frequencies = Arrays.copyOf(frequencies, (int) Math.min(count, 2L * i));
                }
                frequencies[i] = (char) frequency;
            }
            return frequencies;
        }

        private int[] counts(int count, int most) throws IOException {
            int[] counts = room(count);
            for (int i = 0; i < count; i++) {
                long number = varint();
                need(number <= most, "number of weights", number);
                counts = put(counts, i, count, (int) number);
            }
            return counts;
        }

        private static int[] begins(int[] counts) throws ModelFormatException {
            int[] begins = new int[counts.length + 1];
            for (int i = 0; i < counts.length; i++) {
                begins[i + 1] = begins[i] + counts[i];
                need(begins[i + 1] <= MOST_WEIGHTS, "number of weights", begins[i + 1]);
            }
            return begins;
        }

        private short[] intents(int[] begins, int count) throws IOException {
            int all = begins[begins.length - 1];
            short[] intents = new short[Math.min(all, FIRST_ROOM)];
            for (int feature = 0; feature < begins.length - 1; feature++) {
                long before = -1;
                for (int i = begins[feature]; i < begins[feature + 1]; i++) {
                    long intent = before + varint();
                    need(intent > before && intent < count, "intent of a weight", intent);
                    if (i == intents.length) {
                        intents = Arrays.copyOf(intents, (int) Math.min(all, 2L * i));
                    }
                    intents[i] = (short) intent;
                    before = intent;
                }
            }
            return intents;
        }

        private byte[] bytes(int count) throws IOException {
            byte[] values = in.readNBytes(count);
            if (values.length < count) {
                throw new EOFException();
            }
            return values;
        }

        /** Grows with what is there, not with what is said to be. */
        private static int[] room(int count) {
            return new int[Math.min(count, FIRST_ROOM)];
        }

        private static int[] put(int[] numbers, int at, int count, int number) {
            int[] grown = at < numbers.length ? numbers : Arrays.copyOf(numbers, (int) Math.min(count, 2L * at));
            grown[at] = number;
            return grown;
        }

        private long varint() throws IOException {
            long value = 0;
            for (int i = 0; i < MOST_VARINT_BYTES; i++) {
                int next = in.readUnsignedByte();
                value |= (long) (next & 0x7f) << 7 * i;
                if (next < 0x80) {
                    need(next != 0 || i == 0, "number", "longer than it need be");
                    return value;
                }
            }
            throw new ModelFormatException("one of its numbers has no end");
        }
    }
}

package symphony.nlp;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import symphony.component.wordpiece.Vocabulary;
import symphony.nlp.encoder.LoadedEncoder;

/**
 * Makes the table of tokens that {@code symphony.nlp} has: what the sentence encoder all-MiniLM-L6-v2 makes of each piece of its vocabulary
 * by itself, less the mean of all, in the directions in which they differ most (principal components), as Tulkens and van Dongen do
 * in Model2Vec (2024). In the package of the recogniser, which knows the table's form.
 */
public final class TokenDistillation {
    private static final String MODEL = "/all-minilm-l6-v2-q.onnx";
    private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";
    private static final String UNKNOWN = "[UNK]";
    private static final String BEGIN = "[CLS]";
    private static final String END = "[SEP]";
    private static final int AT_ONCE = 64;
    private static final int ENCODED = 384;

    private final List<String> vocabulary;

    private TokenDistillation(List<String> vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** The file to write. */
    public static void main(String[] arguments) throws IOException, OrtException {
        if (arguments.length != 1) {
            System.err.println("bench: tokens takes the file to write");
            System.exit(2);
        }
        Path file = Path.of(arguments[0]);
        var distillation = new TokenDistillation(vocabulary());
        float[][] encoded = distillation.encoded();
        try (OutputStream out = Files.newOutputStream(file)) {
            TokenTable.write(distillation.hashes(), distillation.number(UNKNOWN), components(centred(encoded)), out);
        }
        System.out.println(file + " has " + Files.size(file) + " bytes");
    }

    /** The pieces, by number. */
    private static List<String> vocabulary() throws IOException {
        try (InputStream in = resource(TOKENIZER)) {
            return LoadedEncoder.pieces(in);
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = TokenDistillation.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException("the class path has no " + name + "; see pom.xml");
        }
        return in;
    }

    private int number(String piece) {
        return vocabulary.indexOf(piece);
    }

    private long[] hashes() {
        return vocabulary.stream().mapToLong(Vocabulary::hash).toArray();
    }

    /** What the encoder makes of each piece between its marks of beginning and end. */
    private float[][] encoded() throws IOException, OrtException {
        byte[] model;
        try (InputStream in = resource(MODEL)) {
            model = in.readAllBytes();
        }
        var vectors = new ArrayList<float[]>();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(model)) {
            for (int piece = 0; piece < vocabulary.size(); piece += AT_ONCE) {
                int count = Math.min(AT_ONCE, vocabulary.size() - piece);
                vectors.addAll(encoded(environment, session, piece, count));
            }
        }
        return vectors.toArray(float[][]::new);
    }

    private List<float[]> encoded(OrtEnvironment environment, OrtSession session, int piece, int count)
            throws OrtException {
        long begin = number(BEGIN);
        long end = number(END);
        long[][] pieces = new long[count][];
        long[][] ones = new long[count][];
        for (int i = 0; i < count; i++) {
            pieces[i] = new long[] {begin, piece + i, end};
            ones[i] = new long[] {1, 1, 1};
        }
        try (OnnxTensor ids = OnnxTensor.createTensor(environment, pieces);
                OnnxTensor mask = OnnxTensor.createTensor(environment, ones);
                OnnxTensor types = OnnxTensor.createTensor(environment, new long[count][3]);
                OrtSession.Result result =
                        session.run(Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types))) {
            float[][][] states = (float[][][]) result.get(0).getValue();
            return IntStream.range(0, count).mapToObj(i -> states[i][1]).toList();
        }
    }

    private static double[][] centred(float[][] vectors) {
        double[] mean = new double[ENCODED];
        for (float[] vector : vectors) {
            for (int i = 0; i < ENCODED; i++) {
                mean[i] += vector[i] / (double) vectors.length;
            }
        }
        double[][] centred = new double[vectors.length][ENCODED];
        for (int row = 0; row < centred.length; row++) {
            for (int i = 0; i < ENCODED; i++) {
                centred[row][i] = vectors[row][i] - mean[i];
            }
        }
        return centred;
    }

    /** The principal components, those of the greatest variance first. */
    private static float[][] components(double[][] vectors) {
        RealMatrix rows = new Array2DRowRealMatrix(vectors, false);
        var eigen = new EigenDecomposition(rows.transpose().multiply(rows));
        int[] order = IntStream.range(0, ENCODED)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -eigen.getRealEigenvalue(i)))
                .limit(TokenTable.DIMENSIONS)
                .mapToInt(i -> i)
                .toArray();
        double[][] projected = rows.multiply(eigen.getV()).getData();
        float[][] components = new float[vectors.length][TokenTable.DIMENSIONS];
        for (int row = 0; row < components.length; row++) {
            for (int i = 0; i < order.length; i++) {
                components[row][i] = (float) projected[row][order[i]];
            }
        }
        return components;
    }
}

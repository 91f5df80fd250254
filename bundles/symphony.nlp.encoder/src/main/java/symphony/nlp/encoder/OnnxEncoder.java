package symphony.nlp.encoder;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import symphony.api.nlp.SentenceEncoder;
import symphony.component.wordpiece.Vocabulary;
import symphony.component.wordpiece.WordPieces;

/**
 * An encoder of the family of BERT, run by ONNX Runtime: the state of the mark of the beginning, made one long, is the sentence's
 * vector. One sentence at a time on the caller's thread. Thread-safe.
 */
final class OnnxEncoder implements SentenceEncoder, AutoCloseable {
    /*
     * The weights are quantised, and scales of what is computed are found as it runs, over all sentences of one call: two in one call
     * would change each other's vectors. So there is one sentence in each call.
     */
    private static final String UNKNOWN = "[UNK]";
    private static final String BEGIN = "[CLS]";
    private static final String END = "[SEP]";

    /** Most pieces that are looked at, of which time grows faster than in proportion. */
    private static final int MOST_PIECES = 126;

    private final String id;
    private final WordPieces words;
    private final long begin;
    private final long end;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final int dimensions;
    private final ReadWriteLock closing = new ReentrantReadWriteLock();
    private boolean closed; // guarded by closing

    /**
     * Loads it.
     *
     * @param id what it is called
     * @param model the ONNX file, in a direct buffer
     * @param pieces the vocabulary, by number
     * @throws OrtException if ONNX Runtime cannot read the model
     * @throws UnsatisfiedLinkError if ONNX Runtime has no library for this platform
     */
    OnnxEncoder(String id, ByteBuffer model, List<String> pieces) throws OrtException {
        this.id = id;
        this.words = new WordPieces(Vocabulary.of(pieces), pieces.indexOf(UNKNOWN));
        this.begin = pieces.indexOf(BEGIN);
        this.end = pieces.indexOf(END);
        this.environment = OrtEnvironment.getEnvironment();
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            this.session = environment.createSession(model, options);
        }
        try {
            this.dimensions = run("").length;
        } catch (OrtException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int dimensions() {
        return dimensions;
    }

    @Override
    public float[] encode(String sentence) {
        closing.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("sentence encoder " + id + " is closed");
            }
            return run(sentence);
        } catch (OrtException e) {
            throw new IllegalStateException("sentence encoder " + id + " failed: " + e.getMessage(), e);
        } finally {
            closing.readLock().unlock();
        }
    }

    private float[] run(String sentence) throws OrtException {
        int[] pieces = words.of(sentence, MOST_PIECES);
        long[] ids = new long[pieces.length + 2];
        ids[0] = begin;
        for (int i = 0; i < pieces.length; i++) {
            ids[i + 1] = pieces[i];
        }
        ids[ids.length - 1] = end;
        long[] ones = new long[ids.length];
        Arrays.fill(ones, 1);
        long[] shape = {1, ids.length};
        try (OnnxTensor input = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
                OnnxTensor mask = OnnxTensor.createTensor(environment, LongBuffer.wrap(ones), shape);
                OnnxTensor types = OnnxTensor.createTensor(environment, LongBuffer.allocate(ids.length), shape);
                OrtSession.Result result =
                        session.run(Map.of("input_ids", input, "attention_mask", mask, "token_type_ids", types))) {
            OnnxTensor states = (OnnxTensor) result.get(0);
            FloatBuffer all = states.getFloatBuffer();
            float[] vector = new float[(int) states.getInfo().getShape()[2]];
            all.get(vector);
            return ofLengthOne(vector);
        }
    }

    private static float[] ofLengthOne(float[] vector) {
        double squares = 0;
        for (float element : vector) {
            squares += (double) element * element;
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= (float) Math.sqrt(squares);
        }
        return vector;
    }

    /** Waits for those that encode. */
    @Override
    public void close() throws OrtException {
        closing.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                session.close();
            }
        } finally {
            closing.writeLock().unlock();
        }
    }
}

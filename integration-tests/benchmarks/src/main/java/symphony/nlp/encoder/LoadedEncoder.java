package symphony.nlp.encoder;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import symphony.api.nlp.SentenceEncoder;

/** The encoder of {@code symphony.nlp.encoder} without a framework; in its package, since it has no other way in. */
public final class LoadedEncoder {
    private LoadedEncoder() {}

    /** Loads it, for as long as this process lives. */
    public static SentenceEncoder load() throws IOException {
        try {
            return Encoder.load();
        } catch (OrtException e) {
            throw new IOException("the encoder cannot be loaded", e);
        }
    }

    /** The vocabulary of a tokeniser, by number. */
    public static List<String> pieces(InputStream tokenizer) throws IOException {
        return Encoder.pieces(tokenizer);
    }
}

package symphony.nlp;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import symphony.api.nlp.SentenceEncoder;

/** An encoder that encodes each sentence once, so that several models learn from the same ones sooner. Thread-safe. */
final class KeptSentences implements SentenceEncoder {
    private final SentenceEncoder encoder;
    private final Map<String, float[]> vectors = new ConcurrentHashMap<>();

    KeptSentences(SentenceEncoder encoder) {
        this.encoder = encoder;
    }

    @Override
    public String id() {
        return encoder.id();
    }

    @Override
    public int dimensions() {
        return encoder.dimensions();
    }

    @Override
    public float[] encode(String sentence) {
        return vectors.computeIfAbsent(sentence, encoder::encode).clone();
    }
}

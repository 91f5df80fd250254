package symphony.nlp.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OrtException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import symphony.component.wordpiece.Vocabulary;
import symphony.component.wordpiece.WordPieces;

class OnnxEncoderTest {
    private static final String TOKENIZER = "/encoder/" + Encoder.ID + "-tokenizer.json";

    private static byte[] tokenizer() throws IOException {
        try (InputStream in = Objects.requireNonNull(OnnxEncoderTest.class.getResourceAsStream(TOKENIZER))) {
            return in.readAllBytes();
        }
    }

    private static float product(float[] one, float[] other) {
        float sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }

    @Test
    void bringsNearWhatMeansTheSame() throws IOException, OrtException {
        try (OnnxEncoder encoder = Encoder.load()) {
            float[] dark = encoder.encode("it is too dark in here");

            assertThat(encoder.dimensions()).isEqualTo(384);
            assertThat(product(dark, dark)).isBetween(0.9999f, 1.0001f);
            assertThat(product(dark, encoder.encode("please turn on the lights")))
                    .isGreaterThan(product(dark, encoder.encode("book a table for two")) + 0.1f);
            assertThat(encoder.encode("it is too dark in here")).isEqualTo(dark);
        }
    }

    @Test
    void takesWhateverSomebodySays() throws IOException, OrtException {
        try (OnnxEncoder encoder = Encoder.load()) {
            for (String sentence :
                    List.of("", " ", "\u0000\ud800", "👍", "العربية", "word ".repeat(200_000), "x".repeat(1 << 20))) {
                float[] vector = encoder.encode(sentence);
                assertThat(vector).hasSize(384);
                assertThat(product(vector, vector)).isBetween(0.999f, 1.001f);
            }
        }
    }

    @Test
    void isTheSameForManyAtOnce() throws Exception {
        List<String> sentences = IntStream.range(0, 200)
                .mapToObj(i -> "turn on " + i + " of the lights " + "please ".repeat(i % 7))
                .toList();
        try (OnnxEncoder encoder = Encoder.load()) {
            List<float[]> alone = sentences.stream().map(encoder::encode).toList();
            var threads = Executors.newFixedThreadPool(8);
            try {
                List<Callable<float[]>> calls = sentences.stream()
                        .map(sentence -> (Callable<float[]>) () -> encoder.encode(sentence))
                        .toList();
                List<Future<float[]>> results = threads.invokeAll(calls);
                for (int i = 0; i < alone.size(); i++) {
                    assertThat(results.get(i).get()).isEqualTo(alone.get(i));
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Test
    void saysThatItIsClosed() throws IOException, OrtException {
        OnnxEncoder encoder = Encoder.load();
        encoder.close();
        encoder.close();

        assertThatThrownBy(() -> encoder.encode("hello"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }

    @Test
    void refusesWhatIsNoModel() {
        assertThatThrownBy(
                        () -> new OnnxEncoder("x", ByteBuffer.allocateDirect(100), List.of("[UNK]", "[CLS]", "[SEP]")))
                .isInstanceOf(OrtException.class);
        assertThatThrownBy(() -> Encoder.pieces(new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8))))
                .hasMessageContaining("no vocabulary");
    }

    private static final class Reference {
        static final HuggingFaceTokenizer TOKENIZER = open();
        static final WordPieces OURS = ours();

        private static HuggingFaceTokenizer open() {
            try {
                Path file = Files.createTempFile("tokenizer", ".json");
                Files.write(file, tokenizer());
                HuggingFaceTokenizer opened = HuggingFaceTokenizer.newInstance(
                        file, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
                Files.delete(file);
                return opened;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private static WordPieces ours() {
            try {
                List<String> pieces = Encoder.pieces(new ByteArrayInputStream(tokenizer()));
                return new WordPieces(Vocabulary.of(pieces), pieces.indexOf("[UNK]"));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> words = Arbitraries.of(
                "Turn",
                "the",
                "lights",
                "don't",
                "naïve",
                "Ångström",
                "UNBELIEVABLE",
                "straße",
                "東京",
                "한국어",
                "e\u0301a",
                "$5.99",
                "[cls]",
                "a_b",
                "x\u00a0y",
                "ﬁne",
                "½",
                "İstanbul",
                "ΣΊΣΥΦΟΣ",
                "\u200bzero",
                "😀ok",
                "\t",
                "—",
                "…");
        Arbitrary<String> characters = Arbitraries.strings()
                .withCharRange('\u0020', '\u024f')
                .withCharRange('\u0370', '\u04ff')
                .withCharRange('\u2000', '\u206f')
                .withCharRange('\u3040', '\u30ff')
                .withCharRange('\u4e00', '\u4eff')
                .ofMaxLength(8);
        return Arbitraries.oneOf(words, characters).list().ofMaxSize(12).map(parts -> String.join(" ", parts));
    }

    /** Compared with the tokeniser that was trained with the encoder, in its own implementation. */
    @Property(tries = 3000)
    void takesTextsApartAsTheReferenceDoes(@ForAll("texts") String text) {
        long[] expected = Reference.TOKENIZER.encode(text, false, false).getIds();
        int[] found = Reference.OURS.of(text, 1 << 20);

        assertThat(Arrays.stream(found).asLongStream().toArray())
                .as("'%s'", text)
                .isEqualTo(expected);
    }
}

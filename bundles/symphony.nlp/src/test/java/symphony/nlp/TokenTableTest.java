package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import symphony.component.wordpiece.Vocabulary;

class TokenTableTest {
    private static final long[] HASHES = {Vocabulary.hash("[UNK]"), Vocabulary.hash("on"), Vocabulary.hash("off")};

    private static float[][] vectors() {
        var random = new Random(1);
        float[][] vectors = new float[HASHES.length][TokenTable.DIMENSIONS];
        for (int i = 0; i < TokenTable.DIMENSIONS; i++) {
            vectors[1][i] = random.nextFloat(-1, 1);
            vectors[2][i] = random.nextFloat(-100, 100);
        }
        return vectors;
    }

    private static byte[] table() throws IOException {
        var bytes = new ByteArrayOutputStream();
        TokenTable.write(HASHES, 0, vectors(), bytes);
        return bytes.toByteArray();
    }

    @Test
    void readsWhatItWrote() throws IOException {
        TokenTable table = TokenTable.read(table());

        assertThat(table.pieces("on OFF maybe on")).containsExactly(1, 2, 0, 1);
        for (int piece = 0; piece < HASHES.length; piece++) {
            float[] sum = new float[TokenTable.DIMENSIONS];
            table.addTo(sum, piece, 2);
            float step = piece == 2 ? 100f / 127 : 1f / 127;
            for (int i = 0; i < sum.length; i++) {
                assertThat(sum[i] / 2).isBetween(vectors()[piece][i] - step, vectors()[piece][i] + step);
            }
        }
    }

    @Test
    void refusesEachCutAndEachChange() throws IOException {
        byte[] table = table();
        for (int length = 0; length < table.length; length += 13) {
            byte[] cut = Arrays.copyOf(table, length);
            assertThatThrownBy(() -> TokenTable.read(cut)).isInstanceOf(IOException.class);
        }
        for (int at = 0; at < table.length; at += 7) {
            byte[] changed = table.clone();
            changed[at] ^= 4;
            assertThatThrownBy(() -> TokenTable.read(changed)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void refusesNumbersThatNoTableHas() throws IOException {
        byte[] table = table();
        for (int at : new int[] {38, 40, 44}) {
            byte[] changed = table.clone();
            changed[at] = 0x7f;
            byte[] body = Arrays.copyOfRange(changed, 38, changed.length);
            System.arraycopy(Digests.sha256(body, body.length), 0, changed, 6, 32);
            assertThatThrownBy(() -> TokenTable.read(changed)).hasMessageContaining("pieces");
        }
    }

    /** What comes along: other words for the same are nearer than any for something else. */
    @Test
    void knowsWhatMeansTheSame() {
        TokenMeans means = TokenMeans.counting(List.of(
                new Reading("dim the lamp in the bedroom"),
                new Reading("what is the weather in berlin"),
                new Reading("play a song")));
        float[] lamp = means.vector(new Reading("make the light darker"));

        assertThat(product(lamp, means.vector(new Reading("dim the lamp"))))
                .isGreaterThan(product(lamp, means.vector(new Reading("will it rain today"))) + 0.2f)
                .isGreaterThan(product(lamp, means.vector(new Reading("play some music"))) + 0.2f);
        assertThat(TokenTable.shared()).isSameAs(TokenTable.shared());
        assertThat(TokenTable.id()).matches("[0-9a-f]{64}");
    }

    @Test
    void hasNothingForAnUtteranceWithoutPieces() {
        TokenMeans means = TokenMeans.counting(List.of(new Reading("on"), new Reading("off")));

        assertThat(means.vector(new Reading(""))).containsOnly(0).hasSize(TokenTable.DIMENSIONS);
        assertThat(product(means.vector(new Reading("on")), means.vector(new Reading("on"))))
                .isBetween(1.95f, 1.97f);
    }

    private static float product(float[] one, float[] other) {
        float sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }
}

package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.DataFormatException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import symphony.api.nlp.Example;

class ModelFormatTest {
    private static final int HASH = 32;
    private static final int HEADER = 6;
    private static final byte[] MODEL = ModelFormat.write(Data.model(Data.HOME, 1, 2));
    private static final byte[] ENCODED = ModelFormat.write(SentenceModelTest.MODEL);

    @Test
    void readsWhatItWrote() throws IOException {
        IntentModel model = ModelFormat.read(MODEL);

        assertThat(ModelFormat.write(model)).isEqualTo(MODEL);
        IntentModel trained = Data.model(Data.HOME, 1, 2);
        for (Example example : Data.OTHERS) {
            assertThat(model.recognize(example.utterance(), "1"))
                    .isEqualTo(trained.recognize(example.utterance(), "1"));
        }
    }

    @Test
    void refusesEachCutAndEachChange() {
        for (int length = 0; length < MODEL.length; length += 7) {
            byte[] cut = Arrays.copyOf(MODEL, length);
            assertThatThrownBy(() -> ModelFormat.read(cut)).isInstanceOf(ModelFormatException.class);
        }
        for (int at = 0; at < MODEL.length; at += 11) {
            byte[] changed = MODEL.clone();
            changed[at] ^= 0x10;
            assertThatThrownBy(() -> ModelFormat.read(changed)).isInstanceOf(ModelFormatException.class);
        }
    }

    @Test
    void saysWhichVersionItDoesNotKnow() {
        byte[] newer = MODEL.clone();
        newer[5] = 3;
        assertThatThrownBy(() -> ModelFormat.read(hashed(newer))).hasMessageContaining("version 3, known is 2");
        assertThatThrownBy(() -> ModelFormat.read(hashed(new byte[100]))).hasMessageContaining("does not begin");
    }

    /** As if whoever changed it had known how to end it. */
    private static byte[] hashed(byte[] bytes) {
        byte[] result = bytes.clone();
        byte[] hash = Digests.sha256(result, result.length - HASH);
        System.arraycopy(hash, 0, result, result.length - HASH, HASH);
        return result;
    }

    private static byte[] body() throws IOException {
        return body(MODEL);
    }

    private static byte[] body(byte[] model) throws IOException {
        var inflater = new Inflater();
        inflater.setInput(model, HEADER, model.length - HEADER - HASH);
        try {
            byte[] body = new byte[1 << 20];
            return Arrays.copyOf(body, inflater.inflate(body));
        } catch (DataFormatException e) {
            throw new IOException(e);
        } finally {
            inflater.end();
        }
    }

    private static byte[] framed(byte[] body) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(MODEL, 0, HEADER);
        try (var out = new DeflaterOutputStream(bytes)) {
            out.write(body);
        }
        bytes.write(new byte[HASH]);
        return hashed(bytes.toByteArray());
    }

    @Test
    void readsABodyThatWasTakenApart() throws IOException {
        assertThat(ModelFormat.read(framed(body())).intents()).hasSize(6);
    }

    @Test
    void refusesMoreThanAModel() throws IOException {
        byte[] more = Arrays.copyOf(body(), body().length + 1);
        assertThatThrownBy(() -> ModelFormat.read(framed(more))).hasMessageContaining("more follows");
    }

    @Property(tries = 500)
    void refusesOrReadsWhateverIsChangedInTheBody(
            @ForAll @IntRange(max = 1 << 20) int place,
            @ForAll byte value,
            @ForAll @IntRange(max = 3) int zeros,
            @ForAll boolean encoded)
            throws IOException {
        byte[] body = body(encoded ? ENCODED : MODEL);
        int at = place % body.length;
        body[at] = value;
        Arrays.fill(body, at, Math.min(body.length, at + zeros), (byte) 0xff);
        try {
            IntentModel model = ModelFormat.read(framed(body));
            assertThat(model.recognize("turn on the lights", "1").intents()).isNotEmpty();
            if (model.isTrainedWith(SentenceModelTest.ENCODER)) {
                recognizeEncoded(model);
            }
        } catch (ModelFormatException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    /** With one of more or fewer dimensions it fails, which those who recognise expect. */
    private static void recognizeEncoded(IntentModel model) {
        try {
            assertThat(model.recognize("turn on the lights", SentenceModelTest.ENCODER, "1")
                            .intents())
                    .isNotEmpty();
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("dimensions");
        }
    }

    @Test
    void saysThatItWasMadeWithAnotherTableOfTokens() throws IOException {
        byte[] body = body();
        byte[] id = HexFormat.of().parseHex(TokenTable.id());
        int at = 0;
        while (!Arrays.equals(body, at, at + id.length, id, 0, id.length)) {
            at++;
        }
        body[at] ^= 1;
        assertThatThrownBy(() -> ModelFormat.read(framed(body))).hasMessageContaining("table of tokens");
    }

    @Test
    void takesNoMemoryForWhatIsNotThere() throws IOException {
        var bytes = new ByteArrayOutputStream();
        var body = new DataOutputStream(bytes);
        body.writeShort(2);
        body.writeUTF("a");
        body.writeUTF("b");
        for (float number : new float[] {1, 1, 0, 1, 0, 1, 1, 0, 1}) {
            body.writeFloat(number);
        }
        body.writeInt(10);
        body.writeInt(1 << 22);
        assertThatThrownBy(() -> ModelFormat.read(framed(bytes.toByteArray()))).hasMessageContaining("too early");
    }
}

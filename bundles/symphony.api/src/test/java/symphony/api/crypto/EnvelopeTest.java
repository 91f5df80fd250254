package symphony.api.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
    private static final UUID ID = new UUID(1, 2);

    @Test
    void tellsWhatIsInItsHeader() {
        Envelope envelope = Envelope.of(bytes(Envelope.SUITE_AES_256_GCM, 7, "orders/größe", new byte[] {1, 0, 1, 9}));
        assertThat(envelope.topic()).isEqualTo("orders/größe");
        assertThat(envelope.publisher()).isEqualTo("shop");
        assertThat(envelope.schema()).isEmpty();
        assertThat(envelope.priority()).isEqualTo(7);
        assertThat(envelope.eventId()).isEqualTo(ID);
        assertThat(envelope.publishedMillis()).isEqualTo(11);
        assertThat(envelope.expiresMillis()).isEqualTo(22);
        assertThat(envelope.keyId()).isEqualTo(33);
        assertThat(envelope.context()).isEqualTo(CryptoContext.EVENT.code());
        assertThat(envelope.headerSize() + 5 + Envelope.TAG_BYTES).isEqualTo(envelope.size());
    }

    @Test
    void refusesEveryTruncationAndEveryExtraByte() {
        byte[] whole = bytes(Envelope.SUITE_AES_256_GCM, 5, "a", new byte[0]);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(SealException.class).isThrownBy(() -> Envelope.of(cut));
        }
        assertThatExceptionOfType(SealException.class)
                .isThrownBy(() -> Envelope.of(Arrays.copyOf(whole, whole.length + 1)));
    }

    @Test
    void refusesAnotherMagicVersionSuiteFlagOrPriority() {
        for (int at : new int[] {0, 1, Envelope.VERSION_AT, Envelope.FLAGS_AT, Envelope.PRIORITY_AT}) {
            byte[] changed = bytes(Envelope.SUITE_NONE, 5, "a", new byte[0]);
            changed[at] = 10;
            assertThatExceptionOfType(SealException.class).isThrownBy(() -> Envelope.of(changed));
        }
        assertThatExceptionOfType(SealException.class).isThrownBy(() -> Envelope.of(bytes(2, 5, "a", new byte[0])));
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        byte[] changed = bytes(Envelope.SUITE_NONE, 5, "ab", new byte[0]);
        changed[Envelope.TOPIC_AT + 2] = (byte) 0xc0;
        assertThatExceptionOfType(SealException.class).isThrownBy(() -> Envelope.of(changed));
    }

    @Test
    void refusesAnExtensionThatDoesNotAddUp() {
        assertThatExceptionOfType(SealException.class)
                .isThrownBy(() -> Envelope.of(bytes(Envelope.SUITE_NONE, 5, "a", new byte[] {1, 0, 2, 9})));
        assertThatExceptionOfType(SealException.class)
                .isThrownBy(() -> Envelope.of(bytes(Envelope.SUITE_NONE, 5, "a", new byte[] {1, 0})));
    }

    @Test
    void throwsNothingElseWhateverTheBytes() {
        var random = new Random(1);
        byte[] whole = bytes(Envelope.SUITE_AES_256_GCM, 5, "topic", new byte[] {1, 0, 0});
        for (int i = 0; i < 100_000; i++) {
            byte[] mutated = whole.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(Envelope.of(mutated).topic()).isNotNull();
            } catch (SealException e) {
                assertThat(e).hasMessage(SealException.MESSAGE);
            }
        }
    }

    @Test
    void showsNoContentInItsText() {
        assertThat(Envelope.of(bytes(Envelope.SUITE_NONE, 5, "a", new byte[0])).toString())
                .contains("a", ID.toString())
                .doesNotContain("PLAIN");
    }

    private static byte[] bytes(int suite, int priority, String topic, byte[] extension) {
        var out = ByteBuffer.allocate(1_000);
        out.put((byte) 'S').put((byte) 'Y').put((byte) 1).put((byte) suite);
        out.put((byte) CryptoContext.EVENT.code())
                .put((byte) 0)
                .putShort((short) 0)
                .putInt(33);
        out.position(Envelope.EVENT_ID_AT);
        out.putLong(ID.getMostSignificantBits()).putLong(ID.getLeastSignificantBits());
        out.putLong(11).putLong(22).put((byte) priority);
        text(out, topic);
        text(out, "shop");
        text(out, "");
        out.putShort((short) extension.length).put(extension);
        out.putInt(5);
        out.putShort(Envelope.HEADER_LENGTH_AT, (short) out.position());
        out.put("PLAIN".getBytes(StandardCharsets.UTF_8));
        out.position(out.position() + (suite == Envelope.SUITE_NONE ? 0 : Envelope.TAG_BYTES));
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void text(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putShort((short) bytes.length).put(bytes);
    }
}

package symphony.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CborCodecTest {
    private static final String TEXT = "x".repeat(2_000);

    @Test
    void appliesChangedLimitsAndKeepsTheOldOnesWhereANewOneIsBad() {
        var codec = new CborCodec(Map.of());
        byte[] bytes = codec.encode(TEXT);
        codec.modified(Map.of("payload.max.bytes", 1_024L));
        refusesByPayload(codec, 1_024);
        codec.modified(Map.of("payload.max.bytes", 1_048_576, "depth.max", 257));
        refusesByPayload(codec, 1_024);
        codec.modified(Map.of("payload.max.bytes", "10", "depth.max", 1));
        refusesByPayload(codec, 1_024);
        // what was written before stays readable
        assertThat(codec.decode(bytes, 0, bytes.length, String.class)).isEqualTo(TEXT);
        codec.modified(Map.of("depth.max", 1));
        assertThat(codec.encode(TEXT)).isEqualTo(bytes);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.encode(List.of()))
                .withMessageContaining("more than 1 levels deep");
        codec.deactivate();
    }

    @Test
    void startsWithDefaultsForBadValues() {
        var codec = new CborCodec(Map.of("payload.max.bytes", "many", "depth.max", 0));
        assertThat(codec.decode(codec.encode(TEXT), 0, TEXT.length() + 10)).isEqualTo(codec.normalise(TEXT));
        refusesByPayload(codec, 1 << 20);
    }

    private static void refusesByPayload(CborCodec codec, int limit) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.encode("x".repeat(limit)))
                .withMessage("data.value: the data is too large, encoded it has more than " + limit
                        + " bytes; payload.max.bytes in PID symphony.codec sets how many are allowed");
    }

    @Test
    void namesTheRangeOfALimit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CodecLimits(1_023, 64))
                .withMessage("payload.max.bytes is 1023, must be 1024 to 67108864");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CodecLimits(1_024, 257))
                .withMessage("depth.max is 257, must be 1 to 256");
    }
}

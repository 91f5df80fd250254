package symphony.api.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditCheckpointTest {
    private static final Instant TIME = Instant.parse("2026-11-30T08:00:00.120Z");
    private static final String HASH = "0123456789abcdef".repeat(4);
    private static final String KEY = "00ff00ff00ff00ff";
    private static final String SIGNATURE = "a5".repeat(64);

    private final AuditCheckpoint checkpoint = new AuditCheckpoint(17, TIME, HASH, KEY, SIGNATURE);

    @Test
    void isReadBackFromItsLine() {
        assertThat(checkpoint)
                .hasToString("symphony-audit-checkpoint-1 17 2026-11-30T08:00:00.120Z " + HASH + " " + KEY + " "
                        + SIGNATURE);
        assertThat(AuditCheckpoint.parse(checkpoint.toString())).isEqualTo(checkpoint);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "symphony-audit-checkpoint-2 17 2026-11-30T08:00:00Z",
                "symphony-audit-checkpoint-1 17 2026-11-30T08:00:00Z HASH KEY",
                "symphony-audit-checkpoint-1 0 2026-11-30T08:00:00Z HASH KEY SIGNATURE",
                "symphony-audit-checkpoint-1 x 2026-11-30T08:00:00Z HASH KEY SIGNATURE",
                "symphony-audit-checkpoint-1 17 yesterday HASH KEY SIGNATURE",
                "symphony-audit-checkpoint-1 17 2026-11-30T08:00:00.0001Z HASH KEY SIGNATURE",
                "symphony-audit-checkpoint-1 17 2026-11-30T08:00:00Z KEY KEY SIGNATURE",
                "symphony-audit-checkpoint-1 17 2026-11-30T08:00:00Z HASH HASH SIGNATURE",
                "symphony-audit-checkpoint-1 17 2026-11-30T08:00:00Z HASH KEY SIGNATURE ",
                "symphony-audit-checkpoint-1  17 2026-11-30T08:00:00Z HASH KEY SIGNATURE",
                "symphony-audit-checkpoint-1 +17 2026-11-30T08:00:00Z HASH KEY SIGNATURE",
                "symphony-audit-checkpoint-1 017 2026-11-30T08:00:00Z HASH KEY SIGNATURE",
                "symphony-audit-checkpoint-1 \u0661\u0667 2026-11-30T08:00:00Z HASH KEY SIGNATURE",
                "symphony-audit-checkpoint-1 17 2026-11-30t08:00:00Z HASH KEY SIGNATURE",
                "symphony-audit-checkpoint-1 17 2026-11-30T08:00:00.000000Z HASH KEY SIGNATURE",
                "symphony-audit-checkpoint-1 17 2026-11-30T09:00:00+01:00 HASH KEY SIGNATURE",
                "symphony-audit-checkpoint-1 17 +1000000000-12-31T23:59:59Z HASH KEY SIGNATURE",
                "symphony-audit-checkpoint-1 17 -1000000000-01-01T00:00:00Z HASH KEY SIGNATURE"
            })
    void refusesALineThatIsNone(String line) {
        String written =
                line.replace("SIGNATURE", SIGNATURE).replace("HASH", HASH).replace("KEY", KEY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AuditCheckpoint.parse(written))
                .withMessageContaining("checkpoint");
    }

    @Test
    void takesAnyTimeThatALongOfMillisecondsHolds() {
        for (long millis : new long[] {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE}) {
            var made = new AuditCheckpoint(17, Instant.ofEpochMilli(millis), HASH, KEY, SIGNATURE);
            assertThat(AuditCheckpoint.parse(made.toString()).time().toEpochMilli())
                    .isEqualTo(millis);
        }
    }

    @Test
    void refusesDigitsInUpperCase() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AuditCheckpoint(17, TIME, HASH.toUpperCase(Locale.ROOT), KEY, SIGNATURE))
                .withMessage("hash of a checkpoint must have 64 hexadecimal digits in lower case");
    }
}

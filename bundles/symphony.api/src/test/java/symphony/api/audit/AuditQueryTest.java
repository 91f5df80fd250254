package symphony.api.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import symphony.api.audit.AuditRecord.Kind;

class AuditQueryTest {
    private static final Instant TIME = Instant.parse("2026-11-30T08:00:00Z");

    private static final AuditRecord RECORD =
            record(Optional.of(new AuditEntry("shop", "event:publish", "orders/new", Outcome.DENIED, Map.of())));

    private static final AuditRecord SEALED = record(Optional.empty());

    private static AuditRecord record(Optional<AuditEntry> entry) {
        return new AuditRecord(
                7, TIME, Kind.SECURITY, true, entry, "", 1, TIME, TIME, Optional.empty(), Optional.empty(), "00");
    }

    private static void assertMatches(AuditQuery matching, AuditQuery other) {
        assertThat(matching.matches(RECORD)).isTrue();
        assertThat(other.matches(RECORD)).isFalse();
    }

    @Test
    void wantsEverythingAtFirst() {
        assertThat(AuditQuery.all().matches(RECORD)).isTrue();
        assertThat(AuditQuery.all().matches(SEALED)).isTrue();
    }

    @Test
    void wantsFromASequenceOn() {
        assertMatches(AuditQuery.all().from(7), AuditQuery.all().from(8));
        assertThatIllegalArgumentException().isThrownBy(() -> AuditQuery.all().from(0));
    }

    @Test
    void wantsARangeOfTimeWithItsBeginningAndWithoutItsEnd() {
        var all = AuditQuery.all();
        assertMatches(
                all.between(Optional.of(TIME), Optional.empty()),
                all.between(Optional.of(TIME.plusMillis(1)), Optional.empty()));
        assertMatches(
                all.between(Optional.empty(), Optional.of(TIME.plusMillis(1))),
                all.between(Optional.empty(), Optional.of(TIME)));
    }

    @Test
    void wantsKindsAndOutcomes() {
        assertMatches(
                AuditQuery.all().of(Set.of(Kind.GAP, Kind.SECURITY)),
                AuditQuery.all().of(Set.of(Kind.SUMMARY)));
        assertMatches(AuditQuery.all().ended(Outcome.DENIED), AuditQuery.all().ended(Outcome.DONE));
    }

    @Test
    void wantsTextsOrBeginningsOfThem() {
        assertMatches(AuditQuery.all().by("shop"), AuditQuery.all().by("sho"));
        assertMatches(AuditQuery.all().doing("event:*"), AuditQuery.all().doing("event*x"));
        assertMatches(AuditQuery.all().to("orders/*"), AuditQuery.all().to("orders/+"));
    }

    @Test
    void takesWhatCannotBeOpenedOnlyIfNothingIsAskedOfIt() {
        assertThat(AuditQuery.all().of(Set.of(Kind.SECURITY)).matches(SEALED)).isTrue();
        assertThat(AuditQuery.all().by("*").matches(SEALED)).isFalse();
        assertThat(AuditQuery.all().ended(Outcome.DONE).matches(SEALED)).isFalse();
    }
}

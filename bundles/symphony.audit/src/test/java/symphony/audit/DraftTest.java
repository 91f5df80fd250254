package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditUnavailableException;

class DraftTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final List<String> told = new ArrayList<>();
    private final Draft draft = new Draft(Kind.SECURITY, 0, new byte[0], new Draft.Owner() {
        @Override
        public void refused() {
            told.add("refused");
        }

        @Override
        public void storedInDoubt(long sequence) {
            told.add("stored " + sequence);
        }
    });

    @Test
    void whoGivesUpTooLateKeepsTheReasonOfWhoRefusedIt() {
        draft.refuse(Fate.refused("the disk is full", null));
        draft.giveUp(SECOND);
        assertThat(draft.await(0)).isTrue();
        assertThatThrownBy(draft::requireStored)
                .isInstanceOf(AuditUnavailableException.class)
                .hasMessage("the disk is full");
        assertThat(told).containsExactly("refused");
    }

    @Test
    void whoGivesUpAfterItWasStoredHasIt() {
        draft.take();
        draft.stored(7);
        draft.giveUp(SECOND);
        draft.requireStored();
        assertThat(told).isEmpty();
    }

    @Test
    void allWhoWaitAreToldWhyWhenOneGivesUp() {
        draft.giveUp(SECOND);
        assertThat(draft.await(0)).as("of another one").isTrue();
        assertThatThrownBy(draft::requireStored).hasMessageContaining("1000 ms; this one is not; see the log");
        assertThat(draft.take()).isFalse();
        assertThat(told).containsExactly("refused");
    }

    @Test
    void oneThatIsBeingWrittenIsInDoubtUntilItIsKnown() {
        draft.take();
        draft.giveUp(SECOND);
        assertThat(draft.await(0)).isTrue();
        assertThatThrownBy(draft::requireStored).hasMessageContaining("1000 ms; whether this one is, is unknown");
        assertThat(told).isEmpty();
        draft.stored(7);
        assertThat(told).containsExactly("stored 7");
    }

    @Test
    void oneInDoubtThatCannotBeWrittenIsRefused() {
        draft.take();
        draft.giveUp(SECOND);
        draft.giveBack();
        assertThat(told).containsExactly("refused");
        assertThat(draft.isRefused()).isTrue();
    }

    /** As where memory is short. */
    @Test
    void isRefusedAgainIfWhoCountsItFails() {
        var fails = new boolean[] {true};
        var sum = new Draft(Kind.SUMMARY, 0, new byte[0], () -> {
            if (fails[0]) {
                throw new OutOfMemoryError("not really");
            }
            told.add("counted");
        });
        sum.take();
        Fate why = Fate.refused("", null);
        assertThatThrownBy(() -> sum.refuse(why)).isInstanceOf(OutOfMemoryError.class);
        fails[0] = false;
        sum.refuse(why);
        sum.refuse(why);
        assertThat(told).containsExactly("counted");
    }
}

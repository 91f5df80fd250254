package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.queue.contract.Operation.Kind.ACK;
import static symphony.queue.contract.Operation.Kind.POP;
import static symphony.queue.contract.Operation.Kind.PUSH;
import static symphony.queue.contract.Operation.Kind.RELEASE;
import static symphony.queue.contract.Operation.NOTHING;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinearisabilityTest {
    private static Operation op(Operation.Kind kind, int priority, long sequence, long called, long returned) {
        return new Operation(kind, priority, sequence, called, returned);
    }

    @Test
    void acceptsWhatHappenedOneAfterTheOther() {
        assertThat(Linearisability.holds(
                        List.of(
                                op(PUSH, 5, 0, 1, 2),
                                op(PUSH, 3, 1, 3, 4),
                                op(POP, 0, 1, 5, 6),
                                op(POP, 0, 0, 7, 8),
                                op(RELEASE, 0, 0, 9, 10),
                                op(POP, 0, 0, 11, 12),
                                op(POP, 0, NOTHING, 13, 14),
                                op(ACK, 0, 1, 15, 16)),
                        5))
                .isTrue();
    }

    @Test
    void refusesTheLessUrgentFirst() {
        assertThat(Linearisability.holds(List.of(op(PUSH, 5, 0, 1, 2), op(PUSH, 3, 1, 3, 4), op(POP, 0, 0, 5, 6)), 5))
                .isFalse();
    }

    @Test
    void acceptsTheLessUrgentIfTheOtherCameMeanwhile() {
        assertThat(Linearisability.holds(List.of(op(PUSH, 5, 0, 1, 2), op(PUSH, 3, 1, 3, 6), op(POP, 0, 0, 4, 5)), 5))
                .isTrue();
    }

    @Test
    void refusesNothingWhereSomethingMustBe() {
        assertThat(Linearisability.holds(List.of(op(PUSH, 5, 0, 1, 2), op(POP, 0, NOTHING, 3, 4)), 5))
                .isFalse();
        assertThat(Linearisability.holds(List.of(op(PUSH, 5, 0, 1, 4), op(POP, 0, NOTHING, 2, 3)), 5))
                .isTrue();
    }

    @Test
    void refusesAnEventTwiceAndOneThatNeverWas() {
        assertThat(Linearisability.holds(List.of(op(PUSH, 5, 0, 1, 9), op(POP, 0, 0, 2, 8), op(POP, 0, 0, 3, 7)), 5))
                .isFalse();
        assertThat(Linearisability.holds(List.of(op(PUSH, 5, 0, 1, 2), op(POP, 0, 7, 3, 4)), 5))
                .isFalse();
        assertThat(Linearisability.holds(List.of(op(PUSH, 5, 0, 1, 2), op(ACK, 0, 0, 3, 4)), 5))
                .isFalse();
    }

    @Test
    void refusesARefusalThatHasNoReasonAndRoomThatIsNotThere() {
        List<Operation> push = List.of(op(PUSH, 5, 0, 1, 2), op(PUSH, 5, NOTHING, 3, 4));
        assertThat(Linearisability.holds(push, 1)).isTrue();
        assertThat(Linearisability.holds(push, 2)).isFalse();
        assertThat(Linearisability.holds(List.of(op(PUSH, 5, 0, 1, 2), op(PUSH, 5, 1, 3, 4)), 1))
                .isFalse();
    }

    @Test
    void refusesSequencesThatContradictTheCalls() {
        assertThat(Linearisability.holds(List.of(op(PUSH, 5, 1, 1, 2), op(PUSH, 5, 0, 3, 4)), 5))
                .isFalse();
    }

    @Test
    void searchesManyOperationsAtTheSameTimeInAMoment() {
        var history = new ArrayList<Operation>();
        for (int i = 0; i < 8; i++) {
            history.add(op(PUSH, i % 3, i, i + 1, 100 + i));
            history.add(op(POP, 0, i, i + 1, 100 + i));
        }
        assertThat(Linearisability.holds(history, 9)).isTrue();
        history.add(op(POP, 0, 99, 0, 200));
        assertThat(Linearisability.holds(history, 9)).isFalse();
    }
}

package symphony.api.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import symphony.api.event.TopicFilter;

class QueueSpecTest {
    private static final List<TopicFilter> TOPICS = List.of(TopicFilter.of("a"));

    @Test
    void refusesValuesOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new QueueSpec("x/y", TOPICS, "", 0, Overflow.REFUSE, OrderFailure.HOLD_BACK, 0, 0))
                .withMessage("x/y: capacity is 0, must be 1 to 10000000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new QueueSpec("", TOPICS, "", 1, Overflow.REFUSE, OrderFailure.HOLD_BACK, 0, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new QueueSpec("x/y", List.of(), "", 1, Overflow.REFUSE, OrderFailure.HOLD_BACK, 0, 0))
                .withMessage("x/y: has no topics");
    }

    @Test
    void balancesItsCounters() {
        var stats = new QueueStats(10, 4, 1, 1, 1, 0, 2, 0, 1, 0, 7, 0, Map.of(), List.of(), 0, 0, 1, false);
        assertThat(stats.balanced()).isTrue();
        assertThat(stats.depth()).isEqualTo(3);
    }

    @Test
    void settlesNoLeaseThatIsNone() {
        assertThat(Lease.NONE.isPresent()).isFalse();
        assertThat(Lease.NONE.ack()).isFalse();
        assertThat(Lease.NONE.retry(Duration.ZERO)).isFalse();
        assertThat(Lease.NONE.release()).isFalse();
        assertThatIllegalStateException().isThrownBy(Lease.NONE::item);
    }
}

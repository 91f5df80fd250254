package symphony.api.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.event.TopicFilter;

class QueueSpecTest {
    private static final List<TopicFilter> TOPICS = List.of(TopicFilter.of("a"));

    @Test
    void refusesValuesOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec("x/y", TOPICS, 0, "", 0, 0))
                .withMessage("x/y: capacity is 0, must be 1 to 10000000");
        assertThatIllegalArgumentException().isThrownBy(() -> spec("", TOPICS, 1, "", 0, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec("x/y", List.of(), 1, "", 0, 0))
                .withMessage("x/y: has no topics");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec("x/y", TOPICS, 1, "", -1, 0))
                .withMessage("x/y: duplicatesMillis is -1, must not be negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec("x/y", TOPICS, 1, "", 0, -1))
                .withMessage("x/y: timeToLiveMillis is -1, must not be negative");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "a.", ".a", "a..b", " ", "a b", "a\n"})
    void refusesAnOrderPathThatLeadsNowhere(String path) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec("x/y", TOPICS, 1, path, 0, 0))
                .withMessage("x/y: orderPath is " + path
                        + ", must be a dotted path into the data, as customer.id, or empty");
    }

    @Test
    void takesAnOrderPathOfTwoHundredCharactersAndNoMore() {
        assertThat(spec("x/y", TOPICS, 1, "", 0, 0).orderPath()).isEmpty();
        assertThat(spec("x/y", TOPICS, 1, "customer.id", 0, 0).orderPath()).isEqualTo("customer.id");
        String longest = "a.".repeat(99) + "bc";
        assertThat(spec("x/y", TOPICS, 1, longest, 0, 0).orderPath()).isEqualTo(longest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec("x/y", TOPICS, 1, longest + "d", 0, 0))
                .withMessage("x/y: orderPath has 201 characters, must have 200 at most");
        assertThatNullPointerException()
                .isThrownBy(() -> spec("x/y", TOPICS, 1, null, 0, 0))
                .withMessage("orderPath");
    }

    private static QueueSpec spec(
            String identity, List<TopicFilter> topics, int capacity, String orderPath, long duplicates, long live) {
        return new QueueSpec(
                identity,
                topics,
                "",
                capacity,
                Overflow.REFUSE,
                orderPath,
                OrderFailure.HOLD_BACK,
                0,
                duplicates,
                live);
    }

    @Test
    void balancesItsCounters() {
        var stats = new QueueStats(10, 4, 1, 1, 1, 0, 2, 0, 1, 1, 0, 7, 0, Map.of(), List.of(), 0, 0, 1, false);
        assertThat(stats.balanced()).isTrue();
        assertThat(stats.depth()).isEqualTo(3);
    }

    @Test
    void settlesNoLeaseThatIsNone() {
        assertThat(Lease.NONE.isPresent()).isFalse();
        assertThat(Lease.NONE.ack()).isFalse();
        assertThat(Lease.NONE.retry(Duration.ZERO)).isFalse();
        assertThat(Lease.NONE.release()).isFalse();
        assertThat(Lease.NONE.release(Duration.ofSeconds(1))).isFalse();
        assertThatIllegalStateException().isThrownBy(Lease.NONE::item);
    }
}

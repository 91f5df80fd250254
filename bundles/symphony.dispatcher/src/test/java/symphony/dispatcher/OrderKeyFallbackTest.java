package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Event;

/** Events whose data have no value at the path of the order key. */
@Timeout(120)
class OrderKeyFallbackTest {
    private static final String IDENTITY = "acme/handler";

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static Event.Builder event(long number) {
        return Event.on("t").with("n", number);
    }

    @Test
    void takesTheEventsKeyWhereThePathHasNoValue() throws Exception {
        var gate = new Gate();
        List<Long> begun = new CopyOnWriteArrayList<>();
        bench.handle(
                "t",
                delivery -> {
                    long number = delivery.getLong("n", 0);
                    begun.add(number);
                    if (number == 1) {
                        gate.pass();
                    }
                },
                "symphony.order.key",
                "customer",
                "symphony.concurrency",
                4);
        bench.publish(event(1).key("ada").build());
        gate.awaitEntered();
        bench.publish(event(2).key("ada").build());
        bench.publish(event(3).with("customer", "ada").build()); // the same key, by the path
        bench.publish(event(4).key("ada").with("customer", "ben").build()); // the path wins
        Bench.await(() -> bench.stats(IDENTITY).handled() == 1);
        assertThat(begun).containsExactly(1L, 4L);
        assertThat(bench.stats(IDENTITY).waiting()).isEqualTo(2);
        gate.open();
        Bench.await(() -> bench.stats(IDENTITY).handled() == 4);
        assertThat(begun).containsExactly(1L, 4L, 2L, 3L);
    }

    @Test
    void keepsNothingInOrderThatHasNeither() {
        var together = new CountDownLatch(2);
        bench.handle(
                "t",
                delivery -> {
                    together.countDown();
                    together.await();
                },
                "symphony.order.key",
                "customer",
                "symphony.concurrency",
                2);
        bench.publish(event(1).build());
        bench.publish(event(2).build());
        Bench.await(() -> bench.stats(IDENTITY).handled() == 2); // each needed the other
    }
}

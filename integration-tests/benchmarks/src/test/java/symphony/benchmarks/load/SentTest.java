package symphony.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SentTest {
    private static final int EVENTS = 100;

    private final Sent sent = new Sent(1);
    private final Tally tally = new Tally(new Window[] {new Window(1_000)}, new Lateness(1, new Schedule(1), 0));

    @Test
    void acceptsEachEventOnceInAnyOrder() {
        for (int i = 0; i < EVENTS; i++) {
            sent.add(0, Order.of(0, i));
            handle(EVENTS - 1 - i);
        }
        assertThatCode(this::verify).doesNotThrowAnyException();
    }

    @Test
    void noticesALoss() {
        for (int i = 0; i < EVENTS; i++) {
            sent.add(0, Order.of(0, i));
            if (i != 50) {
                handle(i);
            }
        }
        assertThatThrownBy(this::verify).hasMessageContaining("99 of 100");
    }

    @Test
    void noticesAnEventTwiceAndAnotherLost() {
        for (int i = 0; i < EVENTS; i++) {
            sent.add(0, Order.of(0, i));
            handle(i == 50 ? 51 : i);
        }
        assertThatThrownBy(this::verify).hasMessageContaining("not the same");
    }

    private void handle(long sequence) {
        Order order = Order.of(0, sequence);
        tally.handled(order.customer(), order.number(), order.amount(), order.note());
    }

    private void verify() {
        sent.verify(0, "0", tally);
    }
}

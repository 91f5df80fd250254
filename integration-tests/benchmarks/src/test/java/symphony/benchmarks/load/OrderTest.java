package symphony.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import org.junit.jupiter.api.Test;
import symphony.codec.CodecEngine;
import symphony.codec.CodecLimits;

class OrderTest {
    @Test
    void takesTwoHundredBytes() {
        var codec = new CodecEngine(CodecLimits.DEFAULT);
        for (long sequence : new long[] {0, 1, 70_000, 1L << 38}) {
            assertThat(codec.encode(Order.of(9, sequence))).hasSize(200);
        }
    }

    @Test
    void tellsPublisherAndSequence() {
        long number = Order.of(9, 1_234_567).number();
        assertThat(Order.publisherOf(number)).isEqualTo(9);
        assertThat(Order.sequenceOf(number)).isEqualTo(1_234_567);
    }

    @Test
    void differsInItsCheckForEachPublisherAndSequence() {
        var checks = new HashSet<Long>();
        for (int publisher = 0; publisher < 10; publisher++) {
            for (long sequence = 0; sequence < 10_000; sequence++) {
                checks.add(Order.of(publisher, sequence).check());
            }
        }
        assertThat(checks).hasSize(100_000);
    }

    @Test
    void differsInItsCheckIfOneFieldDoes() {
        Order order = Order.of(1, 2);
        assertThat(order.check())
                .isNotEqualTo(new Order("x", order.number(), order.amount(), order.note()).check())
                .isNotEqualTo(new Order(order.customer(), order.number() + 1, order.amount(), order.note()).check())
                .isNotEqualTo(new Order(order.customer(), order.number(), order.amount() + 0.25, order.note()).check())
                .isNotEqualTo(new Order(order.customer(), order.number(), order.amount(), "x").check());
    }
}

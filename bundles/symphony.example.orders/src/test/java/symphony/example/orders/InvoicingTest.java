package symphony.example.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Event;
import symphony.api.queue.DeadReason;
import symphony.testing.SymphonyTest;

@Timeout(120)
class InvoicingTest {
    @Test
    void invoicesAnOrder() {
        try (var s = SymphonyTest.start()) {
            // given
            s.handler(new Invoicing(s.eventSystem())); // topics as its annotations say
            var invoices = s.probe("orders/invoiced");
            // when
            var receipt = s.publish("orders/new", Map.of("customer", "ada", "amount", 12));
            // then
            var invoice = invoices.awaitCount(1).last();
            assertThat(invoice.as(Invoice.class)).isEqualTo(new Invoice(1001, "ada", 12, 2.28));
            assertThat(invoice.attributes())
                    .containsEntry(Event.CORRELATION, receipt.eventId().toString());
        }
    }

    /** The help of the shell's commands names it, and so does what people type while they try it. */
    @Test
    void hasAShortName() {
        try (var s = SymphonyTest.start()) {
            assertThat(s.handler(new Invoicing(s.eventSystem())).identity()).isEqualTo("test/invoicing");
        }
    }

    @Test
    void givesUpAnOrderThatIsNone() {
        try (var s = SymphonyTest.start()) {
            s.handler(new Invoicing(s.eventSystem()));
            var invoices = s.probe("orders/invoiced");
            s.publish("orders/new", Map.of("customer", "ada", "amount", "much"));
            assertThat(s.awaitDeadLetters(1).get(0).reason()).isEqualTo(DeadReason.MISMATCH);
            invoices.awaitCount(0);
        }
    }

    @Test
    void invoicesTheOrdersOfACustomerInTurn() {
        try (var s = SymphonyTest.start()) {
            s.handler(new Invoicing(s.eventSystem()));
            var invoices = s.probe("orders/invoiced");
            for (int amount = 1; amount <= 50; amount++) {
                s.publish("orders/new", Map.of("customer", "ada", "amount", amount));
            }
            var numbers = invoices.awaitCount(50).events().stream()
                    .map(event -> event.as(Invoice.class))
                    .toList();
            assertThat(numbers).extracting(Invoice::net).isSorted();
            assertThat(numbers).extracting(Invoice::number).isSorted().doesNotHaveDuplicates();
        }
    }
}

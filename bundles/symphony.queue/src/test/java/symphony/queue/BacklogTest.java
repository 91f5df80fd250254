package symphony.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import symphony.api.queue.Item;
import symphony.queue.contract.Envelopes;

/** What the queue's order does that nobody sees from without but by the time it takes. */
class BacklogTest {
    private final EnvelopeBudget budget = new EnvelopeBudget(1 << 20);
    private final Backlog backlog = new Backlog(budget);
    private long sequence;

    private Entry add(long expires) {
        Item item = new Item(Envelopes.of("orders/new", 5, expires, 0), 5, 0, 0, expires, 0);
        var entry = new Entry(item, null, null, sequence++, 0);
        backlog.add(entry, false);
        return entry;
    }

    @Test
    void looksForExpiredEventsOnceThoughOneOfThemIsWithItsHandler() {
        Entry late = add(1_000);
        add(0);
        backlog.lease(backlog.first(0, 0, 0));
        assertThat(backlog.removeExpired(2_000)).isFalse();
        assertThat(backlog.nextExpiry()).as("no look before that").isEqualTo(Long.MAX_VALUE);
        backlog.giveBack(late);
        assertThat(backlog.removeExpired(2_000)).isTrue();
        assertThat(backlog.expired()).isEqualTo(1);
    }

    @Test
    void expiresWhatComesBackForLater() {
        Entry late = add(1_000);
        backlog.lease(backlog.first(0, 0, 0));
        backlog.removeExpired(2_000);
        backlog.retry(late, 5_000_000);
        assertThat(backlog.removeExpired(2_000)).isTrue();
        assertThat(backlog.size()).isZero();
    }
}

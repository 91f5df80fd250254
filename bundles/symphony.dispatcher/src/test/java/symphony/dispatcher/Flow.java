package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Event;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;
import symphony.api.queue.QueueStats;

/** A publisher that goes on until the test ends, waits a little for full queues, and knows what was accepted. */
final class Flow {
    static final String TOPIC = "t";
    private static final Duration MOST_WAIT = Duration.ofMillis(20);
    private static final int KEYS = 4;

    private final Bench bench;
    private final Thread thread = new Thread(this::publish, "flow");
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private volatile boolean held;
    private volatile boolean resting;
    private volatile boolean open = true;

    /** Begins at once. */
    Flow(Bench bench) {
        this.bench = bench;
        thread.start();
    }

    private void publish() {
        while (open) {
            resting = held;
            if (resting) {
                Thread.onSpinWait();
            } else {
                publish(published.getAndIncrement());
            }
        }
    }

    /** All events have one order key in common, and one that each fourth has. */
    private void publish(long number) {
        Event event = Event.on(TOPIC)
                .with("n", number)
                .with("all", "one")
                .with("key", "k" + number % KEYS)
                .build();
        Receipt receipt = bench.engine.dispatch(Bench.PUBLISHER, event, Bench.PUBLISHER, MOST_WAIT);
        accepted.addAndGet(receipt.accepted());
        if (receipt.refusals().stream().anyMatch(refusal -> refusal.reason() == Refusal.Reason.CLOSED)) {
            closed.incrementAndGet();
        }
    }

    /** Number of the event that is published next. */
    long published() {
        return published.get();
    }

    /** How often it was accepted, once for each subscription. */
    long accepted() {
        return accepted.get();
    }

    /** How many events were refused since the dispatcher stops. */
    long closed() {
        return closed.get();
    }

    /** Publishes nothing once this returns. */
    void hold() {
        held = true;
        Bench.await(() -> resting);
    }

    void goOn() {
        held = false;
        Bench.await(() -> !resting);
    }

    /** Ends it; a second time does nothing. */
    void end() {
        open = false;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Ends it, lets all be handled that is due, and checks that each event that was accepted is in one place. */
    void endsWithNothingLost() {
        end();
        Bench.await(() -> subscribed().stream()
                .map(SubscriptionView::queue)
                .allMatch(queue -> queue.waiting() + queue.leased() == 0));
        List<QueueStats> queues =
                subscribed().stream().map(SubscriptionView::queue).toList();
        assertThat(queues).isNotEmpty().allMatch(QueueStats::balanced);
        assertThat(queues.stream().mapToLong(QueueStats::accepted).sum()).isEqualTo(accepted.get());
        assertThat(queues).allMatch(queue -> queue.dropped() + queue.reported() == 0);
    }

    private List<SubscriptionView> subscribed() {
        return bench.engine.subscriptions().stream()
                .filter(view -> view.topics().contains(TOPIC))
                .toList();
    }
}

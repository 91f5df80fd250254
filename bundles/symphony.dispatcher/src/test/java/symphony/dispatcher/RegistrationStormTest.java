package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Version;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;

/**
 * Handlers that come, change and go on many threads under full load. For ten seconds, or as many as the system property
 * {@code storm.seconds} says.
 */
@Timeout(180)
class RegistrationStormTest {
    private static final int THREADS = 8;
    private static final int TOPICS = 20;
    private static final String[] FILTERS = {"a/+", "a/*", "+/1", "a/1", "*", "b/*"};

    private final Bench bench = new Bench("workers", 2, "capacity", 100_000);
    private volatile boolean open = true;

    @AfterEach
    void close() {
        open = false;
        bench.close();
    }

    /** Registers, changes and takes away handlers of a bundle of its own. */
    private void storm(int number) {
        var owner = new Owner("storm" + number, new Version("1.0.0"), 100 + number);
        var random = new Random(number);
        var mine = new ArrayList<TestHandler>();
        while (open) {
            int what = random.nextInt(4);
            String filter = FILTERS[random.nextInt(FILTERS.length)];
            if (mine.isEmpty() || what == 0 && mine.size() < 10) {
                EventHandler handler = delivery -> {};
                mine.add(bench.add(TestHandler.any(
                        owner, filter, handler, "symphony.subscription", "h" + mine.size(), "symphony.grace", "0")));
            } else if (what == 1) {
                bench.engine.depart(mine.remove(random.nextInt(mine.size())).serviceId());
            } else {
                TestHandler changed = mine.get(random.nextInt(mine.size()));
                changed.set(filter, "symphony.filter", "(n>=" + random.nextInt(3) + ")", "symphony.grace", "0");
                bench.engine.modify(changed.serviceId());
            }
        }
        bench.engine.departing(owner.id());
    }

    @Test
    void losesNothingForThoseThatStay() throws Exception {
        // given: one that wants all, one that wants a topic
        var all = new AtomicLong();
        var one = new AtomicLong();
        bench.handle("a/+", delivery -> all.incrementAndGet(), "symphony.subscription", "all");
        bench.handle("a/1", delivery -> one.incrementAndGet(), "symphony.subscription", "one");
        var storms = new ArrayList<Thread>();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            storms.add(new Thread(() -> storm(number)));
        }
        storms.forEach(Thread::start);
        // when
        long end = System.nanoTime()
                + Duration.ofSeconds(Integer.getInteger("storm.seconds", 10)).toNanos();
        long published = 0;
        long ofOne = 0;
        for (int n = 0; System.nanoTime() - end < 0; n++) {
            int topic = n % TOPICS;
            var receipt = bench.engine.dispatch(
                    Bench.PUBLISHER,
                    Event.on("a/" + topic).with("n", n % 5).build(),
                    Bench.PUBLISHER,
                    Duration.ofSeconds(10));
            assertThat(receipt.refusals()).isEmpty();
            published++;
            ofOne += topic == 1 ? 1 : 0;
        }
        open = false;
        for (Thread thread : storms) {
            thread.join();
        }
        // then
        long expectedOfAll = published;
        long expectedOfOne = ofOne;
        Bench.await(() -> all.get() == expectedOfAll && one.get() == expectedOfOne);
        assertThat(bench.engine.handlers()).hasSize(2);
        Bench.await(() -> bench.engine.subscriptions().size() == 2);
        assertThat(bench.engine.subscriptions())
                .allMatch(view -> view.queue().balanced())
                .extracting(view -> view.identity())
                .isEqualTo(List.of("acme/all", "acme/one"));
    }
}

package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.PublisherView;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;

/** A bundle publishes no more than it may: the rest is refused, as a value. */
@Timeout(120)
class PublisherLimitsTest {
    private static final String SHOP = "shop";

    private final Bench bench = new Bench();
    private final AtomicLong now = new AtomicLong();

    @BeforeEach
    void standStill() {
        now.set(bench.timer.nanoTime());
        bench.nanos = now::get;
        CapturedLog.clear();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void limit(String bundle, Object... pairs) {
        put(bundle, PublisherLimits.PID + '~' + bundle, pairs);
    }

    private void put(Object key, String pid, Object... pairs) {
        var config = new HashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            config.put((String) pairs[i], pairs[i + 1]);
        }
        limits().put(key, pid, PublisherLimits.settings(pid).orDefaults(config));
    }

    private PublisherLimits limits() {
        return bench.engine.publisherLimits();
    }

    private PublisherView view(String publisher) {
        return limits().views().stream()
                .filter(view -> view.publisher().equals(publisher))
                .findAny()
                .orElseThrow();
    }

    private void advance(long millis) {
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static void assertTaken(Receipt receipt) {
        assertThat(receipt.refusals()).isEmpty();
        assertThat(receipt.accepted()).isEqualTo(1);
    }

    private static void assertOver(Receipt receipt) {
        assertThat(receipt.accepted()).isZero();
        assertThat(receipt.refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.reason()).isEqualTo(Refusal.Reason.RATE);
            assertThat(refusal.subscription()).isEmpty();
        });
    }

    @Test
    void refusesWhatIsMoreThanItsEventsASecondAndLeavesOthersAlone() {
        bench.handle("t", delivery -> {});
        limit(SHOP, "events.per.second", 3);
        for (int i = 0; i < 3; i++) {
            assertTaken(bench.publish("t"));
        }
        Receipt over = bench.publish("t");
        assertOver(over);
        assertThat(over.refusals().get(0).detail())
                .isEqualTo(
                        "shop may publish 3 events a second; publish less, try again later, or raise its limits in PID"
                                + " symphony.publisher");
        var other = Event.on("t").build();
        assertTaken(bench.engine.dispatch("other", other, "other", Duration.ZERO));
        assertTaken(bench.engine
                .dispatchAsync("other", other, "other")
                .toCompletableFuture()
                .join());
        assertOver(bench.engine
                .dispatchAsync(SHOP, other, SHOP)
                .toCompletableFuture()
                .join());
        advance(333);
        assertOver(bench.publish("t"));
        advance(1);
        assertTaken(bench.publish("t"));
        assertThat(view(SHOP)).isEqualTo(new PublisherView(SHOP, 3, 0, 100, 4, 3, false));
        assertThat(bench.engine.stats().refused()).isEqualTo(Map.of(Refusal.Reason.RATE, 3L));
        Bench.await(() -> bench.stats("acme/handler").handled() == 6);
    }

    @Test
    void doesNotWaitForItsRate() {
        bench.handle("t", delivery -> {});
        limit(SHOP, "events.per.second", 1);
        bench.publish("t");
        assertOver(bench.engine.dispatch(SHOP, Event.on("t").build(), SHOP, Duration.ofDays(1)));
    }

    @Test
    void refusesWhatIsMoreThanItsBytesASecondAndTakesNoEventForThat() {
        bench.handle("t", delivery -> {});
        limit(SHOP, "bytes.per.second", 1_000, "events.per.second", 2);
        Event large = Event.on("t").with("text", "x".repeat(5_000)).build();
        assertTaken(bench.publish(large)); // more than a second's worth, and paid for from now on
        Receipt over = bench.publish("t");
        assertOver(over);
        assertThat(over.refusals().get(0).detail()).startsWith("shop may publish 1000 bytes a second; ");
        advance(3_900);
        assertOver(bench.publish(large));
        advance(10_000);
        assertTaken(bench.publish("t"));
        assertTaken(bench.publish("t"));
        assertThat(bench.publish("t").refusals().get(0).detail()).startsWith("shop may publish 2 events a second; ");
    }

    @Test
    void doesNotCountWhatNobodyWantsOrCannotBeEncoded() {
        bench.handle("t", delivery -> {});
        limit(SHOP, "events.per.second", 1);
        for (int i = 0; i < 10; i++) {
            assertThat(bench.publish("nobody").refusals()).isEmpty();
        }
        assertThat(catchThrowable(() ->
                        bench.publish(Event.on("t").with("bad", new Object()).build())))
                .isInstanceOf(IllegalArgumentException.class);
        assertTaken(bench.publish("t"));
    }

    /** What was refused for the rate counts when it is taken; what was refused for another reason has counted before. */
    @Test
    void countsAnEventOnceHoweverOftenItIsOffered() throws Exception {
        var gate = new Gate();
        bench.handle("t", delivery -> gate.pass(), "symphony.capacity", 1);
        limit(SHOP, "events.per.second", 2);
        assertTaken(bench.publish("t"));
        gate.awaitEntered();
        Receipt full = bench.publish("t");
        assertThat(full.refusals()).extracting(Refusal::reason).containsExactly(Refusal.Reason.FULL);
        Receipt over = bench.publish("t");
        assertOver(over);
        // when: both are offered again
        Receipt fullAgain = bench.engine.retry(SHOP, full, SHOP);
        assertThat(fullAgain.refusals()).extracting(Refusal::reason).containsExactly(Refusal.Reason.FULL);
        assertOver(bench.engine.retry(SHOP, over, SHOP));
        gate.open();
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        assertTaken(bench.engine.retry(SHOP, fullAgain, SHOP));
        Bench.await(() -> bench.stats("acme/handler").handled() == 2);
        assertThat(view(SHOP).published()).isEqualTo(2);
        // then: nobody gets more than its rate by offering one receipt again and again
        assertOver(bench.engine.retry(SHOP, full, SHOP));
        assertOver(bench.engine.retry(SHOP, fullAgain, SHOP));
        advance(500);
        assertTaken(bench.engine.retry(SHOP, over, SHOP));
        assertThat(view(SHOP).published()).isEqualTo(3);
        Bench.await(() -> bench.stats("acme/handler").handled() == 3);
    }

    @Test
    void keepsAPublisherToItsShareOfEachQueue() throws Exception {
        var gate = new Gate();
        bench.handle("t", delivery -> gate.pass(), "symphony.capacity", 10);
        limit(SHOP, "queue.share", 40);
        assertTaken(bench.publish("t"));
        gate.awaitEntered();
        for (int i = 0; i < 3; i++) {
            assertTaken(bench.publish("t"));
        }
        Receipt over = bench.publish("t");
        assertThat(over.refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.reason()).isEqualTo(Refusal.Reason.SHARE);
            assertThat(refusal.subscription()).isEqualTo("acme/handler");
            assertThat(refusal.detail()).contains("holds 4 events of shop, which may have 4 there");
        });
        for (int i = 0; i < 6; i++) {
            assertTaken(bench.engine.dispatch("other", Event.on("t").build(), "other", Duration.ZERO));
        }
        assertThat(view(SHOP).refused()).isEqualTo(1);
        gate.open();
        Bench.await(() -> bench.stats("acme/handler").handled() == 10);
        assertTaken(bench.engine.retry(SHOP, over, SHOP));
    }

    /** Queues that come later keep to it, too. */
    @Test
    void tellsEachKindOfQueueOfShares() {
        limit(SHOP, "queue.share", 50);
        try (var durable = bench.newQueues()) {
            bench.engine.bind(HookedQueues.durable(durable));
            bench.add(TestHandler.of(
                    "d", (EventHandler) delivery -> {}, "symphony.durable", true, "symphony.capacity", 2));
            assertThat(bench.engine.pause("admin", "acme/handler", true)).isTrue();
            assertTaken(bench.publish("d"));
            assertThat(bench.publish("d").refusals())
                    .extracting(Refusal::reason)
                    .containsExactly(Refusal.Reason.SHARE);
            limits().remove(SHOP);
            assertTaken(bench.publish("d"));
            assertThat(limits().views()).isEmpty();
        }
    }

    @Test
    void isChangedLiveAndKeepsWhatIsUsedUpWhereNothingChanges() {
        bench.handle("t", delivery -> {});
        limit(SHOP, "events.per.second", 1);
        assertTaken(bench.publish("t"));
        limit("another", "events.per.second", 5);
        assertOver(bench.publish("t"));
        limit(SHOP, "events.per.second", 2);
        assertTaken(bench.publish("t"));
        assertTaken(bench.publish("t"));
        assertOver(bench.publish("t"));
        limits().remove(SHOP);
        for (int i = 0; i < 100; i++) {
            assertTaken(bench.publish("t"));
        }
        assertThat(limits().views()).extracting(PublisherView::publisher).containsExactly("another");
    }

    @Test
    void usesTheFirstOfSeveralConfigurationsAndNoneWithoutABundle() {
        put("a", PublisherLimits.PID + "~first", "bundle", SHOP, "events.per.second", 1);
        put("b", PublisherLimits.PID + "~second", "bundle", SHOP, "events.per.second", 2);
        put("c", PublisherLimits.PID, "events.per.second", 3);
        assertThat(view(SHOP).eventsPerSecond()).isEqualTo(1);
        assertThat(CapturedLog.lines())
                .contains(
                        "WARN symphony.publisher: limits of shop are configured more than once; the first are used,"
                                + " PublisherLimit[eventsPerSecond=1, bytesPerSecond=0, queueShare=100]; take the others away",
                        "WARN symphony.publisher: bundle is missing; nobody is limited by it; set it in that PID, or call the"
                                + " PID symphony.publisher~BUNDLE");
        limits().remove("a");
        assertThat(view(SHOP).eventsPerSecond()).isEqualTo(2);
    }

    @Test
    void saysOnceThatItIsOverItsLimitsAndOnceThatItIsWithinThemAgain() {
        bench.handle("t", delivery -> {});
        limit(SHOP, "events.per.second", 1);
        for (int i = 0; i < 20; i++) {
            bench.publish("t");
            advance(500);
        }
        String begin =
                "WARN shop: publishes more than it may, 1 events a second; the rest is refused as RATE; publish less, or"
                        + " raise its limits in PID symphony.publisher";
        assertThat(lines()).containsExactly(begin);
        advance(10_000);
        bench.publish("t");
        assertThat(lines())
                .containsExactly(begin, "INFO shop: publishes within its limits again; refused meanwhile: 10");
    }

    private static List<String> lines() {
        return CapturedLog.lines().stream()
                .filter(line -> line.contains(" shop: "))
                .toList();
    }
}

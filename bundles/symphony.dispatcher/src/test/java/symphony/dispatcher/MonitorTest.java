package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.MonitorEntry;
import symphony.api.dispatcher.MonitorEntry.Kind;
import symphony.api.dispatcher.MonitorStream;
import symphony.api.event.Event;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;

/** Who looks sees what becomes of each event, and changes nothing. */
@Timeout(120)
class MonitorTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Bench bench = new Bench();
    private final CallerMonitor monitor = new CallerMonitor(bench.engine, "viewer");

    @AfterEach
    void close() {
        monitor.close();
        bench.close();
    }

    private static List<MonitorEntry> next(MonitorStream stream, int count) throws InterruptedException {
        var entries = new ArrayList<MonitorEntry>();
        for (int i = 0; i < count; i++) {
            entries.add(stream.poll(LONG).orElseThrow());
        }
        return entries;
    }

    @Test
    void showsWhatBecomesOfAnEvent() throws Exception {
        MonitorStream stream = monitor.open("*", 100);
        var fails = new AtomicBoolean(true);
        bench.handle(
                "t",
                delivery -> {
                    if (fails.getAndSet(false)) {
                        throw new IllegalStateException("not now");
                    }
                },
                "symphony.duplicates.window",
                "1h");
        var event = Event.on("t").id(new UUID(1, 2)).priority(3).build();
        bench.publish(event);
        List<MonitorEntry> entries = next(stream, 3);
        assertThat(entries)
                .extracting(MonitorEntry::kind, MonitorEntry::subscription, MonitorEntry::attempt, MonitorEntry::detail)
                .containsExactly(
                        tuple(Kind.PUBLISHED, "", 0, ""),
                        tuple(Kind.FAILED, "acme/handler", 1, "java.lang.IllegalStateException: not now"),
                        tuple(Kind.DELIVERED, "acme/handler", 2, ""));
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.eventId()).isEqualTo(new UUID(1, 2));
            assertThat(entry.topic()).isEqualTo("t");
            assertThat(entry.priority()).isEqualTo(3);
            assertThat(entry.publisher()).isEqualTo(Bench.PUBLISHER);
            // roughly, since the clock may be set meanwhile
            assertThat(entry.at()).isCloseTo(entry.published(), within(1, ChronoUnit.HOURS));
        });
        bench.publish(event);
        assertThat(next(stream, 2)).extracting(MonitorEntry::kind).containsExactly(Kind.PUBLISHED, Kind.DUPLICATE);
        assertThat(stream.dropped()).isZero();
    }

    @Test
    void showsWhatReachesNoHandler() throws Exception {
        MonitorStream stream = monitor.open("+", 100);
        bench.publish("nobody");
        assertThat(next(stream, 2)).extracting(MonitorEntry::kind).containsExactly(Kind.PUBLISHED, Kind.UNHANDLED);
        // a full subscription
        var gate = new Gate();
        bench.handle("full", delivery -> gate.pass(), "symphony.capacity", 1);
        bench.publish("full");
        gate.awaitEntered();
        bench.publish("full");
        assertThat(next(stream, 3))
                .extracting(MonitorEntry::kind, MonitorEntry::reason)
                .containsExactly(tuple(Kind.PUBLISHED, ""), tuple(Kind.PUBLISHED, ""), tuple(Kind.REFUSED, "FULL"));
        gate.open();
        assertThat(next(stream, 1)).extracting(MonitorEntry::kind).containsExactly(Kind.DELIVERED);
        // an event that is given up
        bench.handle(
                "dead",
                delivery -> {
                    throw new IllegalStateException("never");
                },
                "symphony.attempts",
                1);
        bench.publish("dead");
        assertThat(next(stream, 2))
                .extracting(MonitorEntry::kind, MonitorEntry::reason)
                .containsExactly(tuple(Kind.PUBLISHED, ""), tuple(Kind.DEAD, "ATTEMPTS"));
        // data that cannot be encoded: it is no event, and nothing is told
        assertThatThrownBy(() ->
                        bench.publish(Event.on("dead").with("bad", new Object()).build()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(stream.poll(Duration.ZERO)).isEmpty();
        // a dispatcher that stops
        bench.engine.stop(Duration.ZERO);
        bench.publish("late");
        assertThat(next(stream, 2))
                .extracting(MonitorEntry::kind, MonitorEntry::reason)
                .containsExactly(tuple(Kind.PUBLISHED, ""), tuple(Kind.REFUSED, "CLOSED"));
    }

    @Test
    void showsWhatEndsWithoutACall() throws Exception {
        MonitorStream stream = monitor.open("*", 100);
        // what finds its subscription full, and what follows another of its order key
        var gate = new Gate();
        bench.handle(
                "t",
                delivery -> {
                    gate.pass();
                    throw new IllegalStateException("never");
                },
                "symphony.capacity",
                2,
                "symphony.full",
                "dead-letter",
                "symphony.attempts",
                1,
                "symphony.order.key",
                "k",
                "symphony.order.failure",
                "take-along");
        for (int i = 0; i < 3; i++) {
            bench.publish(Event.on("t").with("k", "same").build());
        }
        gate.awaitEntered();
        gate.open();
        assertThat(next(stream, 6))
                .extracting(MonitorEntry::kind, MonitorEntry::subscription, MonitorEntry::attempt, MonitorEntry::reason)
                .containsExactlyInAnyOrder(
                        tuple(Kind.PUBLISHED, "", 0, ""),
                        tuple(Kind.PUBLISHED, "", 0, ""),
                        tuple(Kind.PUBLISHED, "", 0, ""),
                        tuple(Kind.DEAD, "acme/handler", 0, "OVERFLOW"),
                        tuple(Kind.DEAD, "acme/handler", 1, "ATTEMPTS"),
                        tuple(Kind.DEAD, "acme/handler", 0, "TAKEN_ALONG"));
    }

    @Test
    void showsWhatExpiresAndWhatItsHandlerLeaves() throws Exception {
        MonitorStream stream = monitor.open("*", 100);
        var handler = bench.handle("t", delivery -> {}, "symphony.grace", "0s");
        assertThat(bench.engine.pause("tester", "acme/handler", true)).isTrue();
        bench.publish(Event.on("t")
                .id(new UUID(1, 1))
                .timeToLive(Duration.ofMillis(1))
                .build());
        bench.publish(Event.on("t").id(new UUID(1, 2)).build());
        List<MonitorEntry> published = next(stream, 2);
        assertThat(published).extracting(MonitorEntry::kind).containsOnly(Kind.PUBLISHED);
        Instant over = published.get(0).published().plusMillis(100);
        Bench.await(() -> Instant.now().isAfter(over));
        bench.engine.depart(handler.serviceId());
        assertThat(next(stream, 2))
                .extracting(
                        MonitorEntry::kind, entry -> entry.eventId().getLeastSignificantBits(), MonitorEntry::reason)
                .containsExactly(tuple(Kind.EXPIRED, 1L, ""), tuple(Kind.DEAD, 2L, "HANDLER_GONE"));
    }

    @Test
    void hearsNothingOfQueuesOnceItsDispatcherHasStopped() {
        assertThat(bench.hooked.watchers).hasValue(1);
        bench.engine.close();
        assertThat(bench.hooked.watchers).hasValue(0);
    }

    @Test
    void showsOnlyWhatTheFilterMeansAndGivesEachStreamItsOwn() throws Exception {
        MonitorStream orders = monitor.open("orders/*", 10);
        MonitorStream all = monitor.open("*", 10);
        bench.publish("orders/new");
        bench.publish("stock");
        assertThat(all.drain(100)).hasSize(4);
        assertThat(orders.drain(1)).hasSize(1);
        assertThat(orders.drain(100))
                .singleElement()
                .satisfies(entry -> assertThat(entry.topic()).isEqualTo("orders/new"));
        assertThat(orders.drain(100)).isEmpty();
    }

    @Test
    void dropsTheOldestAndCountsThemAndHoldsNobodyUp() {
        MonitorStream stream = monitor.open("*", 5);
        var handled = new AtomicInteger();
        bench.handle("t", delivery -> handled.incrementAndGet(), "symphony.capacity", 2_000);
        for (int i = 0; i < 1_000; i++) {
            bench.publish("t", i).orThrow();
        }
        Bench.await(() -> bench.engine.stats().delivered() == 1_000 && stream.dropped() == 1_995);
        assertThat(stream.drain(100))
                .hasSize(5)
                .last()
                .satisfies(entry -> assertThat(entry.kind()).isEqualTo(Kind.DELIVERED));
        assertThat(handled).hasValue(1_000);
    }

    /** Publishers on several threads while somebody reads, and nobody else: each entry is read or counted, once. */
    @Test
    void losesNothingUncounted() throws Exception {
        int publishers = 3;
        int events = 5_000;
        MonitorStream stream = monitor.open("*", 64);
        var done = new AtomicBoolean();
        var reading = new FutureTask<>(() -> {
            long read = 0;
            while (!done.get()) {
                read += stream.poll(Duration.ofMillis(5)).isPresent() ? 1 : 0;
                read += stream.drain(7).size();
            }
            return read + stream.drain(1_000).size();
        });
        new Thread(reading, "viewer").start();
        var tasks = new ArrayList<FutureTask<Boolean>>();
        for (int i = 0; i < publishers; i++) {
            var task = new FutureTask<>(
                    () -> {
                        for (int n = 0; n < events; n++) {
                            bench.publish("nobody");
                        }
                    },
                    true);
            tasks.add(task);
            new Thread(task, "publisher").start();
        }
        for (FutureTask<Boolean> task : tasks) {
            assertThat(task.get(60, TimeUnit.SECONDS)).isTrue();
        }
        done.set(true);
        long read = reading.get(60, TimeUnit.SECONDS);
        assertThat(read + stream.dropped()).isEqualTo(2L * publishers * events);
        assertThat(bench.engine.stats().unhandled()).isEqualTo((long) publishers * events);
    }

    @Test
    void needsThePermissionAsLongAsItReads() {
        var denied = new AtomicBoolean();
        bench.guard.bind((AccessControl) (principal, permission) ->
                new Decision(!(denied.get() && permission.toString().equals("event:monitor:orders/*")), "test"));
        MonitorStream stream = monitor.open("orders/*", 10);
        bench.publish("orders/new");
        denied.set(true);
        assertThatThrownBy(() -> stream.poll(Duration.ZERO)).isInstanceOf(AccessDeniedException.class);
        assertThat(stream.isClosed()).isTrue();
        assertThat(stream.drain(10)).isEmpty();
        assertThatThrownBy(() -> monitor.open("orders/*", 10)).isInstanceOf(AccessDeniedException.class);
        assertThat(monitor.open("stock", 1).isClosed()).isFalse();
    }

    @Test
    void endsWithItsReaderAndWithTheDispatcher() throws Exception {
        MonitorStream own = monitor.open("*", 10);
        bench.publish("t");
        own.close();
        own.close();
        assertThat(own.poll(LONG)).isEmpty();
        MonitorStream waiting = monitor.open("*", 10);
        var poll = new FutureTask<>(() -> waiting.poll(LONG));
        new Thread(poll, "viewer").start();
        monitor.close();
        assertThat(poll.get(10, TimeUnit.SECONDS)).isEmpty();
        assertThat(waiting.isClosed()).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> monitor.open("*", 1));
        var other = new CallerMonitor(bench.engine, "other");
        MonitorStream theirs = other.open("*", 1);
        bench.engine.close();
        assertThat(theirs.isClosed()).isTrue();
        assertThatIllegalStateException()
                .isThrownBy(() -> other.open("*", 1))
                .withMessageContaining("the dispatcher has stopped");
    }

    @Test
    void isInterruptedWithoutLosingAnything() throws Exception {
        MonitorStream stream = monitor.open("*", 10);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> stream.poll(LONG)).isInstanceOf(InterruptedException.class);
        bench.publish("t");
        assertThat(next(stream, 2)).hasSize(2);
    }

    @Test
    void boundsHowManyLookAndHowMuchTheyKeep() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> monitor.open("a//b", 1))
                .withMessageContaining("a//b");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> monitor.open("*", 0))
                .withMessageContaining("must be 1 to 100000");
        for (int i = 0; i < 64; i++) {
            monitor.open("*", 1);
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> monitor.open("*", 1))
                .withMessageContaining("64 streams are open");
        monitor.close();
        assertThat(new CallerMonitor(bench.engine, "x").open("*", 1).isClosed()).isFalse();
    }
}

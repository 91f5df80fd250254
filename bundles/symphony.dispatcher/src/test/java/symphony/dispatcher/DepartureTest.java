package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Version;
import symphony.api.dispatcher.HandlerState;
import symphony.api.event.Event;
import symphony.api.queue.DeadReason;

@Timeout(120)
class DepartureTest {
    private static final Owner NEWER = new Owner("acme", new Version("1.1.0"), 8);

    private final Bench bench = new Bench();
    private final Gate gate = new Gate();

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    @Test
    void startsNoCallOnceTheHandlerHasLeft() {
        bench.configure("departure.deadline", "10m"); // its calls end by themselves
        for (int round = 0; round < 200; round++) {
            var left = new AtomicBoolean();
            var late = new AtomicInteger();
            TestHandler handler =
                    bench.handle("t", delivery -> late.addAndGet(left.get() ? 1 : 0), "symphony.concurrency", 2);
            for (int i = 0; i < 10; i++) {
                bench.publish("t");
            }
            bench.engine.depart(handler.serviceId());
            left.set(true);
            Bench.await(() -> bench.stats("acme/handler").leased() == 0); // one taken and not yet called goes back
            var stats = bench.stats("acme/handler");
            assertThat(stats.balanced()).isTrue();
            assertThat(stats.handled() + stats.waiting()).isEqualTo(10L * (round + 1));
            assertThat(late).hasValue(0);
            Bench.await(() -> handler.ungets.get() == handler.gets.get());
        }
    }

    @Test
    void parksWhatWaitsAndGivesItToTheSuccessor() throws Exception {
        bench.configure("departure.deadline", "10m"); // what is interrupted is tried again later, in another order
        TestHandler first = bench.handle("a", delivery -> gate.pass());
        bench.publish("a", 0);
        gate.awaitEntered();
        bench.publish("a", 1);
        gate.open();
        bench.engine.departing(7);
        Bench.await(() -> bench.view("acme/handler").state() == HandlerState.PARKED);
        bench.publish("a", 2);
        assertThat(bench.view("acme/handler").reason()).contains("grace");
        List<Long> seen = new CopyOnWriteArrayList<>();
        bench.handle("b", delivery -> seen.add(delivery.getLong("n", -1)));
        assertThat(bench.publish("a", 3).accepted()).as("the topic changed").isZero();
        bench.publish("b", 4);
        Bench.await(() -> bench.stats("acme/handler").depth() == 0);
        assertThat(seen).endsWith(2L, 4L);
        assertThat(bench.engine.handlers()).hasSize(1);
        assertThat(bench.engine.handlers().get(0).serviceId()).isNotEqualTo(first.serviceId());
    }

    @Test
    void makesWhatWaitsDeadLettersWhenTheGraceIsOver() {
        CapturedLog.clear();
        TestHandler handler = bench.handle("t", delivery -> {}, "symphony.grace", "500ms");
        bench.atOneMoment(() -> {
            bench.engine.depart(handler.serviceId());
            assertThat(bench.publish("t").accepted()).isEqualTo(1);
        });
        Bench.await(() -> bench.engine.subscriptions().isEmpty());
        assertThat(bench.dead()).singleElement().matches(letter -> letter.reason() == DeadReason.HANDLER_GONE);
        assertThat(bench.queues.queues()).isEmpty();
        assertThat(bench.publish("t").accepted()).isZero();
        assertGaveUp("its handler left and nobody took its place within the time of grace");
    }

    @Test
    void keepsWhatWaitsThoughADepartureTakesLongerThanTheGrace() throws Exception {
        // given: a call that is waited for
        bench.configure("departure.deadline", "10m");
        bench.handle("t", delivery -> gate.pass(), "symphony.grace", "1ms");
        bench.publish("t");
        gate.awaitEntered();
        bench.publish("t");
        var departure = new FutureTask<>(() -> bench.engine.departing(7), null);
        new Thread(departure).start();
        Bench.await(() -> bench.view("acme/handler").state() == HandlerState.PARKED);
        // when: the grace is over, several times
        var later = new CountDownLatch(1);
        bench.timer.schedule(bench.timer.nanoTime() + Duration.ofMillis(500).toNanos(), n -> later.countDown(), 0);
        later.await();
        // then
        assertThat(bench.dead()).isEmpty();
        assertThat(bench.stats("acme/handler").waiting()).isEqualTo(1);
        gate.open();
        departure.get();
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(bench.dead().get(0).reason()).isEqualTo(DeadReason.HANDLER_GONE);
    }

    @Test
    void givesEachHandlerThatABundleTakesAwayItsTimeUnlessItStops() throws Exception {
        // given: a first departure that used up its time
        bench.configure("departure.deadline", "300ms");
        TestHandler first = bench.handle("t", delivery -> gate.pass());
        var inside = new CountDownLatch(1);
        var ended = new AtomicBoolean();
        TestHandler second = bench.handle("u", delivery -> {
            inside.countDown();
            ended.set(!new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS));
        });
        bench.publish("t");
        gate.awaitEntered();
        bench.engine.depart(first.serviceId());
        long abandoned = bench.engine.stats().abandoned(); // the first may have been slow to come back
        bench.configure("departure.deadline", "1m"); // one that is shared would be over all the same
        // when
        bench.publish("u");
        inside.await();
        bench.engine.depart(second.serviceId());
        // then
        assertThat(ended).isTrue();
        assertThat(bench.engine.stats().abandoned()).isEqualTo(abandoned);
    }

    @Test
    void keepsNothingOfAProgrammaticSubscription() throws Exception {
        // given: a call that runs, and an event that waits
        CapturedLog.clear();
        bench.configure("departure.deadline", "1m");
        TestHandler handler = TestHandler.of("t", delivery -> gate.pass()).byProgram();
        bench.add(handler);
        bench.publish("t");
        gate.awaitEntered();
        UUID waiting = bench.publish("t").eventId();
        // when
        var leaver = new Thread(() -> bench.engine.depart(handler.serviceId()));
        leaver.start();
        // then: what waits is given up while the call runs on to its end
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(bench.dead().get(0).reason()).isEqualTo(DeadReason.HANDLER_GONE);
        assertThat(bench.dead().get(0).envelope().eventId()).isEqualTo(waiting);
        assertThat(bench.stats("acme/handler").leased()).isEqualTo(1);
        gate.open();
        leaver.join();
        Bench.await(() -> bench.queues.queues().isEmpty());
        assertThat(bench.engine.subscriptions()).isEmpty();
        assertThat(bench.engine.stats().delivered()).isEqualTo(1);
        assertThat(bench.dead()).hasSize(1);
        assertGaveUp("its handler left");
    }

    /** One line says so. */
    private static void assertGaveUp(String why) {
        assertThat(CapturedLog.lines().stream().filter(line -> line.contains("events became dead letters")))
                .containsExactly("WARN acme/handler: 1 events became dead letters, " + why
                        + "; list them with symphony:dead list");
    }

    @Test
    void makesWhatWaitsDeadLettersAtOnceWhenTheBundleIsUninstalled() {
        CapturedLog.clear();
        bench.handle("t", delivery -> {});
        bench.engine.departing(7);
        bench.publish("t");
        assertThat(bench.dead()).as("within its time of grace").isEmpty();
        bench.engine.gone(7);
        assertThat(bench.dead()).singleElement().matches(letter -> letter.reason() == DeadReason.HANDLER_GONE);
        assertThat(bench.engine.subscriptions()).isEmpty();
        assertGaveUp("its bundle was uninstalled");
    }

    @Test
    void doesNotHangWhenAHandlerLeavesFromItsOwnCall() {
        var self = new AtomicReference<TestHandler>();
        var returned = new CountDownLatch(1);
        self.set(TestHandler.of("t", delivery -> {
            bench.engine.depart(self.get().serviceId());
            returned.countDown();
        }));
        bench.add(self.get());
        bench.publish("t");
        bench.publish("t");
        Bench.await(() -> returned.getCount() == 0);
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        assertThat(bench.stats("acme/handler").waiting()).isEqualTo(1);
        Bench.await(() -> self.get().ungets.get() == 1);
    }

    @Test
    void doesNotHangWhenAHandlerStopsItsOwnBundle() {
        bench.handle("t", delivery -> bench.engine.departing(7));
        bench.publish("t");
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        assertThat(bench.engine.stats().abandoned()).isZero();
    }

    @Test
    void abandonsACallThatDoesNotEndAndSettlesItWhenItReturns() throws Exception {
        CapturedLog.clear();
        TestHandler handler = bench.handle("t", delivery -> gate.passStubbornly());
        bench.publish("t", 1);
        gate.awaitEntered();
        bench.publish("t", 2);
        bench.engine.depart(handler.serviceId());
        assertThat(bench.engine.stats().abandoned()).isEqualTo(1);
        assertThat(bench.view("acme/handler").abandoned()).isEqualTo(1);
        assertThat(CapturedLog.lines().stream().filter(line -> line.contains("a call of acme 1.0.0 did not end")))
                .singleElement()
                .asString()
                .startsWith("WARN acme/handler: a call")
                .contains(Gate.class.getName() + ".passStubbornly");
        assertThat(bench.stats("acme/handler").leased())
                .as("it keeps its lease")
                .isEqualTo(1);
        List<Long> seen = new CopyOnWriteArrayList<>();
        bench.handle("t", delivery -> seen.add(delivery.getLong("n", -1)));
        assertThat(bench.view("acme/handler").running())
                .as("it keeps its permit")
                .isEqualTo(1);
        assertThat(seen).isEmpty();
        gate.open();
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(bench.dead().get(0).reason()).isEqualTo(DeadReason.ABANDONED);
        Bench.await(() -> seen.equals(List.of(2L)));
        Bench.await(() -> bench.stats("acme/handler").depth() == 0);
        assertThat(bench.stats("acme/handler").balanced()).isTrue();
        Bench.await(() -> handler.ungets.get() == 1);
    }

    /** Its handler may still be at whatever the key stands for. */
    @Test
    void keepsTheOrderKeyOfACallThatIsAbandonedFromTheSuccessor() throws Exception {
        Object[] twoAtOnceByKey = {"symphony.order.key", "key", "symphony.concurrency", 2};
        bench.handle("t", delivery -> gate.passStubbornly(), twoAtOnceByKey);
        publish("busy", 1);
        gate.awaitEntered();
        publish("busy", 2);
        bench.engine.departing(7);
        assertThat(bench.engine.stats().abandoned()).isEqualTo(1);
        // when: its bundle is there again, with a place for one call more
        List<Long> seen = new CopyOnWriteArrayList<>();
        bench.handle("t", delivery -> seen.add(delivery.getLong("n", -1)), twoAtOnceByKey);
        publish("free", 3);
        publish("free", 4);
        Bench.await(() -> bench.stats("acme/handler").handled() >= 2);
        // then: the older event of the other key was passed over
        assertThat(seen).containsExactly(3L, 4L);
        assertThat(bench.stats("acme/handler").leased()).isEqualTo(1);
        assertThat(bench.stats("acme/handler").waiting()).isEqualTo(1);
        gate.open();
        Bench.await(() -> bench.stats("acme/handler").depth() == 0);
        assertThat(bench.dead()).singleElement().matches(letter -> letter.reason() == DeadReason.ABANDONED);
        assertThat(seen).containsExactly(3L, 4L, 2L);
        assertThat(bench.stats("acme/handler").balanced()).isTrue();
    }

    private void publish(String key, int number) {
        bench.publish(Event.on("t").with("key", key).with("n", number).build()).orThrow();
    }

    @Test
    void waitsNoMoreForACallThatIsAbandoned() throws Exception {
        bench.configure("departure.deadline", "10m");
        bench.handle("t", delivery -> gate.passStubbornly());
        bench.publish("t");
        gate.awaitEntered();
        assertThat(bench.engine.stop(Duration.ofMillis(10)).abandoned()).isEqualTo(1);
        bench.engine.departing(7); // its bundle stops, too
        assertThat(bench.engine.stats().abandoned()).isEqualTo(1);
    }

    /** As a second update soon after the first. */
    @Test
    void givesABundleThatIsBackADeadlineOfItsOwn() throws Exception {
        // given: a departure that took its time to the end
        bench.configure("departure.deadline", "1s");
        bench.handle("t", delivery -> gate.pass());
        bench.publish("t");
        gate.awaitEntered();
        bench.engine.departing(7);
        long abandoned = bench.engine.stats().abandoned(); // the first may have been slow to come back
        bench.configure("departure.deadline", "1m"); // one that is shared would be over all the same
        // when: the bundle is there again, and leaves during a call that needs a moment to end
        var inside = new CountDownLatch(1);
        var ended = new AtomicBoolean();
        bench.handle("u", delivery -> {
            inside.countDown();
            ended.set(!new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS));
        });
        bench.publish("u");
        inside.await();
        bench.engine.departing(7);
        // then
        assertThat(ended).isTrue();
        assertThat(bench.engine.stats().abandoned()).isEqualTo(abandoned);
    }

    @Test
    void waitsForACallThatTookItsOwnServiceAwayBeforeItsBundleStopped() throws Exception {
        var self = new AtomicReference<TestHandler>();
        bench.configure("departure.deadline", "10m");
        self.set(TestHandler.of("t", delivery -> {
            bench.engine.depart(self.get().serviceId());
            gate.pass();
        }));
        bench.add(self.get());
        bench.publish("t");
        gate.awaitEntered();
        var bundle = new Thread(() -> bench.engine.departing(7));
        bundle.start(); // when
        // then
        Bench.await(() -> bundle.getState() == Thread.State.TIMED_WAITING || !bundle.isAlive());
        assertThat(bundle.isAlive()).as("it waits").isTrue();
        gate.open();
        bundle.join();
        assertThat(bench.engine.stats().delivered()).isEqualTo(1);
        assertThat(bench.engine.stats().abandoned()).isZero();
        assertThat(self.get().ungets.get()).isEqualTo(self.get().gets.get());
    }

    @Test
    void waitsForACallThatItsBundlesDepartureWaitsForAlready() throws Exception {
        // given: a bundle that leaves, and a call that takes its time
        bench.configure("departure.deadline", "10m");
        TestHandler handler = bench.handle("t", delivery -> gate.passStubbornly());
        bench.publish("t");
        gate.awaitEntered();
        var bundle = new FutureTask<>(() -> bench.engine.departing(7), null);
        new Thread(bundle).start();
        Bench.await(() -> bench.engine.handlers().isEmpty());
        // when
        var running = new AtomicInteger(-1);
        var service = new Thread(() -> {
            bench.engine.depart(handler.serviceId());
            running.set(bench.view("acme/handler").running());
        });
        service.start();
        // then
        Bench.await(() -> service.getState() == Thread.State.TIMED_WAITING || !service.isAlive());
        assertThat(running).as("it waits").hasValue(-1);
        gate.open();
        service.join();
        bundle.get();
        assertThat(running).hasValue(0);
    }

    @Test
    void waitsOnceForAllCallsOfABundle() throws Exception {
        bench.configure("departure.deadline", "3s", "time.limit", "10m"); // nobody else interrupts them
        var inside = new CountDownLatch(4);
        var interrupted = new AtomicInteger();
        for (int i = 0; i < 4; i++) {
            bench.handle("t", delivery -> {
                inside.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                    throw e;
                }
            });
        }
        bench.publish("t");
        inside.await();
        long begin = System.nanoTime();
        bench.engine.departing(7);
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .as("not four times the deadline")
                .isBetween(Duration.ofMillis(2900), Duration.ofSeconds(10));
        Bench.await(() -> interrupted.get() == 4);
        assertThat(bench.engine.subscriptions()) // one that is slow to come back becomes a dead letter
                .hasSize(4)
                .allMatch(view -> view.queue().depth() + view.queue().dead() == 1);
    }

    @Test
    void endsEachThreadThatCalledAHandlerOfABundleThatLeft() {
        var thread = new AtomicReference<Thread>();
        bench.handle("t", delivery -> thread.set(Thread.currentThread()));
        bench.publish("t");
        Bench.await(() -> thread.get() != null);
        bench.engine.departing(7);
        Bench.await(() -> !thread.get().isAlive());
        var again = new CountDownLatch(1);
        bench.add(TestHandler.any(new Owner("b", Version.emptyVersion, 9), "u", (symphony.api.event.EventHandler)
                delivery -> again.countDown()));
        bench.publish("u");
        Bench.await(() -> again.getCount() == 0);
    }

    @Test
    void givesTheSubscriptionToTheNewerVersionAndBack() {
        List<String> seen = new CopyOnWriteArrayList<>();
        bench.add(TestHandler.any(TestHandler.ACME, "t", handler(seen, "old")));
        TestHandler lonely = bench.add(
                TestHandler.any(TestHandler.ACME, "u", handler(seen, "lonely"), "symphony.subscription", "x"));
        bench.add(TestHandler.any(NEWER, "t", handler(seen, "new")));
        bench.publish("t");
        Bench.await(() -> seen.size() == 1);
        assertThat(seen).containsExactly("new");
        assertThat(bench.engine.handlers().stream().map(view -> view.version() + " " + view.state()))
                .containsExactlyInAnyOrder("1.0.0 SUPERSEDED", "1.0.0 SUPERSEDED", "1.1.0 ACTIVE");
        assertThat(bench.view("acme/x").state()).isEqualTo(HandlerState.PARKED);
        assertThat(bench.engine.identityOf(lonely.serviceId())).isEqualTo("acme/x");
        bench.engine.departing(8);
        bench.publish("t");
        bench.publish("u");
        Bench.await(() -> seen.size() == 3);
        assertThat(seen).containsExactlyInAnyOrder("new", "old", "lonely");
    }

    private static symphony.api.event.EventHandler handler(List<String> seen, String name) {
        return delivery -> seen.add(name);
    }

    @Test
    void numbersEqualDefaultNamesAndSharesExplicitOnes() {
        var calls = new AtomicInteger();
        bench.handle("t", delivery -> calls.incrementAndGet());
        bench.handle("t", delivery -> calls.incrementAndGet());
        assertThat(bench.publish("t").accepted()).isEqualTo(2);
        assertThat(bench.engine.subscriptions().stream().map(view -> view.identity()))
                .containsExactly("acme/handler", "acme/handler#2");
        var first = new AtomicInteger();
        var second = new AtomicInteger();
        bench.handle("u", delivery -> first.incrementAndGet(), "symphony.subscription", "shared");
        bench.handle("u", delivery -> second.incrementAndGet(), "symphony.subscription", "shared");
        for (int i = 0; i < 100; i++) {
            assertThat(bench.publish("u").accepted()).isEqualTo(1);
        }
        Bench.await(() -> first.get() + second.get() == 100);
        assertThat(first.get()).isBetween(1, 99);
        assertThat(bench.view("acme/shared").handlers()).isEqualTo(2);
    }

    @Test
    void changesTopicsWithEventsQueuedNoneTwiceNoneLost() throws Exception {
        List<Long> seen = new CopyOnWriteArrayList<>();
        TestHandler handler = bench.handle("a/+", delivery -> {
            gate.pass();
            seen.add(delivery.getLong("n", -1));
        });
        bench.publish("a/x", 0);
        gate.awaitEntered();
        var accepted = new AtomicInteger(1);
        var publisher = new Thread(() -> {
            for (int i = 3; i < 1503; i++) {
                accepted.addAndGet(bench.publish("a/x", i).accepted());
            }
        });
        publisher.start();
        for (int i = 0; publisher.isAlive() || i < 100; i++) { // each of these matches
            handler.set(i % 2 == 0 ? "a/x" : "a/+", "symphony.filter", "(n>=" + i % 3 + ")");
            bench.engine.modify(handler.serviceId());
        }
        publisher.join();
        handler.set("c");
        bench.engine.modify(handler.serviceId());
        assertThat(bench.publish("a/x", 1503).accepted()).isZero();
        assertThat(bench.view("acme/handler").topics()).containsExactly("c");
        gate.open();
        Bench.await(() -> bench.stats("acme/handler").depth() == 0);
        assertThat(accepted).as("wanted before and after each change").hasValue(1501);
        assertThat(seen).doesNotHaveDuplicates().isSorted().hasSize(1501);
        assertThat(bench.stats("acme/handler").accepted()).isEqualTo(1501);
    }

    @Test
    void refusesABadHandlerWithTheReasonAndTakesItOnceMended() {
        TestHandler handler = bench.handle("a//b", delivery -> {});
        bench.handle("t", delivery -> {}, "symphony.colour", "red");
        bench.handle("t", delivery -> {}, "symphony.pool", "");
        bench.handle("t", delivery -> {}, "symphony.durable", true);
        bench.handle("t", delivery -> {}, "symphony.filter", "(a=");
        assertThat(bench.engine.handlers())
                .hasSize(5)
                .allMatch(view -> view.state() == HandlerState.REFUSED
                        && view.subscription().isEmpty());
        assertThat(bench.engine.handlers().stream().map(view -> view.reason()))
                .satisfiesExactly(
                        reason -> assertThat(reason).contains("a//b"),
                        reason -> assertThat(reason).contains("symphony.colour"),
                        reason -> assertThat(reason).contains("symphony.pool").contains("200"),
                        reason ->
                                assertThat(reason).contains("symphony.durable").contains("journal"),
                        reason -> assertThat(reason).contains("LDAP"));
        handler.set("a/b");
        bench.engine.modify(handler.serviceId());
        assertThat(bench.engine.handlers().get(0).state()).isEqualTo(HandlerState.ACTIVE);
    }

    @Test
    void goesOnWithTheLastGoodPropertiesWhenTheyAreChangedToBadOnes() {
        List<String> seen = new CopyOnWriteArrayList<>();
        TestHandler handler = bench.handle("a", delivery -> seen.add(delivery.topic()), "symphony.grace", "0");
        bench.engine.pauseAll(true);
        bench.publish("a");
        // when
        handler.set("b", "symphony.time.limit", "5 sec");
        bench.engine.modify(handler.serviceId());
        // then
        assertThat(bench.engine.handlers()).singleElement().satisfies(view -> {
            assertThat(view.state()).isEqualTo(HandlerState.ACTIVE);
            assertThat(view.topics()).containsExactly("a");
            assertThat(view.reason()).startsWith("goes on as before").contains("symphony.time.limit is 5 sec");
        });
        assertThat(bench.dead()).isEmpty();
        // when it is mended
        handler.set("b", "symphony.time.limit", "5s");
        bench.engine.modify(handler.serviceId());
        bench.engine.pauseAll(false);
        bench.publish("b");
        Bench.await(() -> seen.size() == 2);
        assertThat(seen).containsExactly("a", "b");
        assertThat(bench.engine.handlers().get(0).reason()).isEmpty();
    }

    @Test
    void showsAHandlerWhoseTopicsFailAsTheyAreRead() {
        TestHandler hostile = TestHandler.of("t", delivery -> {});
        hostile.setRaw(new java.util.AbstractCollection<String>() {
            @Override
            public java.util.Iterator<String> iterator() {
                throw new IllegalStateException("not now, a test says");
            }

            @Override
            public int size() {
                throw new IllegalStateException("not now, a test says");
            }
        });
        bench.add(hostile);
        bench.handle("t", delivery -> {});
        assertThat(bench.engine.handlers()).hasSize(2);
        assertThat(bench.engine.handlers().get(0).state()).isEqualTo(HandlerState.REFUSED);
        assertThat(bench.engine.handlers().get(0).topics()).isEmpty();
    }

    @Test
    void showsAHandlerWhosePropertiesThrowAnError() {
        TestHandler hostile = TestHandler.of("t", delivery -> {});
        hostile.setRaw(new java.util.AbstractCollection<String>() {
            @Override
            public java.util.Iterator<String> iterator() {
                throw new AssertionError("not now, a test says");
            }

            @Override
            public int size() {
                return 1;
            }
        });
        bench.add(hostile);
        assertThat(bench.engine.handlers()).singleElement().satisfies(view -> {
            assertThat(view.state()).isEqualTo(HandlerState.REFUSED);
            assertThat(view.reason()).contains("java.lang.AssertionError: not now, a test says");
        });
    }

    @Test
    void missesNoChangeThatCameWhileTheOneBeforeWasApplied() {
        TestHandler handler = TestHandler.of("a", delivery -> {});
        handler.setAfterReading("b");
        bench.add(handler); // nobody tells of a change of what is arriving
        assertThat(bench.engine.handlers().get(0).topics()).containsExactly("b");
        handler.set("c");
        handler.setAfterReading("d//d");
        bench.engine.modify(handler.serviceId());
        assertThat(bench.engine.handlers().get(0).reason()).contains("d//d");
        handler.set("e");
        bench.engine.arrive(handler); // known, and changed unheard
        assertThat(bench.engine.handlers()).hasSize(1);
        assertThat(bench.engine.handlers().get(0).state()).isEqualTo(HandlerState.ACTIVE);
        assertThat(bench.publish("e").accepted()).isEqualTo(1);
    }

    @Test
    void takesNoMoreSubscriptionsThanAllowed() {
        bench.configure("subscriptions.max", 1);
        bench.handle("t", delivery -> {});
        bench.handle("t", delivery -> {});
        assertThat(bench.engine.handlers().get(1).reason()).contains("subscriptions.max");
    }
}

package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.HandlerState;
import symphony.api.event.Event;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;
import symphony.scheduler.TimerEngine;

/** Queues and timers that come, go and come back while subscriptions exist and events flow. */
@Timeout(120)
class ProvidersTest {
    private final Bench bench = new Bench();
    private final Gate gate = new Gate();

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    private static List<Refusal.Reason> reasons(Receipt receipt) {
        return receipt.refusals().stream().map(Refusal::reason).toList();
    }

    @Test
    void refusesWhileTheQueuesAreAwayAndDeliversWhatWaitedOnceTheyAreBack() throws Exception {
        // given: a call that runs, and an event that waits
        Set<UUID> handled = ConcurrentHashMap.newKeySet();
        bench.handle("t", delivery -> {
            gate.pass();
            handled.add(delivery.id());
        });
        UUID running = bench.publish("t").eventId();
        gate.awaitEntered();
        UUID waiting = bench.publish("t").eventId();
        // when
        bench.engine.unbind(bench.hooked);
        // then: nothing hangs, whoever publishes is told why
        Receipt refused = bench.publish("t");
        assertThat(reasons(refused)).containsExactly(Refusal.Reason.UNAVAILABLE);
        assertThat(refused.refusals().get(0).detail()).contains("memory");
        assertThat(reasons(bench.engine.dispatch("shop", Event.on("t").build(), "shop", Duration.ofMinutes(5))))
                .containsExactly(Refusal.Reason.UNAVAILABLE);
        assertThat(bench.view("acme/handler").reason()).contains("not there");
        assertThat(bench.view("acme/handler").queue().accepted()).isZero();
        // and a handler that comes meanwhile waits, too
        bench.handle("t", delivery -> handled.add(delivery.id()), "symphony.subscription", "late");
        assertThat(bench.engine.handlers()).allMatch(view -> view.state() == HandlerState.ACTIVE);
        assertThat(reasons(bench.publish("t"))).hasSize(2).containsOnly(Refusal.Reason.UNAVAILABLE);
        gate.open();
        Bench.await(() -> bench.view("acme/handler").running() == 0);
        // when
        bench.engine.bind(bench.hooked);
        // then: found again by identity; the one that ran when its lease was taken away comes again
        Bench.await(() -> bench.stats("acme/handler").handled() == 2);
        assertThat(handled).containsExactlyInAnyOrder(running, waiting);
        Receipt again = bench.engine.retry(Bench.PUBLISHER, refused, Bench.PUBLISHER);
        assertThat(again.refusals()).isEmpty();
        Bench.await(() -> handled.contains(refused.eventId()));
        assertThat(bench.publish("t").accepted()).isEqualTo(2);
        Bench.await(() -> bench.stats("acme/late").handled() == 1);
    }

    @Test
    void keepsHandlersThatLeaveAndChangeWhileTheQueuesAreAway() {
        var calls = new AtomicInteger();
        TestHandler leaving = bench.handle("a", delivery -> {}, "symphony.subscription", "leaving");
        TestHandler changing = bench.handle("b", delivery -> calls.incrementAndGet(), "symphony.subscription", "c");
        bench.engine.unbind(bench.hooked);
        bench.engine.depart(leaving.serviceId());
        changing.set("c", "symphony.subscription", "c", "symphony.capacity", 3);
        bench.engine.modify(changing.serviceId());
        bench.engine.bind(bench.hooked);
        assertThat(bench.view("acme/leaving").state()).isEqualTo(HandlerState.PARKED);
        assertThat(bench.publish("a").accepted()).as("parked").isEqualTo(1);
        assertThat(bench.publish("b").accepted()).isZero();
        assertThat(bench.publish("c").accepted()).isEqualTo(1);
        assertThat(bench.stats("acme/c").capacity()).isEqualTo(3);
        Bench.await(() -> calls.get() == 1);
        assertThat(bench.stats("acme/leaving").waiting()).isEqualTo(1);
    }

    @Test
    void letsAPublisherThatWaitsForRoomGoWhenTheQueuesLeave() throws Exception {
        bench.handle("t", delivery -> gate.pass(), "symphony.capacity", 1);
        bench.publish("t");
        gate.awaitEntered();
        var pushing = new CountDownLatch(1);
        bench.hooked.beforePush = pushing::countDown;
        var receipt = CompletableFuture.supplyAsync(
                () -> bench.engine.dispatch("shop", Event.on("t").build(), "shop", Duration.ofMinutes(5)),
                task -> new Thread(task).start());
        pushing.await();
        bench.engine.unbind(bench.hooked);
        assertThat(reasons(receipt.get(10, TimeUnit.SECONDS))).containsExactly(Refusal.Reason.UNAVAILABLE);
    }

    @Test
    void takesTheNewProviderOfAKindAlsoIfItCameBeforeTheOldOneLeft() {
        var calls = new AtomicInteger();
        bench.handle("t", delivery -> calls.incrementAndGet());
        try (var others = bench.newQueues()) {
            var newer = HookedQueues.memory(others);
            bench.engine.bind(newer);
            bench.publish("t");
            Bench.await(() -> bench.stats("acme/handler").handled() == 1);
            assertThat(others.queues()).isEmpty();
            bench.engine.unbind(bench.hooked);
            assertThat(bench.publish("t").accepted()).isEqualTo(1);
            Bench.await(() -> bench.stats("acme/handler").handled() == 1);
            assertThat(others.queues()).hasSize(1);
            bench.engine.bind(bench.hooked); // and back
            bench.engine.unbind(newer);
            assertThat(bench.publish("t").accepted()).isEqualTo(1);
            Bench.await(() -> bench.stats("acme/handler").handled() == 2);
            assertThat(calls).hasValue(3);
        }
    }

    @Test
    void losesNothingAndConfusesNobodyWhileQueuesComeAndGo() throws Exception {
        Set<UUID> handled = ConcurrentHashMap.newKeySet();
        Set<UUID> accepted = ConcurrentHashMap.newKeySet();
        Set<Refusal.Reason> told = ConcurrentHashMap.newKeySet();
        var done = new AtomicBoolean();
        bench.handle("t", delivery -> handled.add(delivery.id()), "symphony.concurrency", 2);
        bench.handle("t", delivery -> {}, "symphony.concurrency", 2);
        try (var others = bench.newQueues()) {
            var second = HookedQueues.memory(others);
            var publishers = IntStream.range(0, 3)
                    .mapToObj(i -> CompletableFuture.runAsync(
                            () -> {
                                while (!done.get()) {
                                    Receipt receipt = bench.publish("t");
                                    told.addAll(reasons(receipt));
                                    if (receipt.refusals().stream()
                                            .noneMatch(r -> r.subscription().equals("acme/handler"))) {
                                        accepted.add(receipt.eventId());
                                    }
                                }
                            },
                            task -> new Thread(task).start()))
                    .toList();
            for (int i = 0; i < 40; i++) {
                bench.engine.bind(i % 2 == 0 ? second : bench.hooked);
                bench.engine.unbind(i % 2 == 0 ? bench.hooked : second);
                int before = handled.size();
                Bench.await(() -> handled.size() > before);
            }
            done.set(true);
            for (CompletableFuture<Void> publisher : publishers) {
                publisher.get(20, TimeUnit.SECONDS);
            }
            // what still waits in the second engine is found when it is bound again
            Bench.await(() -> bench.stats("acme/handler").depth() == 0);
            bench.engine.unbind(bench.hooked);
            bench.engine.bind(second);
            Bench.await(() -> bench.stats("acme/handler").depth() == 0);
            assertThat(handled).containsAll(accepted);
            assertThat(told).doesNotContain(Refusal.Reason.CLOSED);
        }
    }

    @Test
    void takesADurableHandlerOnceThereIsAKindForItAndRefusesWhileItIsAway() {
        var calls = new AtomicInteger();
        bench.handle("t", delivery -> calls.incrementAndGet(), "symphony.durable", true);
        assertThat(bench.engine.handlers().get(0).state()).isEqualTo(HandlerState.REFUSED);
        try (var store = bench.newQueues()) {
            var durable = HookedQueues.durable(store);
            bench.engine.bind(durable);
            assertThat(bench.publish("t").accepted()).isEqualTo(1);
            Bench.await(() -> bench.stats("acme/handler").handled() == 1);
            bench.engine.unbind(durable);
            assertThat(reasons(bench.publish("t"))).containsExactly(Refusal.Reason.UNAVAILABLE);
            bench.handle("t", delivery -> calls.incrementAndGet()); // of the kind that is there
            Receipt half = bench.publish("t");
            assertThat(half.accepted()).isEqualTo(1);
            assertThat(reasons(half)).containsExactly(Refusal.Reason.UNAVAILABLE);
            bench.engine.bind(durable);
            assertThat(bench.engine
                            .retry(Bench.PUBLISHER, half, Bench.PUBLISHER)
                            .accepted())
                    .isEqualTo(2);
            Bench.await(() -> bench.stats("acme/handler").handled() == 2);
            Bench.await(() -> calls.get() == 3);
            bench.engine.close();
        }
    }

    @Test
    void keepsWhatComesWhileAQueueOfAnotherKindIsOpenedAndTheHandlerWithIt() {
        var calls = new AtomicInteger();
        TestHandler handler = bench.handle("t", delivery -> calls.incrementAndGet());
        try (var store = bench.newQueues()) {
            var durable = HookedQueues.durable(store);
            bench.engine.bind(durable);
            durable.beforeOpen = () -> bench.publish("t");
            handler.set("t", "symphony.durable", true);
            bench.engine.modify(handler.serviceId()); // when
            // then
            Bench.await(() -> calls.get() == 1);
            assertThat(bench.dead()).isEmpty();
            assertThat(bench.engine.handlers().get(0).state()).isEqualTo(HandlerState.ACTIVE);
            assertThat(bench.engine.handlers().get(0).reason())
                    .startsWith("goes on as before")
                    .contains("has a queue of kind memory that is in use");
            assertThat(store.queues()).isEmpty();
            // when nothing comes meanwhile
            durable.beforeOpen = () -> {};
            Bench.await(() -> bench.stats("acme/handler").depth() == 0
                    && bench.view("acme/handler").running() == 0);
            bench.engine.reconsider();
            assertThat(bench.engine.handlers().get(0).reason()).isEmpty();
            assertThat(bench.publish("t").accepted()).isEqualTo(1);
            Bench.await(() -> calls.get() == 2);
            assertThat(store.queues()).hasSize(1);
            assertThat(bench.queues.queues()).isEmpty();
            bench.engine.close();
        }
    }

    @Test
    void losesSightOfNothingWhileAQueueOfAnotherKindTakesThePlaceOfOne() {
        Set<UUID> handled = ConcurrentHashMap.newKeySet();
        TestHandler handler = bench.handle("t", delivery -> handled.add(delivery.id()));
        try (var store = bench.newQueues()) {
            var durable = HookedQueues.durable(store);
            bench.engine.bind(durable);
            // when: one comes as it is asked for the last time whether the old queue is empty, one as that is forgotten
            var receipts = new ArrayList<Receipt>();
            durable.beforeOpen = () -> bench.hooked.beforeStats = () -> receipts.add(bench.publish("t"));
            bench.hooked.beforeOpen = () -> receipts.add(bench.publish("t"));
            handler.set("t", "symphony.durable", true);
            bench.engine.modify(handler.serviceId());
            bench.hooked.beforeStats = () -> {};
            // then
            assertThat(receipts)
                    .satisfiesExactly(
                            refused -> assertThat(reasons(refused)).containsExactly(Refusal.Reason.UNAVAILABLE),
                            accepted -> assertThat(accepted.accepted()).isEqualTo(1));
            assertThat(bench.engine
                            .retry(Bench.PUBLISHER, receipts.get(0), Bench.PUBLISHER)
                            .accepted())
                    .isEqualTo(1);
            Bench.await(() -> handled.size() == 2);
            assertThat(bench.engine.handlers().get(0).reason()).isEmpty();
            assertThat(bench.engine.stats().unhandled()).isZero();
            assertThat(bench.dead()).isEmpty();
            assertThat(bench.queues.queues()).isEmpty();
            bench.engine.close();
        }
    }

    @Test
    void callsAndInterruptsHandlersWhileAQueueIsBeingOpened() throws Exception {
        // given: a time of grace that is over while somebody opens a queue, and takes his time
        bench.configure("quarantine.overruns", 1);
        var interrupted = new CountDownLatch(1);
        bench.handle(
                "t",
                delivery -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        throw e;
                    }
                },
                "symphony.time.limit",
                "20ms");
        TestHandler left =
                bench.handle("u", delivery -> {}, "symphony.subscription", "left", "symphony.grace", "300ms");
        var opening = new Thread(() -> bench.handle("v", delivery -> {}, "symphony.subscription", "opening"));
        bench.hooked.beforeOpen = () -> {
            if (Thread.currentThread() == opening) {
                gate.passUnchecked();
            }
        };
        bench.engine.depart(left.serviceId());
        opening.start();
        gate.awaitEntered();
        var later = new CountDownLatch(1);
        bench.timer.schedule(bench.timer.nanoTime() + Duration.ofMillis(400).toNanos(), n -> later.countDown(), 0);
        later.await();
        // when
        bench.publish("t");
        // then
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(opening.isAlive()).isTrue();
        // and what had to wait is done
        gate.open();
        opening.join();
        Bench.await(() -> bench.engine.subscriptions().size() == 2);
        Bench.await(() -> bench.view("acme/handler").state() == HandlerState.QUARANTINED);
    }

    @Test
    void tellsWhyAHandlerIsNotUsedOrGoesOnAsBeforeWhateverTheQueuesThrow() {
        TestHandler handler = bench.handle("t", delivery -> {});
        try (var store = bench.newQueues()) {
            var durable = HookedQueues.durable(store);
            bench.engine.bind(durable);
            durable.beforeOpen = () -> {
                throw new UnsupportedOperationException("no disk, a test says");
            };
            handler.set("t", "symphony.durable", true);
            bench.engine.modify(handler.serviceId());
            bench.handle("t", delivery -> {}, "symphony.durable", true, "symphony.subscription", "other");
            String reason = "java.lang.UnsupportedOperationException: no disk, a test says";
            assertThat(bench.engine.handlers())
                    .satisfiesExactly(
                            kept -> {
                                assertThat(kept.state()).isEqualTo(HandlerState.ACTIVE);
                                assertThat(kept.reason()).contains(reason);
                            },
                            refused -> {
                                assertThat(refused.state()).isEqualTo(HandlerState.REFUSED);
                                assertThat(refused.reason()).contains(reason);
                            });
            // and once there is a disk
            durable.beforeOpen = () -> {};
            bench.engine.reconsider();
            assertThat(bench.engine.handlers())
                    .allMatch(view ->
                            view.state() == HandlerState.ACTIVE && view.reason().isEmpty());
            bench.engine.close();
        }
    }

    @Test
    void findsWhatWaitsAndWhatWaitsForARetryWithANewTimer() {
        // given: one event that failed and waits for its retry, one that waits
        var failed = new AtomicInteger();
        bench.handle(
                "t",
                delivery -> {
                    failed.incrementAndGet();
                    throw new IllegalStateException("not yet");
                },
                "symphony.backoff",
                "300ms");
        bench.publish("t", 1);
        Bench.await(() -> bench.stats("acme/handler").delayed() == 1);
        bench.engine.pause("admin", "acme/handler", true);
        bench.publish("t", 2);
        // when: the timer is replaced; the dispatcher refers to it statically and is made anew
        bench.engine.close();
        bench.queues.unbind(bench.timer);
        bench.timer.close();
        try (var timer = new TimerEngine()) {
            bench.queues.bind(timer);
            bench.engine = new DispatcherEngine(
                    bench.sealer,
                    bench.codec,
                    timer,
                    bench.hooked,
                    bench.guard,
                    InstantSource.system(),
                    DispatcherThreads.INSTANCE,
                    DispatcherEngine.SETTINGS.orDefaults(bench.config));
            Set<Long> seen = ConcurrentHashMap.newKeySet();
            var attempts = new AtomicInteger();
            bench.handle("t", delivery -> {
                seen.add(delivery.getLong("n", -1));
                attempts.addAndGet(delivery.attempt());
            });
            bench.engine.start();
            // then
            Bench.await(() -> bench.stats("acme/handler").handled() == 2);
            assertThat(seen).containsExactlyInAnyOrder(1L, 2L);
            assertThat(attempts).hasValue(failed.get() + 2); // the next of one, and the first of the other
            bench.engine.close();
        }
    }
}

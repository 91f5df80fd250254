package symphony.eventsystem;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.Receipt;
import symphony.api.event.Recurrence;
import symphony.api.event.Refusal;
import symphony.api.event.Refusal.Reason;
import symphony.api.event.Schedule;
import symphony.api.event.TopicFilter;
import symphony.api.event.TypedHandler;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;
import symphony.component.Guard;

class EventSystemEngineTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final FakeDispatcher dispatcher = new FakeDispatcher();
    private final FakeScheduler scheduler = new FakeScheduler();
    private final FakeRegistrar registrar = new FakeRegistrar();
    private final EventSystemEngine engine = engine(new Guard(false));
    private final EventSystem system = engine.forCaller("shop", registrar);

    private static EventSystemEngine engine(Guard guard) {
        return new EventSystemEngine(guard, InstantSource.fixed(NOW), new Random(7));
    }

    private static List<Reason> reasons(Receipt receipt) {
        return receipt.refusals().stream().map(Refusal::reason).toList();
    }

    @Test
    void publishesInTheNameOfTheCaller() {
        engine.bind(dispatcher);
        var receipt = system.publish("orders/new", Map.of("amount", 12));
        assertThat(receipt.accepted()).isEqualTo(1);
        assertThat(dispatcher.calls).singleElement().satisfies(call -> {
            assertThat(call.publisher()).isEqualTo("shop");
            assertThat(call.event().topic()).isEqualTo("orders/new");
            assertThat(call.event().data()).isEqualTo(Map.of("amount", 12));
            assertThat(call.maxWait()).isZero();
        });
    }

    @Test
    void refusesWhileTheDispatcherIsAwayAndSaysThatItMayComeBack() {
        var event = Event.on("orders/new").build();
        for (var receipt : List.of(
                system.publish("orders/new", 1),
                system.publish(event),
                system.publish(event, ofSeconds(1)),
                system.publishAsync(event).toCompletableFuture().join())) {
            assertThat(receipt.accepted()).isZero();
            assertThat(receipt.eventId().version()).isEqualTo(7);
            assertThat(receipt.refusals()).singleElement().satisfies(refusal -> {
                assertThat(refusal.subscription()).isEmpty();
                assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
                assertThat(refusal.detail())
                        .contains("no event dispatcher is there", "try again", "symphony.dispatcher");
            });
        }
    }

    @Test
    void offersAnEventThatMissedTheDispatcherToTheNextOneWithTheIdOfItsReceipt() {
        // given an event that nobody took
        var event = Event.on("orders/new")
                .with("amount", 12)
                .priority(1)
                .key("ada")
                .timeToLive(ofSeconds(9))
                .attribute(Event.CORRELATION, "c")
                .build();
        var refused = system.publish(event);
        // when there is a dispatcher again
        engine.bind(dispatcher);
        var receipt = system.retry(refused);
        // then it gets the whole event
        assertThat(receipt.eventId()).isEqualTo(refused.eventId());
        assertThat(dispatcher.calls).singleElement().satisfies(call -> {
            assertThat(call.event().id()).contains(refused.eventId());
            assertThat(call.event().data()).isEqualTo(Map.of("amount", 12));
            assertThat(call.event().priority()).isEqualTo(1);
            assertThat(call.event().key()).contains("ada");
            assertThat(call.event().timeToLive()).contains(ofSeconds(9));
            assertThat(call.event().attributes()).containsEntry(Event.CORRELATION, "c");
        });
    }

    @Test
    void keepsTheIdThatThePublisherChose() {
        var id = UUID.randomUUID();
        assertThat(system.publish(Event.on("a").id(id).build()).eventId()).isEqualTo(id);
    }

    @Test
    void handsARefusedReceiptBackToTheDispatcherThatMadeIt() {
        engine.bind(dispatcher);
        dispatcher.answer = event -> dispatcher.told(event, 2, new Refusal("shop/slow", Reason.FULL, "full"));
        var refused = system.publish("orders/new", 1);
        assertThat(refused.accepted()).isEqualTo(2);
        assertThat(refused)
                .hasToString("event " + refused.eventId() + " accepted by 2, refused by 1: shop/slow: FULL, full");
        var receipt = system.retry(refused);
        assertThat(receipt.refusals()).isEmpty();
        assertThat(receipt.accepted()).isEqualTo(1);
        assertThat(dispatcher.retries).hasSize(1);
        assertThat(system.retry(receipt)).isSameAs(receipt);
    }

    @Test
    void tellsAsAValueThatTheDispatcherOfAReceiptIsGone() {
        // given a receipt that one of three had refused
        engine.bind(dispatcher);
        dispatcher.answer = event -> dispatcher.told(event, 2, new Refusal("shop/slow", Reason.FULL, "full"));
        var refused = system.publish("orders/new", 1);
        // when its dispatcher is away
        engine.unbind(dispatcher);
        var away = system.retry(refused);
        // then trying again may help
        assertThat(away.accepted()).isZero();
        assertThat(away.refusals())
                .containsExactly(new Refusal(
                        "shop/slow",
                        Reason.UNAVAILABLE,
                        EventSystemEngine.missing("event dispatcher", "symphony.dispatcher")
                                .detail()));
        // when another took its place
        engine.bind(new FakeDispatcher());
        var replaced = system.retry(away);
        // then it will not
        assertThat(reasons(replaced)).containsExactly(Reason.CLOSED);
        assertThat(replaced.refusals().get(0).detail()).contains("was replaced", "publish the event again");
        // when the first one is back
        engine.bind(dispatcher);
        assertThat(system.retry(away).accepted()).isEqualTo(1);
    }

    @Test
    void publishesAnewWhatADispatcherRefusedBeforeItWasRouted() {
        engine.bind(dispatcher);
        dispatcher.answer = event -> dispatcher.told(event, 0, new Refusal("", Reason.CLOSED, "stopping"));
        var refused = system.publish("orders/new", 1);
        assertThat(reasons(refused)).containsExactly(Reason.CLOSED);
        var next = new FakeDispatcher();
        engine.bind(next);
        assertThat(system.retry(refused).accepted()).isEqualTo(1);
        assertThat(next.calls.element().event().id()).contains(refused.eventId());
    }

    @Test
    void wantsItsOwnReceiptsBack() {
        engine.bind(dispatcher);
        dispatcher.answer = event -> dispatcher.told(event, 0, new Refusal("shop/slow", Reason.FULL, "full"));
        var other = engine.forCaller("bank", new FakeRegistrar());
        var ofAnother = other.publish("orders/new", 1);
        var ofNobody = dispatcher.told(Event.on("a").build(), 0, new Refusal("shop/slow", Reason.FULL, "full"));
        for (var foreign : List.<Receipt>of(ofAnother, ofNobody)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> system.retry(foreign))
                    .withMessageContaining("was not made by the event system of shop");
        }
        engine.unbind(dispatcher);
        var unsent = other.publish("orders/new", 1);
        assertThatIllegalArgumentException().isThrownBy(() -> system.retry(unsent));
        assertThat(dispatcher.retries).isEmpty();
    }

    @Test
    void waitsAsLongAsAskedButNeverForANegativeTimeOrLongerThanArithmeticAllows() {
        engine.bind(dispatcher);
        var event = Event.on("a").build();
        system.publish(event, ofSeconds(3));
        system.publish(event, Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(dispatcher.calls)
                .extracting(FakeDispatcher.Call::maxWait)
                .containsExactly(ofSeconds(3), Duration.ofDays(3653));
        assertThat(dispatcher.calls)
                .allSatisfy(call -> assertThat(call.maxWait().toNanos()).isPositive());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> system.publish(event, ofSeconds(-1)))
                .withMessageContaining("maxWait is PT-1S, must not be negative");
    }

    @Test
    void passesOnWhatIsTheCallersMistake() {
        engine.bind(dispatcher);
        dispatcher.answer = event -> {
            throw new IllegalArgumentException("data at 'when' is a Thread");
        };
        assertThatIllegalArgumentException().isThrownBy(() -> system.publish("a", 1));
        dispatcher.answer = event -> {
            throw new IllegalStateException("a defect");
        };
        assertThatIllegalStateException()
                .isThrownBy(() -> system.publish("a", 1))
                .withMessage("a defect");
        assertThatIllegalArgumentException().isThrownBy(() -> system.publish("a//b", 1));
    }

    @Test
    void namesWhatIsNull() {
        engine.bind(dispatcher);
        engine.bind(scheduler);
        var event = Event.on("a").build();
        EventHandler handler = delivery -> {};
        isNull("topic", () -> system.publish(null, 1));
        isNull("data", () -> system.publish("a", null));
        isNull("event", () -> system.publish(null));
        isNull("event", () -> system.publish((Event) null, ofSeconds(1)));
        isNull("maxWait", () -> system.publish(event, null));
        isNull("event", () -> system.publishAsync(null));
        isNull("receipt", () -> system.retry(null));
        isNull("event", () -> system.schedule(null, ofSeconds(-1)));
        isNull("event", () -> system.schedule(null, Instant.MAX));
        isNull("delay", () -> system.schedule(event, (Duration) null));
        isNull("at", () -> system.schedule(event, (Instant) null));
        isNull("recurrence", () -> system.schedule(event, (Recurrence) null));
        isNull("topicFilter", () -> system.subscribe((String) null, handler));
        isNull("handler", () -> system.subscribe("a", null));
        isNull("type", () -> system.subscribe("a", null, (o, d) -> {}));
        isNull("handler", () -> system.subscribe("a", Object.class, null));
        isNull("properties", () -> system.subscribe((Map<String, ?>) null, handler));
        assertThat(dispatcher.calls).isEmpty();
        assertThat(scheduler.calls).isEmpty();
        assertThat(registrar.registered).isEmpty();
    }

    private static void isNull(String name, ThrowingCallable call) {
        assertThatNullPointerException().isThrownBy(call).withMessage(name);
    }

    @Test
    void takesAPropertyThatIsNullForOneThatIsNotSet() {
        var properties = new HashMap<String, Object>();
        properties.put("symphony.topics", "a");
        properties.put("symphony.filter", null);
        properties.put("symphony.grace", null);
        EventHandler handler = delivery -> {};
        system.subscribe(properties, handler);
        assertThat(registrar.registered.get(0).properties())
                .containsEntry("symphony.grace", "0")
                .doesNotContainKey("symphony.filter")
                .doesNotContainValue(null);
        properties.put(null, "x");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> system.subscribe(properties, handler))
                .withMessageContaining("a property without a name has the value x");
    }

    @Test
    void tellsAsAValueThatTheDispatcherLeftWhileItWorkedInTheBackground() {
        engine.bind(dispatcher);
        var later = new CompletableFuture<Receipt>();
        dispatcher.async = event -> later;
        var event = Event.on("a").build();
        var receipt = system.publishAsync(event).toCompletableFuture();
        var defect = system.publishAsync(event).toCompletableFuture();
        assertThat(receipt).isNotDone();
        engine.unbind(dispatcher);
        later.completeExceptionally(new IllegalStateException("store is closed"));
        assertThat(reasons(receipt.join())).containsExactly(Reason.UNAVAILABLE);
        assertThat(receipt.join().refusals().get(0).detail()).contains("left during the call (store is closed)");
        assertThat(reasons(defect.join())).containsExactly(Reason.UNAVAILABLE);
        dispatcher.async = e -> CompletableFuture.failedFuture(new IllegalStateException("a defect"));
        engine.bind(dispatcher);
        assertThat(system.publishAsync(event).toCompletableFuture())
                .failsWithin(ofSeconds(1))
                .withThrowableThat()
                .withMessageContaining("a defect");
    }

    @Test
    void takesBackAScheduleOfABundleThatStoppedMeanwhile() {
        engine.bind(scheduler);
        scheduler.before = () -> registrar.alive = false;
        var schedule = system.schedule(Event.on("a").build(), ofSeconds(1));
        assertThat(schedule.refusal().orElseThrow().reason()).isEqualTo(Reason.CLOSED);
        assertThat(schedule.refusal().orElseThrow().detail()).contains("bundle shop has stopped");
        assertThat(scheduler.cancelled).containsExactly(scheduler.calls.get(0).event());
    }

    @Test
    void refusesWhereTheDispatcherLeftDuringTheCall() {
        engine.bind(dispatcher);
        dispatcher.answer = event -> {
            engine.unbind(dispatcher);
            throw new IllegalStateException("queue is closed");
        };
        var receipt = system.publish("a", 1);
        assertThat(reasons(receipt)).containsExactly(Reason.UNAVAILABLE);
        assertThat(receipt.refusals().get(0).detail()).contains("left during the call (queue is closed)");
    }

    @Test
    @Timeout(120)
    void givesAReceiptForEachPublishWhileTheDispatcherIsReplaced() throws Exception {
        // given publishers, at first without a dispatcher
        int publishers = 8;
        var stop = new AtomicBoolean();
        var taken = new AtomicBoolean();
        var started = new CountDownLatch(publishers);
        var threads = Executors.newFixedThreadPool(publishers);
        Callable<int[]> publisher = () -> {
            int[] outcomes = new int[2];
            while (!stop.get()) {
                var receipt = system.publish("a", 1);
                assertThat(receipt.accepted() + receipt.refusals().size()).isEqualTo(1);
                outcomes[receipt.refusals().size()]++;
                if (receipt.accepted() == 1) {
                    taken.set(true);
                }
                started.countDown();
            }
            return outcomes;
        };
        List<Future<int[]>> running = new ArrayList<>();
        for (int i = 0; i < publishers; i++) {
            running.add(threads.submit(publisher));
        }
        started.await();
        // when dispatchers that throw once they are torn down replace each other, with and without a gap
        Replaceable old = new Replaceable();
        for (int round = 0; round < 5_000 || !taken.get(); round++) {
            var next = new Replaceable();
            if (round % 2 == 0) {
                engine.unbind(old.dispatcher);
                engine.bind(next.dispatcher);
            } else {
                engine.bind(next.dispatcher);
                engine.unbind(old.dispatcher);
            }
            old.torn.set(true);
            old = next;
        }
        stop.set(true);
        // then each call returned a receipt and none threw
        int accepted = 0;
        int refused = 0;
        for (var one : running) {
            int[] outcomes = one.get(60, TimeUnit.SECONDS);
            accepted += outcomes[0];
            refused += outcomes[1];
        }
        threads.shutdown();
        assertThat(accepted).isPositive();
        assertThat(refused).isGreaterThanOrEqualTo(publishers);
    }

    private static final class Replaceable {
        final FakeDispatcher dispatcher = new FakeDispatcher();
        final AtomicBoolean torn = new AtomicBoolean();

        Replaceable() {
            dispatcher.answer = event -> {
                if (torn.get()) {
                    throw new IllegalStateException("torn down");
                }
                return dispatcher.told(event, 1);
            };
        }
    }

    @Test
    void keepsTheSuccessorThatCameBeforeTheOldOneLeft() {
        var next = new FakeDispatcher();
        engine.bind(dispatcher);
        engine.bind(next);
        engine.unbind(dispatcher);
        assertThat(system.publish("a", 1).accepted()).isEqualTo(1);
        assertThat(next.calls).hasSize(1);
    }

    @Test
    void subscribesAsAServiceThatLeavesNothingBehindAndCompetesWithNobody() {
        EventHandler handler = delivery -> {};
        var one = system.subscribe("orders/+", handler);
        var two = system.subscribe("orders/+", handler);
        assertThat(registrar.registered).hasSize(2).allSatisfy(registered -> {
            assertThat(registered.handler()).isSameAs(handler);
            assertThat(registered.properties())
                    .containsEntry("symphony.topics", "orders/+")
                    .containsEntry("symphony.grace", "0");
        });
        assertThat(one.identity()).startsWith("shop/EventSystemEngineTest-").isNotEqualTo(two.identity());
        assertThat(one.identity())
                .isEqualTo("shop/" + registrar.registered.get(0).properties().get("symphony.subscription"));
        assertThat(one.topics()).containsExactly(TopicFilter.of("orders/+"));
        one.close();
        one.close();
        assertThat(registrar.left).isEqualTo(1);
    }

    @Test
    void givesNoNameAgainAfterARestart() {
        var restarted = new EventSystemEngine(new Guard(false), InstantSource.fixed(NOW), new Random(8));
        var first = system.subscribe("a", delivery -> {});
        var second = restarted.forCaller("shop", registrar).subscribe("a", delivery -> {});
        assertThat(second.identity()).isNotEqualTo(first.identity());
    }

    @Test
    void leavesToTheCallerWhatTheCallerSays() {
        var subscription = system.subscribe(
                Map.of("symphony.topics", List.of("a", "b/*"), "symphony.subscription", "mine", "symphony.grace", "1h"),
                delivery -> {});
        assertThat(subscription.identity()).isEqualTo("shop/mine");
        assertThat(subscription.topics()).containsExactly(TopicFilter.of("a"), TopicFilter.of("b/*"));
        assertThat(registrar.registered.get(0).properties()).containsEntry("symphony.grace", "1h");
    }

    @Test
    void handsTypedHandlersOnWithTheirType() {
        record Order(String customer) {}
        TypedHandler<Order> handler = (order, delivery) -> {};
        system.subscribe("orders/new", Order.class, handler);
        assertThat(registrar.registered).singleElement().satisfies(registered -> {
            assertThat(registered.handler()).isSameAs(handler);
            assertThat(registered.type()).isEqualTo(Order.class);
        });
    }

    @Test
    void saysAtOnceWhatIsWrongWithASubscription() {
        EventHandler handler = delivery -> {};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> system.subscribe("orders/**", handler))
                .withMessageContaining("orders/**");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> system.subscribe(Map.of(), handler))
                .withMessageContaining("symphony.topics is missing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> system.subscribe(Map.of("symphony.topics", "a", "symphony.topic", "a"), handler))
                .withMessageContaining("symphony.topic is unknown");
        assertThat(registrar.registered).isEmpty();
    }

    @Test
    void asksForPermissionForEachTopicFilter() {
        engine.bind(
                (principal, permission) -> new Decision(permission.toString().equals("event:subscribe:a"), "only a"));
        system.subscribe("a", delivery -> {});
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> system.subscribe(Map.of("symphony.topics", List.of("a", "b")), delivery -> {}))
                .withMessageContaining("shop has no permission event:subscribe:b");
        assertThat(registrar.registered).hasSize(1);
    }

    @Test
    void schedulesInTheNameOfTheCaller() {
        engine.bind(scheduler);
        var event = Event.on("a").build();
        assertThat(system.schedule(event, ofSeconds(5)).state()).isEqualTo(Schedule.State.WAITING);
        system.schedule(event, NOW.minusSeconds(1));
        assertThat(scheduler.calls)
                .containsExactly(
                        new FakeScheduler.Call(event, "shop", ofSeconds(5)),
                        new FakeScheduler.Call(event, "shop", NOW.minusSeconds(1)));
        var hourly = Recurrence.fixedRate(Duration.ofHours(1));
        assertThat(system.schedule(event, hourly).state()).isEqualTo(Schedule.State.WAITING);
        assertThat(scheduler.calls.get(2)).isEqualTo(new FakeScheduler.Call(event, "shop", hourly));
    }

    @Test
    void refusesAScheduleWhileTheSchedulerIsAwayOrLeavesDuringTheCall() {
        var event = Event.on("a").build();
        var refused = system.schedule(event, ofSeconds(5));
        assertThat(refused.state()).isEqualTo(Schedule.State.REFUSED);
        assertThat(refused.refusal().orElseThrow().reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(refused.refusal().orElseThrow().detail()).contains("no event scheduler is there");
        assertThat(refused.topic()).isEqualTo("a");
        assertThat(refused.owner()).isEqualTo("shop");
        assertThat(refused.next()).isEmpty();
        assertThat(refused.cancel()).isFalse();
        engine.bind(scheduler);
        scheduler.before = () -> {
            engine.unbind(scheduler);
            throw new IllegalStateException("timer is closed");
        };
        assertThat(system.schedule(event, NOW).refusal().orElseThrow().detail())
                .contains("left during the call (timer is closed)");
    }

    @Test
    void refusesImpossibleTimesWhetherThereIsASchedulerOrNot() {
        var event = Event.on("a").build();
        for (int round = 0; round < 2; round++) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> system.schedule(event, ofSeconds(-1)))
                    .withMessageContaining("delay is PT-1S, must be 0 to 3653 days");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> system.schedule(event, Duration.ofSeconds(Long.MAX_VALUE)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> system.schedule(
                            Event.on("a").id(new UUID(0, 1)).build(), Recurrence.fixedRate(ofSeconds(1))))
                    .withMessageContaining("has the id 00000000-0000-0000-0000-000000000001");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> system.schedule(event, Instant.MAX))
                    .withMessageContaining("must be at most 3653 days ahead");
            engine.bind(scheduler);
        }
        assertThat(scheduler.calls).isEmpty();
    }

    @Test
    void refusesEverythingAfterItWasClosed() {
        engine.bind(dispatcher);
        engine.bind(scheduler);
        dispatcher.answer = event -> dispatcher.told(event, 1, new Refusal("shop/slow", Reason.FULL, "full"));
        var refused = system.publish("a", 1);
        engine.close();
        assertNothingGoes(refused, "has stopped; get it anew");
        assertThat(engine.ready()).isFalse();
    }

    @Test
    void refusesEverythingAfterTheCallersBundleStopped() {
        engine.bind(dispatcher);
        engine.bind(scheduler);
        dispatcher.answer = event -> dispatcher.told(event, 1, new Refusal("shop/slow", Reason.FULL, "full"));
        var refused = system.publish("a", 1);
        registrar.alive = false;
        assertNothingGoes(refused, "bundle shop has stopped");
    }

    private void assertNothingGoes(Receipt refused, String why) {
        var event = Event.on("a").build();
        int before = dispatcher.calls.size();
        for (var receipt : List.of(
                system.publish("a", 1),
                system.publish(event),
                system.publish(event, ofSeconds(1)),
                system.publishAsync(event).toCompletableFuture().join(),
                system.retry(refused))) {
            assertThat(reasons(receipt)).containsExactly(Reason.CLOSED);
            assertThat(receipt.refusals().get(0).detail()).contains(why);
        }
        assertThat(dispatcher.calls).hasSize(before);
        for (var schedule : List.of(
                system.schedule(event, ofSeconds(1)),
                system.schedule(event, NOW),
                system.schedule(event, Recurrence.fixedRate(ofSeconds(1))))) {
            assertThat(schedule.refusal().orElseThrow().reason()).isEqualTo(Reason.CLOSED);
        }
        assertThat(scheduler.calls).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(() -> system.subscribe("a", delivery -> {}))
                .withMessageContaining(why);
        assertThat(registrar.registered).isEmpty();
    }

    @Test
    void isReadyWhileAllThatPublishingNeedsIsThere() {
        assertThat(engine.ready()).isFalse();
        engine.bind(dispatcher);
        assertThat(engine.ready()).isFalse();
        engine.bind(scheduler);
        assertThat(engine.ready()).isTrue();
        engine.unbind(dispatcher);
        assertThat(engine.ready()).isFalse();
    }

    @Test
    void isNotReadyWithoutAccessControlWhereSecurityIsRequired() {
        var guarded = engine(new Guard(true));
        guarded.bind(dispatcher);
        guarded.bind(scheduler);
        assertThat(guarded.ready()).isFalse();
        guarded.bind((principal, permission) -> new Decision(true, ""));
        assertThat(guarded.ready()).isTrue();
    }
}

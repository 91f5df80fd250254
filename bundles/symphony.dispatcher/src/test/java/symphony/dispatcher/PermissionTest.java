package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Version;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.Outcome;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.HandlerView;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadReason;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.api.rbac.SecurityContext;
import symphony.component.Guard;

@Timeout(120)
class PermissionTest {
    private final Set<String> denied = ConcurrentHashMap.newKeySet();
    private final AccessControl access =
            (principal, permission) -> new Decision(!denied.contains(principal + " " + permission), "a test's");
    private final List<String> audited = new CopyOnWriteArrayList<>();
    private final Bench bench = new Bench();

    PermissionTest() {
        bench.guard.bind(access);
    }

    private void audit() {
        bench.guard.bind(new AuditSink() {
            @Override
            public void record(AuditEntry entry) {
                audited.add(entry.actor() + ' ' + entry.action() + ':' + entry.target() + ' ' + entry.outcome());
            }

            @Override
            public void count(
                    String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {
                if (outcome == Outcome.DENIED) {
                    audited.add(action + ' ' + topic + ' ' + subscription + ' ' + outcome);
                }
            }
        });
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void refusesAPublisherWithoutPermission() {
        audit();
        bench.handle("t", delivery -> {});
        denied.add("shop event:publish:t");
        assertThatThrownBy(() -> bench.publish("t"))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("event:publish:t");
        assertThat(bench.engine.stats().published()).isZero();
        assertThat(bench.stats("acme/handler").accepted()).isZero();
        assertThat(audited).containsExactly("shop event:publish:t DENIED");
    }

    @Test
    void countsAsPublishedOnlyWhatCouldBeEncoded() {
        var counted = new ArrayList<String>();
        bench.guard.bind(new AuditSink() {
            @Override
            public void record(AuditEntry entry) {}

            @Override
            public void count(
                    String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {
                counted.add(action + ' ' + topic + ' ' + outcome);
            }
        });
        var gate = new CountDownLatch(1);
        bench.handle("t", delivery -> gate.await()); // so that nothing but publishing is counted
        assertThatThrownBy(() ->
                        bench.publish(Event.on("t").with("bad", new Object()).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bad");
        bench.publish("t");
        bench.publish("nobody");
        assertThat(counted).containsExactly("event:publish t DONE", "event:publish nobody DONE");
        assertThat(bench.stats("acme/handler").accepted()).as("the good one").isEqualTo(1);
        gate.countDown();
    }

    @Test
    void refusesToPublishForAnotherWithoutPermission() {
        denied.add("mallory event:publish-as:shop");
        var event = Event.on("t").build();
        assertThatThrownBy(() -> bench.engine.dispatch("mallory", event, "shop", Duration.ZERO))
                .isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> bench.engine.dispatchAsync("mallory", event, "shop"))
                .isInstanceOf(AccessDeniedException.class);
        assertThat(bench.engine.dispatch("butler", event, "shop", Duration.ZERO).refusals())
                .isEmpty();
    }

    @Test
    void makesAnEventADeadLetterWhenPublisherOrHandlerLostThePermission() throws Exception {
        audit();
        var gate = new Gate();
        var calls = new AtomicInteger();
        bench.handle("+", delivery -> {
            calls.incrementAndGet();
            gate.pass();
        });
        bench.publish("a");
        gate.awaitEntered();
        bench.publish("b");
        bench.publish("c");
        denied.add("acme event:receive:b");
        denied.add("shop event:publish:c");
        gate.open();
        Bench.await(() -> bench.dead().size() == 2);
        assertThat(bench.dead())
                .extracting(DeadLetter::reason)
                .containsExactly(DeadReason.DENIED, DeadReason.PUBLISHER_REVOKED);
        assertThat(bench.dead().get(0).exception()).isEmpty();
        assertThat(bench.dead().get(0).detail()).isEqualTo("acme has no permission event:receive:b");
        assertThat(bench.dead().get(1).detail()).isEqualTo("shop has no permission event:publish:c");
        assertThat(calls).hasValue(1);
        assertThat(bench.stats("acme/handler").dead()).isEqualTo(2);
        Bench.await(() -> audited.size() == 4); // recorded after it is a dead letter
        assertThat(audited)
                .containsExactly(
                        "acme event:receive:b DENIED",
                        "acme event:dead:b DENIED",
                        "shop event:publish:c DENIED",
                        "acme event:dead:c DENIED");
    }

    @Test
    void callsNobodyAndGivesUpNothingWhileNobodyDecides() {
        AccessControl all = (principal, permission) -> new Decision(true, "test");
        AccessControl stopping = (principal, permission) -> {
            throw new IllegalStateException("it stops, a test says");
        };
        var guard = new Guard(true);
        guard.bind(all);
        var handled = new AtomicInteger();
        try (var strict = new Bench(guard, "attempts", 1)) {
            strict.engine.accessChanged();
            strict.handle("t", delivery -> handled.incrementAndGet());
            strict.publish("t");
            Bench.await(() -> strict.stats("acme/handler").handled() == 1);
            // when: it fails as it is asked, leaves, and another one comes
            guard.bind((AccessControl)
                    (principal, permission) -> permission.action().equals("publish")
                            ? all.decide(principal, permission)
                            : stopping.decide(principal, permission));
            for (int i = 0; i < 1_000; i++) {
                strict.publish("t");
            }
            guard.bind(stopping);
            guard.unbind(stopping);
            strict.engine.accessChanged();
            assertThat(strict.stats("acme/handler").depth()).isEqualTo(1_000);
            strict.engine.pauseAll(true); // an operator's pause is another thing
            guard.bind(all);
            strict.engine.accessChanged();
            strict.engine.pauseAll(false);
            // then
            Bench.await(() -> handled.get() == 1_001);
            assertThat(strict.dead()).isEmpty();
            assertThat(strict.view("acme/handler").failures()).isZero();
        }
    }

    @Test
    void countsNoAttemptOfAnEventThatNobodyDecidedAbout() {
        var asked = new AtomicInteger();
        bench.guard.bind((AccessControl) (principal, permission) -> {
            if (permission.action().equals("receive") && asked.incrementAndGet() <= 2) {
                throw new NoClassDefFoundError("its bundle is being replaced, a test says");
            }
            return new Decision(true, "a test's");
        });
        var attempts = new CopyOnWriteArrayList<Integer>();
        bench.handle(
                "t",
                delivery -> {
                    attempts.add(delivery.attempt());
                    if (attempts.size() == 1) {
                        throw new IllegalStateException("once, a test says");
                    }
                },
                "symphony.attempts",
                2);
        bench.publish("t");
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        assertThat(attempts).as("the two questions without an answer are none").containsExactly(1, 2);
        assertThat(asked).hasValue(4);
        assertThat(bench.dead()).isEmpty();
    }

    /** Where no policy is in force, nothing that waits is given up for that, and no handler is refused for good. */
    @Test
    void keepsWhatWaitsWhileNobodyCanDecide() throws Exception {
        var inForce = new AtomicBoolean(true);
        bench.guard.bind((AccessControl) (principal, permission) -> {
            if (!inForce.get()) {
                throw new AccessUndecidedException(principal, permission, "no policy is in force");
            }
            return new Decision(true, "");
        });
        var gate = new Gate();
        bench.handle("t", delivery -> gate.pass());
        bench.publish("t");
        gate.awaitEntered();
        for (int i = 0; i < 10; i++) {
            bench.publish("t");
        }
        inForce.set(false);
        audit();
        gate.open();
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        assertThatThrownBy(() -> bench.publish("t"))
                .isInstanceOf(AccessUndecidedException.class)
                .hasMessage("shop has no permission event:publish:t (no policy is in force)");
        bench.add(
                TestHandler.any(new Owner("other", TestHandler.ACME.version(), 8), "u", (EventHandler) delivery -> {}));
        assertThat(bench.engine.handlers())
                .anyMatch(view -> view.reason().contains("event:subscribe:u cannot be told"));
        inForce.set(true);
        bench.engine.reconsider();
        Bench.await(() -> bench.stats("acme/handler").handled() == 11);
        assertThat(bench.dead()).isEmpty();
        assertThat(bench.publish("u").accepted()).isEqualTo(1);
        assertThat(audited).containsExactly("shop event:publish:t DENIED");
    }

    /** As while what guards a method, or access control, is replaced. */
    @Test
    void countsNoAttemptOfAnEventWhoseHandlerNeedsWhatNobodyDecidesAbout() {
        var undecided = new AtomicInteger();
        var attempts = new CopyOnWriteArrayList<Integer>();
        bench.handle(
                "t",
                delivery -> {
                    attempts.add(delivery.attempt());
                    if (undecided.incrementAndGet() <= 2) {
                        throw new AccessUndecidedException(
                                "acme", Permission.of("a:b:c"), "it is replaced, a test says");
                    }
                },
                "symphony.attempts",
                1);
        bench.publish("t");
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        assertThat(attempts).containsExactly(1, 1, 1);
        assertThat(bench.dead()).isEmpty();
        assertThat(bench.view("acme/handler").failures()).isZero();
    }

    /** A handler that throws that for ever for a reason of its own. */
    @Test
    void givesUpAnEventWhoseHandlerNeedsWhatNobodyDecidesAboutForAnHour() {
        var calls = new AtomicInteger();
        bench.handle(
                "t",
                delivery -> {
                    calls.incrementAndGet();
                    throw new AccessUndecidedException("acme", Permission.of("a:b:c"), "for ever, a test says");
                },
                "symphony.attempts",
                1);
        bench.publish("t");
        Bench.await(() -> calls.get() >= 2);
        assertThat(bench.dead()).isEmpty();
        bench.nanos = () -> bench.timer.nanoTime() + Duration.ofHours(1).toNanos();
        Bench.await(() -> bench.dead().size() == 1);
        assertThat(bench.dead().get(0).reason()).isEqualTo(DeadReason.ATTEMPTS);
    }

    // ---- users ----

    private static final SecurityContext.Issuer ISSUER = SecurityContext.issuer(MethodHandles.lookup());
    private static final SecurityContext ADA = ISSUER.forUser(ISSUER.of("shop"), "user:ada");

    /** What is asked of somebody who calls is asked of the user, too; what a part of ours needs for itself is not. */
    @Test
    void asksForTheUserWhoPublishesAndNotForWhatThoseNeedWhoServeHer() {
        bench.handle("t", delivery -> {});
        denied.add("user:ada event:publish-as:shop");
        denied.add("user:ada event:receive:t");
        var event = Event.on("t").build();
        ADA.run(() -> assertThat(bench.engine
                        .dispatch("butler", event, "shop", Duration.ZERO)
                        .accepted())
                .isEqualTo(1));
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        denied.add("user:ada event:publish:t");
        ADA.run(() -> assertThatThrownBy(() -> bench.engine.dispatch("butler", event, "shop", Duration.ZERO))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageStartingWith("user:ada has no permission event:publish:t"));
        assertThat(bench.engine.dispatch("butler", event, "shop", Duration.ZERO).accepted())
                .as("without her")
                .isEqualTo(1);
    }

    /** It is its bundle's, whoever had that started. */
    @Test
    void asksForNoUserWhenAHandlerArrives() {
        denied.add("user:ada event:subscribe:t");
        ADA.run(() -> bench.handle("t", delivery -> {}));
        assertThat(bench.publish("t").accepted()).isEqualTo(1);
    }

    @Test
    void refusesAHandlerThatMayNotSubscribeUntilItMay() {
        denied.add("acme event:subscribe:t");
        bench.handle("t", delivery -> {});
        assertThat(bench.engine.handlers().get(0).reason()).contains("event:subscribe:t");
        assertThatThrownBy(() -> bench.engine.validate(TestHandler.ACME, Map.of("symphony.topics", "t")))
                .isInstanceOf(AccessDeniedException.class);
        denied.clear();
        bench.engine.reconsider();
        assertThat(bench.publish("t").accepted()).isEqualTo(1);
    }

    /** From the change of the policy on; what waits is kept for it, as for any that is refused. */
    @Test
    void callsNoHandlerAnyMoreThatMayNotSubscribeAnyMoreUntilItMayAgain() throws Exception {
        var gate = new Gate();
        var handled = new CopyOnWriteArrayList<Long>();
        bench.handle("t", delivery -> {
            gate.pass();
            handled.add(delivery.getLong("n", 0));
        });
        bench.handle("u", delivery -> {}, "symphony.subscription", "other");
        bench.publish("t", 1);
        gate.awaitEntered();
        bench.publish("t", 2);
        audit();
        bench.atOneMoment(() -> {
            // when
            denied.add("acme event:subscribe:t");
            bench.engine.accessChanged();
            bench.publish("t", 3);
            gate.open();
            // then: the call that ran ends, and no other begins
            Bench.await(() -> bench.stats("acme/handler").handled() == 1);
            assertThat(bench.publish("u").accepted()).isEqualTo(1);
            Bench.await(() -> bench.stats("acme/other").handled() == 1);
            assertThat(bench.engine.handlers())
                    .extracting(HandlerView::state, HandlerView::reason)
                    .containsExactly(
                            tuple(HandlerState.REFUSED, "acme has no permission event:subscribe:t"),
                            tuple(HandlerState.ACTIVE, ""));
            assertThat(bench.stats("acme/handler").depth()).isEqualTo(2);
            assertThat(audited).containsOnly("acme event:subscribe:t DENIED");
            // when
            denied.clear();
            bench.engine.accessChanged();
        });
        // then
        Bench.await(() -> bench.stats("acme/handler").handled() == 3);
        assertThat(handled).containsExactly(1L, 2L, 3L);
        assertThat(bench.dead()).isEmpty();
    }

    /** It goes on with its properties of before, and these are what it lost the permission for. */
    @Test
    void refusesAHandlerThatLostItsPermissionThoughItsChangedPropertiesAreWrong() {
        TestHandler handler = bench.handle("t", delivery -> {});
        handler.set("t", "symphony.concurrency", "many");
        bench.engine.modify(handler.serviceId());
        assertThat(bench.engine.handlers()).extracting(HandlerView::state).containsExactly(HandlerState.ACTIVE);
        denied.add("acme event:subscribe:t");
        bench.engine.accessChanged();
        assertThat(bench.engine.handlers()).extracting(HandlerView::state).containsExactly(HandlerState.REFUSED);
    }

    /** A lost permission to take over is one, too: whoever was there first is served again. */
    @Test
    void servesTheOneThatWasThereFirstOnceTheOtherMayNotTakeOverAnyMore() {
        var first = new AtomicInteger();
        var second = new AtomicInteger();
        bench.handle("t", delivery -> first.incrementAndGet(), "symphony.subscription", "orders");
        bench.add(TestHandler.any(
                        new Owner("acme", new Version("2"), 8),
                        "t",
                        (EventHandler) delivery -> second.incrementAndGet(),
                        "symphony.subscription",
                        "orders")
                .takingOver(true));
        bench.publish("t");
        Bench.await(() -> second.get() == 1);
        denied.add("acme subscription:take-over:acme/*");
        bench.engine.accessChanged();
        bench.publish("t");
        Bench.await(() -> first.get() == 1);
        assertThat(second).hasValue(1);
    }

    /** Nobody is refused by an answer that nobody gave; once there is one it counts, though nobody tells of it. */
    @Test
    void refusesAnActiveHandlerOnlyOnceSomebodyDecides() {
        var undecided = new AtomicBoolean(true);
        var handled = new AtomicInteger();
        bench.handle("t", delivery -> handled.incrementAndGet());
        bench.guard.bind((AccessControl) (principal, permission) -> {
            boolean subscribe = permission.action().equals("subscribe");
            if (subscribe && undecided.get()) {
                throw new AccessUndecidedException(principal, permission, "no policy is in force");
            }
            return new Decision(!subscribe, "");
        });
        bench.engine.accessChanged();
        bench.publish("t");
        Bench.await(() -> handled.get() == 1);
        assertThat(bench.engine.handlers()).extracting(HandlerView::state).containsExactly(HandlerState.ACTIVE);
        undecided.set(false);
        Bench.await(() -> bench.engine.handlers().get(0).state() == HandlerState.REFUSED);
        assertThat(bench.engine.handlers().get(0).reason()).isEqualTo("acme has no permission event:subscribe:t");
    }

    /** Who asked before a change, and joins after all others were looked at, does not stay by the answer of before. */
    @Test
    void refusesAHandlerWhosePermissionIsRevokedWhileItArrives() {
        var asked = new AtomicBoolean();
        bench.guard.bind((AccessControl) (principal, permission) -> {
            if (permission.action().equals("subscribe") && asked.compareAndSet(false, true)) {
                denied.add("acme event:subscribe:t");
                bench.engine.accessChanged();
                return new Decision(true, "of before");
            }
            return access.decide(principal, permission);
        });
        bench.handle("t", delivery -> {});
        assertThat(bench.engine.handlers()).extracting(HandlerView::state).containsExactly(HandlerState.REFUSED);
    }

    /** What waits for the one that was there first stays its own, whatever the version of the other. */
    @Test
    void letsABundleTakeThePlaceOfAnotherOfItsNameOnlyIfItMay() throws Exception {
        audit();
        denied.add("acme subscription:take-over:acme/*");
        var gate = new Gate();
        bench.handle("t", delivery -> gate.pass(), "symphony.subscription", "orders");
        bench.publish("t");
        gate.awaitEntered();
        bench.publish("t");
        var stolen = new AtomicInteger();
        var newer = new Owner("acme", new Version("99"), 8);
        TestHandler thief = bench.add(TestHandler.any(
                        newer,
                        "t",
                        (EventHandler) delivery -> stolen.incrementAndGet(),
                        "symphony.subscription",
                        "orders")
                .takingOver(true));
        assertThat(bench.engine.handlers())
                .extracting(HandlerView::version, HandlerView::state, HandlerView::reason)
                .containsExactly(
                        tuple("1.0.0", HandlerState.ACTIVE, ""),
                        tuple(
                                "99.0.0",
                                HandlerState.REFUSED,
                                "acme has no permission subscription:take-over:acme/*, and another bundle of its name was"
                                        + " installed before it"));
        assertThat(audited).containsExactly("acme subscription:take-over:acme/* DENIED");
        assertThatThrownBy(() -> bench.engine.validate(newer, () -> true, Map.of("symphony.topics", "u")))
                .isInstanceOf(AccessDeniedException.class);
        assertThat(bench.engine.validate(newer, () -> false, Map.of("symphony.topics", "u")))
                .hasSize(1);
        gate.open();
        Bench.await(() -> bench.stats("acme/orders").handled() == 2);
        assertThat(stolen).hasValue(0);
        // when: it may
        denied.clear();
        bench.engine.reconsider();
        bench.publish("t");
        Bench.await(() -> stolen.get() == 1);
        // when: it may not any more, which counts when it changes, and whoever was there first is served again
        denied.add("acme subscription:take-over:acme/*");
        thief.set("t", "symphony.subscription", "orders", "symphony.concurrency", 2);
        bench.engine.modify(thief.serviceId());
        bench.publish("t");
        Bench.await(() -> bench.stats("acme/orders").handled() == 4);
        assertThat(stolen).hasValue(1);
        // when: the one that was there first is uninstalled
        thief.takingOver(false);
        bench.engine.gone(TestHandler.ACME.id());
        bench.publish("t");
        Bench.await(() -> stolen.get() == 2);
    }

    // ---- what is not told ----

    private void limit(String bundle) {
        String pid = PublisherLimits.PID + '~' + bundle;
        bench.engine
                .publisherLimits()
                .put(bundle, pid, PublisherLimits.settings(pid).orDefaults(Map.of("bundle", bundle)));
    }

    private List<String> seenBy(String caller) {
        var seen = new ArrayList<String>();
        bench.engine.handlers(caller).forEach(view -> seen.add(view.bundle() + " handles " + view.topics()));
        bench.engine.subscriptions(caller).forEach(view -> seen.add(view.identity() + " wants " + view.topics()));
        bench.engine.publishers(caller).forEach(view -> seen.add(view.publisher() + " publishes"));
        return seen;
    }

    @Test
    void showsABundleItsOwnUnlessItMaySeeAll() {
        audit();
        bench.handle("t", delivery -> {});
        bench.add(
                TestHandler.any(new Owner("other", TestHandler.ACME.version(), 8), "u", (EventHandler) delivery -> {}));
        limit("acme");
        limit("other");
        List<String> acme = List.of("acme handles [t]", "acme/handler wants [t]", "acme publishes");
        List<String> all = List.of(
                "acme handles [t]",
                "other handles [u]",
                "acme/handler wants [t]",
                "other/handler wants [u]",
                "acme publishes",
                "other publishes");
        assertThat(seenBy("acme")).isEqualTo(all);
        denied.add("acme dispatcher:list:dispatcher");
        assertThat(seenBy("acme")).isEqualTo(acme);
        assertThat(seenBy("other")).isEqualTo(all);
        denied.add("mallory dispatcher:list:dispatcher");
        assertThat(seenBy("mallory")).isEmpty();
        denied.add("user:ada dispatcher:list:dispatcher");
        ADA.run(() -> assertThat(seenBy("other")).contains("other publishes").hasSize(3));
        bench.guard.bind((AccessControl) (principal, permission) -> {
            throw new AccessUndecidedException(principal, permission, "no policy is in force");
        });
        assertThat(seenBy("acme")).isEqualTo(acme);
        assertThat(audited).as("nobody was refused").isEmpty();
    }

    /** All that is told of a denial to whoever is denied; it names what was asked for. */
    private List<String> told(String topic) {
        CapturedLog.clear();
        audited.clear();
        var told = new ArrayList<String>();
        denied.add("mallory event:subscribe:" + topic);
        denied.add("mallory event:publish:" + topic);
        denied.add("mallory event:monitor:" + topic);
        var mallory = new Owner("mallory", TestHandler.ACME.version(), 9);
        TestHandler handler = bench.add(TestHandler.any(mallory, topic, (EventHandler) delivery -> {}));
        bench.engine.accessChanged(); // asked for once more, as with each policy
        for (HandlerView view : bench.engine.handlers("mallory")) {
            told.add(view.state() + " " + view.subscription() + view.reason() + view.topics());
        }
        assertThat(told).hasSize(1);
        told.addAll(seenBy("mallory"));
        bench.engine.depart(handler.serviceId());
        told.add(thrown(() -> bench.engine.validate(mallory, Map.of("symphony.topics", topic))));
        told.add(thrown(() -> bench.engine.dispatch("mallory", Event.on(topic).build(), "mallory", Duration.ZERO)));
        told.add(thrown(() -> bench.engine.monitors().open("mallory", topic, 1)));
        told.add(thrown(() -> bench.engine.unhandled().topics("mallory", topic, 1)));
        told.addAll(CapturedLog.lines());
        told.addAll(audited);
        String service = Long.toString(handler.serviceId());
        return told.stream()
                .map(line -> line.replace(topic, "TOPIC").replace("service " + service, "service"))
                .toList();
    }

    private static String thrown(Runnable call) {
        try {
            call.run();
        } catch (AccessDeniedException e) {
            return e.toString();
        }
        throw new AssertionError("nobody was denied");
    }

    @Test
    void tellsNobodyByADenialWhetherThereIsATopic() {
        audit();
        denied.add("mallory dispatcher:list:dispatcher");
        bench.handle("orders/known", delivery -> {});
        bench.publish("orders/known");
        bench.publish("orders/unwanted"); // known to those who list what nobody wanted
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        List<String> unknown = told("orders/never/heard");
        assertThat(told("orders/known")).isEqualTo(unknown);
        assertThat(told("orders/unwanted")).isEqualTo(unknown);
        assertThat(unknown)
                .contains(
                        "REFUSED mallory has no permission event:subscribe:TOPIC[TOPIC]",
                        "WARN handler service of mallory 1.0.0 is not used: mallory has no permission"
                                + " event:subscribe:TOPIC",
                        "mallory event:subscribe:TOPIC DENIED");
        assertThat(bench.stats("acme/handler").accepted()).isEqualTo(1);
    }

    /** Nor whether there is a subscription: who may not touch it is denied before it is looked for. */
    @Test
    void deniesWhatIsDoneToASubscriptionAlikeWhetherItIsThereOrNot() {
        audit();
        bench.handle("t", delivery -> {});
        for (String identity : List.of("acme/handler", "acme/none")) {
            for (String action : List.of("pause", "resume", "quarantine", "lift")) {
                denied.add("mallory dispatcher:" + action + ":" + identity);
            }
            assertDenied(identity, "pause", () -> bench.engine.pause("mallory", identity, true));
            assertDenied(identity, "resume", () -> bench.engine.pause("mallory", identity, false));
            assertDenied(identity, "quarantine", () -> bench.engine.quarantine("mallory", identity, "so"));
            assertDenied(identity, "lift", () -> bench.engine.lift("mallory", identity));
        }
        assertThat(bench.view("acme/handler").state()).isEqualTo(HandlerState.ACTIVE);
    }

    private void assertDenied(String identity, String action, Runnable call) {
        audited.clear();
        assertThatThrownBy(call::run)
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageStartingWith("mallory has no permission dispatcher:" + action + ":" + identity);
        assertThat(audited).containsExactly("mallory dispatcher:" + action + ":" + identity + " DENIED");
    }

    @Test
    void asksForNoPermissionToTakeOverWhereNobodyDecides() {
        bench.guard.unbind(access);
        var calls = new AtomicInteger();
        bench.handle("t", delivery -> {}, "symphony.subscription", "orders");
        bench.add(TestHandler.any(
                        new Owner("acme", new Version("2"), 8),
                        "t",
                        (EventHandler) delivery -> calls.incrementAndGet(),
                        "symphony.subscription",
                        "orders")
                .takingOver(true));
        bench.publish("t");
        Bench.await(() -> calls.get() == 1);
    }

    @Test
    void pausesForThoseWhoMay() {
        bench.handle("t", delivery -> {});
        denied.add("mallory dispatcher:pause:acme/handler");
        assertThatThrownBy(() -> bench.engine.pause("mallory", "acme/handler", true))
                .isInstanceOf(AccessDeniedException.class);
        assertThat(bench.engine.pause("admin", "acme/handler", true)).isTrue();
        assertThat(bench.engine.pause("admin", "acme/none", true)).isFalse();
        bench.publish("t");
        assertThat(bench.stats("acme/handler").paused()).isTrue();
        assertThat(bench.engine.pause("admin", "acme/handler", false)).isTrue();
        Bench.await(() -> bench.engine.stats().delivered() == 1);
    }
}

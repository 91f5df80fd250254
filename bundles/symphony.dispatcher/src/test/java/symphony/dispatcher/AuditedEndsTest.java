package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.SealException;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.event.TypedHandler;
import symphony.api.queue.DeadReason;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Decision;
import symphony.codec.CodecEngine;
import symphony.codec.CodecLimits;
import symphony.crypto.CryptoEngine;

/** What the trail has of events that end without being handled. */
@Timeout(120)
class AuditedEndsTest {
    private final Bench bench = new Bench("attempts", 1);
    private final Set<String> denied = ConcurrentHashMap.newKeySet();
    private final List<AuditEntry> entries = new CopyOnWriteArrayList<>();
    private final List<String> counted = new CopyOnWriteArrayList<>();
    private volatile RuntimeException failure;

    /** It is submitted what happens, and recorded that something was denied. */
    private final AuditSink sink = new AuditSink() {
        @Override
        public void record(AuditEntry entry) {}

        @Override
        public void submit(AuditEntry entry) {
            if (failure != null) {
                throw failure;
            }
            entries.add(entry);
        }

        @Override
        public void count(
                String action, String principal, String topic, String subscription, Outcome outcome, UUID eventId) {
            if (!outcome.equals(Outcome.DONE)) {
                counted.add(action + ' ' + principal + ' ' + topic + ' ' + subscription + ' ' + outcome);
            }
        }
    };

    @BeforeEach
    void audit() {
        bench.guard.bind(sink);
        bench.guard.bind((AccessControl)
                (principal, permission) -> new Decision(!denied.contains(principal + " " + permission), "a test's"));
        CapturedLog.clear();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void awaitReasons(DeadReason... reasons) {
        Bench.await(() -> entries.size() >= reasons.length);
        assertThat(entries)
                .extracting(entry -> entry.details().get("reason"))
                .containsExactlyInAnyOrder(
                        Arrays.stream(reasons).map(DeadReason::name).toArray(String[]::new));
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.actor()).isEqualTo("acme");
            assertThat(entry.action()).isEqualTo("event:dead");
            assertThat(entry.details()).containsOnlyKeys("reason", "subscription", "event");
            assertThat(entry.details()).containsEntry("subscription", "acme/handler");
        });
        assertThat(counted).as("not twice").isEmpty();
    }

    @Test
    void hasWhatIsGivenUpWithItsEventAndSubscriptionAndWithoutWhatTheHandlerSaid() {
        bench.handle("t", delivery -> {
            throw new IllegalStateException("the customer's name, perhaps");
        });
        var event = Event.on("t").id(new UUID(1, 2)).build();
        bench.publish(event);
        Bench.await(() -> !entries.isEmpty());
        assertThat(entries)
                .containsExactly(new AuditEntry(
                        "acme",
                        "event:dead",
                        "t",
                        Outcome.FAILED,
                        Map.of(
                                "reason",
                                "ATTEMPTS",
                                "subscription",
                                "acme/handler",
                                "event",
                                new UUID(1, 2).toString())));
    }

    @Test
    void hasWhatFindsItsSubscriptionFullAndWhatFollowsAnother() throws Exception {
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
                "symphony.order.key",
                "k",
                "symphony.order.failure",
                "take-along");
        for (int i = 0; i < 3; i++) {
            bench.publish(Event.on("t").with("k", "same").build());
        }
        gate.awaitEntered();
        gate.open();
        awaitReasons(DeadReason.OVERFLOW, DeadReason.ATTEMPTS, DeadReason.TAKEN_ALONG);
    }

    @Test
    void hasWhatExpiresAndWhatItsHandlerLeaves() {
        var handler = bench.handle("t", delivery -> {}, "symphony.grace", "0s");
        assertThat(bench.engine.pause("tester", "acme/handler", true)).isTrue();
        Instant before = Instant.now();
        bench.publish(Event.on("t").timeToLive(Duration.ofMillis(1)).build());
        bench.publish("t");
        Bench.await(() -> Instant.now().isAfter(before.plusMillis(500)));
        bench.engine.depart(handler.serviceId());
        Bench.await(() -> entries.size() == 2);
        assertThat(entries)
                .extracting(
                        AuditEntry::actor,
                        AuditEntry::action,
                        AuditEntry::target,
                        AuditEntry::outcome,
                        entry -> entry.details().get("reason"))
                .containsExactly(
                        tuple("acme", "event:expired", "t", Outcome.FAILED, null),
                        tuple("acme", "event:dead", "t", Outcome.FAILED, "HANDLER_GONE"));
    }

    private record Order(String customer, int amount) {}

    private static final class Orders implements TypedHandler<Order> {
        @Override
        public void handle(Order order, Delivery delivery) {
            throw new AssertionError("it does not fit");
        }
    }

    @Test
    void hasWhatDoesNotFitItsHandler() {
        bench.add(TestHandler.any(TestHandler.ACME, "t", new Orders(), "symphony.subscription", "handler"));
        bench.publish(Event.on("t").with("amount", "many").build());
        awaitReasons(DeadReason.MISMATCH);
    }

    @Test
    void hasWhatItsHandlerSaysAnotherAttemptWouldNotMend() {
        bench.handle(
                "t",
                delivery -> {
                    throw new IllegalStateException("never");
                },
                "symphony.no.retry",
                "java.lang.IllegalStateException");
        bench.publish("t");
        awaitReasons(DeadReason.NOT_RETRYABLE);
    }

    @Test
    void hasWhatIsAbandonedWithItsCall() throws Exception {
        var gate = new Gate();
        bench.handle("t", delivery -> gate.passStubbornly());
        bench.publish("t");
        gate.awaitEntered();
        bench.engine.departing(TestHandler.ACME.id());
        gate.open();
        awaitReasons(DeadReason.ABANDONED);
    }

    @Test
    void hasWhatHandlerOrPublisherMayNotAnyMore() throws Exception {
        var gate = new Gate();
        bench.handle("+", delivery -> gate.pass());
        bench.publish("a");
        gate.awaitEntered();
        bench.publish("b");
        bench.publish("c");
        denied.add("acme event:receive:b");
        denied.add("shop event:publish:c");
        gate.open();
        awaitReasons(DeadReason.DENIED, DeadReason.PUBLISHER_REVOKED);
        assertThat(entries).extracting(AuditEntry::outcome).containsOnly(Outcome.DENIED);
    }

    /** Keys that open nothing, since they are others or gone. */
    private EventSealer sealer(Set<String> destroyed) {
        EventSealer real = CryptoEngine.ephemeral(new CodecEngine(CodecLimits.DEFAULT));
        return (EventSealer) Proxy.newProxyInstance(
                AuditedEndsTest.class.getClassLoader(),
                new Class<?>[] {EventSealer.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "open" -> throw new SealException();
                    case "isDestroyed" -> !destroyed.isEmpty();
                    default -> {
                        try {
                            yield method.invoke(real, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }
                });
    }

    @Test
    void hasWhatCannotBeOpenedAndWhoseKeyWasDestroyed() {
        Set<String> destroyed = ConcurrentHashMap.newKeySet();
        bench.sealer = sealer(destroyed);
        bench.engine.close();
        bench.engine = bench.newEngine();
        bench.engine.start();
        bench.handle("t", delivery -> {});
        bench.publish("t");
        awaitReasons(DeadReason.UNREADABLE);
        destroyed.add("all");
        bench.publish("t");
        awaitReasons(DeadReason.UNREADABLE, DeadReason.KEY_DESTROYED);
    }

    /** Those that a queue gives up as the key is destroyed by force. */
    @Test
    void hasWhatIsGivenUpWithItsKey() {
        bench.handle("t", delivery -> {});
        assertThat(bench.engine.pause("tester", "acme/handler", true)).isTrue();
        bench.publish("t");
        bench.publish("t");
        int key = keyOf(bench.sealer.seal(CryptoContext.EVENT, Event.on("t").build(), new UUID(1, 1), 0, "shop"));
        assertThat(bench.queues.giveUp(CryptoContext.EVENT, key)).isEqualTo(2);
        awaitReasons(DeadReason.KEY_DESTROYED, DeadReason.KEY_DESTROYED);
    }

    private static int keyOf(Envelope envelope) {
        return envelope.keyId();
    }

    // ---- floods and failures ----

    @Test
    void countsWhatIsMoreThanAHundredASecond() {
        long now = bench.timer.nanoTime();
        bench.nanos = () -> now; // the second does not end
        int most = AuditedEnds.MOST_PER_SECOND;
        flood(most + 500);
        Bench.await(() -> entries.size() + counted.size() == most + 500);
        int recorded = entries.size();
        assertThat(recorded).isEqualTo(most);
        assertThat(counted).hasSize(500).containsOnly("event:dead acme t acme/handler FAILED");
        bench.nanos = () -> now + Duration.ofSeconds(1).toNanos();
        bench.publish("t");
        Bench.await(() -> entries.size() == most + 1);
    }

    private void flood(int events) {
        bench.handle(
                "t",
                delivery -> {
                    throw new IllegalStateException("never");
                },
                "symphony.capacity",
                10_000,
                "symphony.no.retry",
                "java.lang.IllegalStateException");
        bench.configure("quarantine.failures", 0);
        for (int i = 0; i < events; i++) {
            assertThat(bench.publish("t").accepted()).isEqualTo(1);
        }
    }

    @Test
    void countsWhatTheAuditDoesNotTakeAndSaysNothing() {
        failure = new AuditUnavailableException("the disk is full, a test says", null);
        flood(3);
        Bench.await(() -> counted.size() == 3);
        assertThat(entries).isEmpty();
        assertThat(CapturedLog.lines()).noneMatch(line -> line.contains("audit failed"));
        failure = new IllegalStateException("it is being replaced, a test says");
        bench.publish("t");
        Bench.await(() -> counted.size() == 4);
        Bench.await(() -> CapturedLog.lines().stream()
                .anyMatch(line ->
                        line.startsWith("WARN audit failed as it was told of event:dead on t for acme/handler")));
        assertThat(bench.stats("acme/handler").dead()).isEqualTo(4);
    }

    /** Else each would be a line of the log. */
    @Test
    void tellsNobodyWhereThereIsNoAudit() {
        var handled = new AtomicInteger();
        bench.guard.unbind(sink);
        flood(1);
        bench.handle("u", delivery -> handled.incrementAndGet(), "symphony.subscription", "other");
        Bench.await(() -> bench.dead().size() == 1);
        bench.publish("u");
        Bench.await(() -> handled.get() == 1);
        assertThat(CapturedLog.lines()).noneMatch(line -> line.contains("audit: event:dead"));
    }
}

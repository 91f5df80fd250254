package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.audit.AuditStatus;
import symphony.api.audit.AuditTrail;
import symphony.api.crypto.CryptoService;
import symphony.api.dispatcher.EventDispatcher;

/** What is told of audit and encryption to those who listen. */
@Timeout(120)
class HealthWatchTest {
    private static final String AUDIT = EventDispatcher.AUDIT_TOPIC;
    private static final String ENCRYPTION = EventDispatcher.ENCRYPTION_TOPIC;

    private final Bench bench = new Bench();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final HealthWatch watch = new HealthWatch(true, bench.engine.health());
    private volatile AuditStatus status = status(true, "");
    private volatile boolean isEncrypting = true;
    private final AuditTrail trail = service(AuditTrail.class, "status", () -> status);
    private final CryptoService crypto = service(CryptoService.class, "encrypting", () -> isEncrypting);
    private long seconds;

    /** What a service answers that has one method of interest. */
    private interface Answer {
        Object now();
    }

    private static <T> T service(Class<T> type, String method, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                HealthWatchTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        return answer.now();
                    }
                    throw new UnsupportedOperationException(called.getName());
                }));
    }

    private static AuditStatus status(boolean isWritable, String problem) {
        return new AuditStatus(isWritable, problem, Instant.EPOCH, true, 1, 1, 1, Optional.empty(), "");
    }

    @BeforeEach
    void listen() {
        bench.handle(
                "symphony/health/+",
                delivery ->
                        told.add(delivery.topic() + ' ' + delivery.publisher() + ' ' + new TreeMap<>(delivery.data())));
    }

    @AfterEach
    void close() {
        watch.close();
        bench.close();
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            watch.look(TimeUnit.SECONDS.toNanos(seconds++));
        }
    }

    private static String event(String topic, Map<String, String> data) {
        return topic + " symphony.dispatcher " + new TreeMap<>(data);
    }

    private void awaitTold(String... events) {
        Bench.await(() -> told.size() >= events.length);
        assertThat(told).containsExactly(events);
    }

    @Test
    void tellsThatTheTrailCannotBeWrittenAgainAndAgainUntilItCan() {
        watch.bind(trail);
        String critical = event(AUDIT, Map.of("state", "CRITICAL", "reason", "the disk is full, a test says"));
        look(20);
        status = status(false, ""); // it is being opened
        look(20);
        assertThat(told).as("all is well").isEmpty();
        status = status(false, "the disk is full, a test says");
        look(20);
        awaitTold(critical, critical);
        status = status(true, "");
        look(20);
        awaitTold(critical, critical, event(AUDIT, Map.of("state", "OK")));
    }

    @Test
    void tellsThatThereIsNoAuditWhereItIsRequiredAndNotIfItIsReplaced() {
        watch.bind(trail);
        look(3);
        watch.unbind(trail);
        look(9);
        watch.bind(trail);
        look(3);
        watch.unbind(trail);
        look(9);
        assertThat(told).isEmpty();
        look(3);
        String critical = event(
                AUDIT,
                Map.of("state", "CRITICAL", "reason", "no audit service is there: what needs an entry is refused"));
        awaitTold(critical);
        watch.bind(trail);
        look(1);
        awaitTold(critical, event(AUDIT, Map.of("state", "OK")));
    }

    @Test
    void tellsNothingOfAnAuditThatNobodyNeeds() {
        try (var open = new HealthWatch(false, bench.engine.health())) {
            for (int i = 0; i < 100; i++) {
                open.look(TimeUnit.SECONDS.toNanos(i));
            }
            look(11); // what this tells comes after all of that
        }
        Bench.await(() -> !told.isEmpty());
        assertThat(told).hasSize(1);
    }

    @Test
    void tellsThatEventsAreNotEncrypted() {
        watch.bind(trail);
        watch.bind(crypto);
        look(1);
        isEncrypting = false;
        look(1);
        String off = event(
                ENCRYPTION,
                Map.of("state", "WARN", "reason", "encryption is off: events are plaintext, for development only"));
        awaitTold(off);
        watch.unbind(crypto);
        look(1);
        isEncrypting = true;
        watch.bind(crypto);
        look(1);
        awaitTold(off, event(ENCRYPTION, Map.of("state", "OK")));
    }

    /** On a thread of its own, which a service that fails does not end. */
    @Test
    void looksEachSecondWhateverItIsToldByAServiceThatFails() {
        watch.bind(service(AuditTrail.class, "nothing", () -> null));
        watch.start();
        Bench.await(() -> CapturedLog.lines().stream()
                .anyMatch(line -> line.startsWith("WARN how audit and encryption stand could not be told")));
        status = status(false, "a test says so");
        watch.bind(trail);
        Bench.await(() -> !told.isEmpty());
        assertThat(told.get(0)).contains("CRITICAL", "a test says so");
    }
}

package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.component.Guard;

@Timeout(120)
class AuditedFailuresTest {
    private final BlockingQueue<AuditEntry> entries = new LinkedBlockingQueue<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicBoolean fails = new AtomicBoolean();
    private final Guard guard = new Guard(false);

    private final AuditSink sink = new AuditSink() {
        @Override
        public void record(AuditEntry entry) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (fails.getAndSet(false)) {
                throw new AuditUnavailableException("disk full", null);
            }
            entries.add(entry);
        }

        @Override
        public void count(String action, String actor, String topic, String subscription, Outcome outcome, UUID id) {}
    };

    private CryptoEngine engine(OpenFailures failures) {
        return engine(failures, Engines.keysets(Engines.key(1, KeyState.PRIMARY, 1)));
    }

    private static CryptoEngine engine(OpenFailures failures, Keysets keysets) {
        return new CryptoEngine(
                new TinyCodec(), keysets, SealSettings.defaults(), new HandClock(), new SecureRandom(), failures);
    }

    @Test
    void tellsTheAuditWithoutTheOneWhoOpensWaitingForIt() throws Exception {
        guard.bind(sink);
        var failures = new AuditedFailures(guard).start();
        var engine = engine(failures);
        var foreign = Engines.seal(Engines.engine());
        for (int i = 0; i < 1000; i++) { // the audit stands still meanwhile
            EnvelopeTest.assertSealException(catchThrowable(() -> engine.open(CryptoContext.EVENT, foreign)));
        }
        gate.countDown();
        AuditEntry first = next();
        engine.close();

        assertThat(first.actor()).isEqualTo("symphony.crypto");
        assertThat(first.action()).isEqualTo("crypto:open");
        assertThat(first.target()).isEqualTo("EVENT");
        assertThat(first.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(first.details()).containsEntry("reason", OpenFailure.COMMITMENT.text());
        long counted = count(first);
        if (counted < 1000) {
            counted += count(next()); // perhaps later than the second for which a stop waits
        }
        assertThat(counted).isEqualTo(1000);
        assertThat(entries).isEmpty();
    }

    /** Each is sealed with a key that is as it should be where it is sealed. */
    @Test
    void tellsTheAuditWhyAKeyDoesNotOpenAndTheCallerNothing() throws Exception {
        gate.countDown();
        guard.bind(sink);
        var failures = new AuditedFailures(guard).start();
        var engine = engine(
                failures,
                Engines.keysets(
                        Engines.key(1, KeyState.DISABLED, 1),
                        Engines.key(2, KeyState.DESTROYED, 0),
                        Engines.key(3, KeyState.PRIMARY, 3)));
        for (int id : new int[] {1, 2, 9}) {
            var sealed = Engines.seal(Engines.engine(Engines.keysets(Engines.key(id, KeyState.PRIMARY, id))));
            EnvelopeTest.assertSealException(catchThrowable(() -> engine.open(CryptoContext.EVENT, sealed))); // when
        }
        var reasons = List.of(reason(next()), reason(next()), reason(next()));
        engine.close();
        assertThat(reasons).containsExactlyInAnyOrder("key disabled 1", "key destroyed 2", "key unknown 9");
        assertThat(entries).isEmpty();
    }

    private static String reason(AuditEntry entry) {
        return entry.details().get("reason") + " " + entry.details().get("key");
    }

    private AuditEntry next() throws InterruptedException {
        AuditEntry next = entries.poll(60, TimeUnit.SECONDS);
        assertThat(next).as("an entry").isNotNull();
        return next;
    }

    private static long count(AuditEntry entry) {
        return Long.parseLong(entry.details().get("count"));
    }

    @Test
    void countsOnWhileTheAuditIsDown() throws Exception {
        gate.countDown();
        fails.set(true);
        guard.bind(sink);
        var failures = new AuditedFailures(guard).start();
        failures.add(CryptoContext.EVENT, OpenFailure.TAG, 4);
        AuditEntry later = next();
        failures.close();

        assertThat(count(later)).isEqualTo(1);
        assertThat(later.details()).containsEntry("key", "4");
    }

    @Test
    void refusesAlikeWhereSecurityIsRequiredAndNoAuditIsThere() {
        var failures = new AuditedFailures(new Guard(true)).start();
        var engine = engine(failures);
        var foreign = Engines.seal(Engines.engine());

        EnvelopeTest.assertSealException(catchThrowable(() -> engine.open(CryptoContext.EVENT, foreign)));
        engine.close();
    }
}

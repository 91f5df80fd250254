package symphony.dispatcher;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.AuditStatus;
import symphony.api.audit.AuditTrail;
import symphony.api.crypto.CryptoService;
import symphony.api.dispatcher.EventDispatcher;
import symphony.component.Excerpt;
import symphony.component.QuietLog;

/**
 * Looks each second how those stand that tell it only if asked, audit trail and encryption, and has that announced: as it
 * changes, and every ten seconds while it is not well, for those who came to listen since. Asks on a thread of its own, for
 * they are foreign services, and the disk of one of them may hang. Thread-safe; it looks on one thread only.
 */
final class HealthWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HealthWatch.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** For so long an audit may be away without being told of, as while its bundle is replaced. */
    private static final long AWAY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int MOST_REASON_CHARS = 500;
    private static final long STOP_MILLIS = 1000;

    private final QuietLog failures = new QuietLog(System::nanoTime);
    private final AtomicReference<AuditTrail> audit = new AtomicReference<>();
    private final AtomicReference<CryptoService> crypto = new AtomicReference<>();
    private final boolean required;
    private final Subject trail;
    private final Subject encryption;
    private final Thread thread;
    private Optional<Long> awaySince = Optional.empty(); // one thread only
    private volatile boolean closed;

    /**
     * Looks at nothing yet.
     *
     * @param required whether operations are refused while there is no audit
     * @param health announces
     */
    HealthWatch(boolean required, HealthEvents health) {
        this.required = required;
        this.trail = new Subject(EventDispatcher.AUDIT_TOPIC, "CRITICAL", health);
        this.encryption = new Subject(EventDispatcher.ENCRYPTION_TOPIC, "WARN", health);
        this.thread = new Thread(null, this::run, DispatcherEngine.PID + " health", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(HealthWatch.class.getClassLoader());
    }

    HealthWatch start() {
        thread.start();
        return this;
    }

    void bind(AuditTrail service) {
        audit.set(service);
    }

    void unbind(AuditTrail service) {
        audit.compareAndSet(service, null);
    }

    void bind(CryptoService service) {
        crypto.set(service);
    }

    void unbind(CryptoService service) {
        crypto.compareAndSet(service, null);
    }

    private void run() {
        while (!closed) {
            look(System.nanoTime());
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    /** One look, at a time of a clock that does not go backwards. */
    void look(long now) {
        trying(() -> lookAtEncryption(now));
        trying(() -> lookAtTrail(now));
    }

    /** One that fails, as of a service that is being replaced, does not keep the other from being told. */
    private void trying(Runnable look) {
        try {
            look.run();
        } catch (RuntimeException | Error e) { // whatever it is, the next look may be better
            failures.write(more -> log.warn(
                    "how audit and encryption stand could not be told; trying again in a second ({} more not told)",
                    more,
                    e));
        }
    }

    private void lookAtEncryption(long now) {
        CryptoService sealing = crypto.get();
        if (sealing != null) { // while it is away, what is known of it stays
            String off = "encryption is off: events are plaintext, for development only";
            encryption.stands(sealing.encrypting() ? "" : off, now);
        }
    }

    private void lookAtTrail(long now) {
        AuditTrail written = audit.get();
        if (written == null) {
            away(now);
        } else {
            awaySince = Optional.empty();
            AuditStatus status = written.status();
            if (status.isWritable() || !status.problem().isEmpty()) { // else it is about to begin
                trail.stands(status.isWritable() ? "" : Excerpt.of(status.problem(), MOST_REASON_CHARS), now);
            }
        }
    }

    private void away(long now) {
        long since = awaySince.orElse(now);
        awaySince = Optional.of(since);
        if (required && now - since >= AWAY_NANOS) {
            trail.stands("no audit service is there: what needs an entry is refused", now);
        }
    }

    /** What is looked at, and what was told of it last. One thread only. */
    private static final class Subject {
        private final String topic;
        private final String ill;
        private final HealthEvents health;
        private boolean isWell = true;
        private long toldNanos;

        Subject(String topic, String ill, HealthEvents health) {
            this.topic = topic;
            this.ill = ill;
            this.health = health;
        }

        /** Why it is not well; empty if it is. */
        void stands(String reason, long now) {
            boolean was = isWell;
            isWell = reason.isEmpty();
            if (isWell != was || !isWell && now - toldNanos >= AGAIN_NANOS) {
                toldNanos = now;
                health.standing(topic, isWell ? "OK" : ill, reason);
            }
        }
    }

    /** A look that is under way goes on for a second at most, or to its end. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

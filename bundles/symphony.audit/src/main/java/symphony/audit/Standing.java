package symphony.audit;

import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.audit.TrailWriter.State;
import symphony.component.QuietLog;

/** How the writer stands: whether what comes is taken and, if not, why; the log is told, too. Its thread changes it, any may ask. */
final class Standing {
    private static final Logger log = LoggerFactory.getLogger(Standing.class);

    private final InstantSource clock;
    private final Outage outage;
    private final QuietLog failures;

    // Made in advance: there may be no memory when they are needed.
    private final State broken;
    private final State stopped;

    private volatile State now;
    private volatile boolean hasStopped;

    // What it does, and since when, for a disk that does not answer.
    private volatile String doing = "";
    private volatile long sinceNanos = System.nanoTime();
    private volatile boolean isBusy;

    Standing(InstantSource clock, LongSupplier nanos, Outage outage) {
        this.clock = clock;
        this.outage = outage;
        this.failures = new QuietLog(nanos);
        long millis = clock.millis();
        this.now = new State("", null, millis);
        this.broken = new State(refusal("writing failed unexpectedly"), null, millis);
        this.stopped = new State(AuditEngine.PID + ": it has stopped", null, millis);
    }

    private static String refusal(String why) {
        return AuditEngine.PID + ": entries cannot be written: " + why;
    }

    // ---- by its thread ----

    /** Begins what may take long; the text is what to tell of it if it does. */
    void begin(String what) {
        doing = what;
        sinceNanos = System.nanoTime();
        isBusy = true;
    }

    /** It got on. */
    void progress() {
        sinceNanos = System.nanoTime();
    }

    /** There is nothing to do. */
    void rest() {
        isBusy = false;
    }

    boolean isDown() {
        return now.isDown();
    }

    /** Something was thrown; needs no memory. */
    void breakDown() {
        now = broken;
    }

    void down(String why, Throwable cause) {
        outage.begin(why);
        tell(why);
        log.debug("cause", cause);
        boolean wasDown = now.isDown() && now != broken;
        now = new State(refusal(why), cause, wasDown ? now.sinceMillis() : clock.millis());
    }

    void up() {
        if (now.isDown()) {
            now = new State("", null, clock.millis());
        }
    }

    /** For what is refused because it is down. */
    Fate refusal() {
        return Fate.refused(now.refusal(), now.cause());
    }

    // ---- by any thread ----

    /** Whatever comes is refused. */
    void stop() {
        hasStopped = true;
    }

    boolean hasStopped() {
        return hasStopped;
    }

    String doing() {
        return doing;
    }

    /** Who has not got on for that long is down. */
    State state(long timeoutNanos) {
        if (hasStopped) {
            return stopped;
        }
        State last = now;
        if (last.isDown() || !isStalled(timeoutNanos)) {
            return last;
        }
        long since = clock.millis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
        return new State(
                refusal("nothing was written for " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms: " + doing),
                null,
                since);
    }

    private boolean isStalled(long timeoutNanos) {
        return isBusy && System.nanoTime() - sinceNanos >= timeoutNanos;
    }

    /** Somebody was refused, or has waited too long: if that is because it does not get on, the log and the trail tell it. */
    void tellIfStalled(long timeoutNanos) {
        if (!hasStopped && !now.isDown() && isStalled(timeoutNanos)) {
            String why = doing;
            outage.begin(why);
            tell(why);
        }
    }

    /** Once for each outage, but not more than now and then. */
    private void tell(String why) {
        if (!outage.isTold()) {
            failures.write(more -> {
                outage.setTold();
                log.error(
                        "symphony.audit: entries cannot be written, and what needs one is refused; it is tried again: {}"
                                + " ({} more not told)",
                        why,
                        more);
            });
        }
    }
}

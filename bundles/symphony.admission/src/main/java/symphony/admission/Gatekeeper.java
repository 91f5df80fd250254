package symphony.admission;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.admission.AdmissionMode;
import symphony.component.QuietLog;

/**
 * Who the gates ask: the engine, which comes with the component. It may come later, never, or go meanwhile; then nothing passes but what was
 * there before. Thread-safe.
 */
final class Gatekeeper {
    private static final Logger log = LoggerFactory.getLogger(Gatekeeper.class);

    private final AdmissionMode mode;
    private final BundlesBefore before;
    private final long patienceNanos;
    private final QuietLog unjudged = new QuietLog(System::nanoTime);

    /** Null while nobody judges. Guarded by this monitor, as the next. */
    private AdmissionEngine engine;

    private long aloneSince = System.nanoTime();
    private boolean ended;

    /**
     * Alone yet.
     *
     * @param patience how long a dropped file waits for the engine, once it is not there
     */
    Gatekeeper(AdmissionMode mode, BundlesBefore before, Duration patience) {
        this.mode = mode;
        this.before = before;
        this.patienceNanos = patience.toNanos();
    }

    AdmissionMode mode() {
        return mode;
    }

    BundlesBefore before() {
        return before;
    }

    /** From now on it is asked. */
    synchronized void ask(AdmissionEngine newest) {
        engine = newest;
        notifyAll();
    }

    /** It is not asked any more. */
    synchronized void leave(AdmissionEngine former) {
        if (engine == former) {
            engine = null;
            aloneSince = System.nanoTime();
        }
    }

    /** Nobody waits any more. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    private synchronized Optional<AdmissionEngine> now() {
        return Optional.ofNullable(engine);
    }

    /** The engine, for which this waits a while. Not under a lock of the framework. */
    synchronized Optional<AdmissionEngine> soon() {
        try {
            while (engine == null && !ended) {
                long left = aloneSince + patienceNanos - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // File Install stops
        }
        return Optional.ofNullable(engine);
    }

    /** Whether a bundle may be resolved. */
    boolean mayRun(Bundle bundle) {
        if (mode != AdmissionMode.SIGNED || before.contains(bundle)) {
            return true;
        }
        Optional<AdmissionEngine> judge = now();
        if (judge.isEmpty()) {
            unjudged.write(more -> log.warn(
                    "{}: {} is not resolved, as nobody judges bundles; see why the component {} is not there ({} more not told)",
                    Admission.PID,
                    bundle,
                    Admission.class.getName(),
                    more));
        }
        return judge.isPresent() && judge.get().mayRun(bundle);
    }

    /** A bundle has been installed or updated. */
    void arrived(Bundle bundle) {
        before.arrived(bundle);
        now().ifPresent(judge -> judge.judge(bundle));
    }

    /** A bundle has gone. */
    void gone(Bundle bundle) {
        before.forget(bundle);
        now().ifPresent(judge -> judge.forget(bundle));
    }
}

package symphony.launcher;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.launch.Framework;

/**
 * Bounds the time from the first sign of a stop to the end of the process, whoever asks for it: a signal, the shell, the
 * end of a script, a bundle. When time is up the process ends without waiting for the bundles that still hold it.
 * Thread-safe.
 */
final class StopDeadline implements SynchronousBundleListener {
    /** Exit code of a stop that had to be cut off. */
    static final int CUT_OFF = 1;

    private final Framework framework;
    private final BundleContext context;
    private final long millis;
    private final Consumer<String> lines;
    private final Runnable halt;
    private final AtomicBoolean begun = new AtomicBoolean();

    /** @param halt ends the process at once; called at most once per stop, from a thread of this object */
    StopDeadline(Framework framework, long millis, Consumer<String> lines, Runnable halt) {
        this.framework = framework;
        this.context = framework.getBundleContext();
        this.millis = millis;
        this.lines = lines;
        this.halt = halt;
    }

    /** Begins to listen. Before any bundle starts: listeners are called in their order, and one of them may hang. */
    void listen() {
        context.addBundleListener(this);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPING && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
            begin();
        }
    }

    /** Stops the framework and waits for it; for the shutdown hook. */
    void stop() {
        begin();
        try {
            framework.stop();
            framework.waitForStop(0); // the deadline cuts it off
        } catch (BundleException e) {
            lines.accept("the framework cannot be stopped: " + Reason.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a stop has begun. */
    boolean hasBegun() {
        return begun.get();
    }

    private void begin() {
        if (begun.compareAndSet(false, true)) {
            var watch = new Thread(this::watch, "symphony-stop-deadline");
            watch.setDaemon(true);
            watch.start();
        }
    }

    private void watch() {
        try {
            FrameworkEvent end = framework.waitForStop(millis);
            if (end.getType() == FrameworkEvent.WAIT_TIMEDOUT) {
                lines.accept("not stopped within " + millis + " ms" + holders() + "; ending the process");
                halt.run();
            } else if (end.getType() == FrameworkEvent.STOPPED_UPDATE) {
                begun.set(false); // the framework starts again
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Names the bundles that are on their way down: the first place to look. */
    private String holders() {
        try {
            String names = Arrays.stream(context.getBundles())
                    .filter(bundle -> bundle.getState() == Bundle.STOPPING && bundle.getBundleId() != 0)
                    .map(Bundle::getSymbolicName)
                    .collect(Collectors.joining(", "));
            return names.isEmpty() ? "" : ", held by " + names;
        } catch (IllegalStateException e) {
            return ""; // the system bundle's context has ended while we asked
        }
    }
}

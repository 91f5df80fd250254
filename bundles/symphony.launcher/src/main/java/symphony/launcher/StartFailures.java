package symphony.launcher;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/**
 * Says, one line each, which bundles did not start; the start goes on without them. Ends when the start is over.
 *
 * <p>The framework tells of them from a thread of its own, and forgets what it has not told yet when it stops. A stop that
 * comes before the start is over, as by a short script, therefore waits a moment for those that are known to be due.
 */
final class StartFailures implements FrameworkListener, SynchronousBundleListener {
    private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final BundleContext context;
    private final Set<String> toldOf;
    private final Consumer<String> lines;
    /** Ids of the bundles that were told of. Guarded by this. */
    private final Set<Long> told = new HashSet<>();

    private StartFailures(BundleContext context, Set<String> toldOf, Consumer<String> lines) {
        this.context = context;
        this.toldOf = Set.copyOf(toldOf);
        this.lines = lines;
    }

    /** @param toldOf symbolic names of bundles of which nothing more needs to be said */
    static void listen(BundleContext context, Set<String> toldOf, Consumer<String> lines) {
        var failures = new StartFailures(context, toldOf, lines);
        context.addFrameworkListener(failures);
        context.addBundleListener(failures);
    }

    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.ERROR) {
            String name = event.getBundle().getSymbolicName();
            if (!toldOf.contains(name)) {
                lines.accept("bundle " + name + " did not start: " + Reason.of(event.getThrowable()));
            }
            tell(event.getBundle().getBundleId());
        } else if (event.getType() == FrameworkEvent.STARTED) {
            context.removeFrameworkListener(this); // from here on the log has them
            context.removeBundleListener(this);
        }
    }

    private synchronized void tell(long bundle) {
        told.add(bundle);
        notifyAll();
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPING && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
            awaitAllTold(failed(event.getBundle()));
        }
    }

    /** Those that should have started on the levels that the start has passed, and did not. */
    private Set<Long> failed(Bundle system) {
        int reached = system.adapt(FrameworkStartLevel.class).getStartLevel();
        var failed = new HashSet<Long>();
        Arrays.stream(context.getBundles())
                .filter(b -> b.getState() == Bundle.INSTALLED || b.getState() == Bundle.RESOLVED)
                .filter(b -> b.adapt(BundleStartLevel.class).isPersistentlyStarted())
                .filter(b -> b.adapt(BundleStartLevel.class).getStartLevel() < reached)
                .forEach(b -> failed.add(b.getBundleId()));
        return failed;
    }

    private synchronized void awaitAllTold(Set<Long> failed) {
        long end = System.nanoTime() + WAIT_NANOS;
        try {
            for (long left = WAIT_NANOS; left > 0 && !told.containsAll(failed); left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the stop goes on; it is for its thread to heed
        }
    }
}

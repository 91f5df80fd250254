package symphony.launcher;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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
 * <p>The framework tells of them from a thread of its own, and tells nothing more once it stops. Any bundle may stop it
 * before the start is over, as the shell does after a short script. So none starts before those of lower levels were told
 * of, or a moment has passed. Those that the stop leaves untold are said without their reason.
 */
final class StartFailures implements FrameworkListener, SynchronousBundleListener {
    private final BundleContext context;
    private final Set<String> toldOf;
    private final long millis;
    private final Consumer<String> lines;
    /** Those that the framework starts. Of what others install they are told themselves. */
    private final List<Bundle> bundles;
    /** Ids of the bundles that were told of. Guarded by this. */
    private final Set<Long> told = new HashSet<>();
    /** Ids of the bundles that a start has waited for: only once, or each start would. Guarded by this. */
    private final Set<Long> awaited = new HashSet<>();

    private StartFailures(BundleContext context, Set<String> toldOf, long millis, Consumer<String> lines) {
        this.context = context;
        this.toldOf = Set.copyOf(toldOf);
        this.millis = millis;
        this.lines = lines;
        this.bundles = List.of(context.getBundles());
    }

    /**
     * Begins to listen. After the bundles were installed, before any starts.
     * @param toldOf symbolic names of bundles of which nothing more needs to be said
     * @param millis how long to wait for what the framework has not told yet
     */
    static void listen(BundleContext context, Set<String> toldOf, long millis, Consumer<String> lines) {
        var failures = new StartFailures(context, toldOf, millis, lines);
        context.addFrameworkListener(failures);
        context.addBundleListener(failures);
    }

    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.ERROR) {
            say(event.getBundle(), Reason.of(event.getThrowable()));
        } else if (event.getType() == FrameworkEvent.STARTED) {
            context.removeFrameworkListener(this); // from here on the log has them
            context.removeBundleListener(this);
        }
    }

    private synchronized void say(Bundle bundle, String reason) {
        String name = bundle.getSymbolicName();
        if (!toldOf.contains(name)) {
            lines.accept("bundle " + name + " did not start: " + reason);
        }
        told.add(bundle.getBundleId());
        notifyAll();
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STARTING) {
            awaitOnce(ids(failed()));
        } else if (event.getType() == BundleEvent.STOPPING
                && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
            awaitAllTold(ids(failed())); // one may be on its way
            failed().forEach(this::sayUntold);
        }
    }

    /** Those that should have started on the levels that the start has passed, and did not. */
    private List<Bundle> failed() {
        int reached = context.getBundle().adapt(FrameworkStartLevel.class).getStartLevel();
        return bundles.stream()
                .filter(b -> b.getState() == Bundle.INSTALLED || b.getState() == Bundle.RESOLVED)
                .filter(b -> b.adapt(BundleStartLevel.class).isPersistentlyStarted())
                .filter(b -> b.adapt(BundleStartLevel.class).getStartLevel() < reached)
                .toList();
    }

    private static Set<Long> ids(List<Bundle> bundles) {
        return bundles.stream().map(Bundle::getBundleId).collect(Collectors.toSet());
    }

    private synchronized void awaitOnce(Set<Long> failed) {
        failed.removeAll(awaited);
        awaitAllTold(failed);
        awaited.addAll(failed);
    }

    private synchronized void awaitAllTold(Set<Long> failed) {
        long wait = TimeUnit.MILLISECONDS.toNanos(millis);
        long end = System.nanoTime() + wait;
        try {
            for (long left = wait; left > 0 && !told.containsAll(failed); left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the start or stop goes on; it is for its thread to heed
        }
    }

    private synchronized void sayUntold(Bundle bundle) {
        if (!told.contains(bundle.getBundleId())) {
            say(bundle, "the stop came before its reason was told");
        }
    }
}

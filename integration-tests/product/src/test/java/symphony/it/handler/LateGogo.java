package symphony.it.handler;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.hooks.service.ListenerHook;

/** Holds Gogo in the midst of its start until the shell that it has begun waits for it, or has ended. */
public final class LateGogo implements BundleActivator, ListenerHook {
    /** System property: Gogo is held before it looks for services whose filter has this in it. */
    public static final String HELD_AT = "gogo.held.at";

    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(100);

    @Override
    public void start(BundleContext context) {
        context.registerService(ListenerHook.class, this, null);
    }

    @Override
    public void added(Collection<ListenerInfo> listeners) {
        for (ListenerInfo listener : listeners) {
            String bundle = listener.getBundleContext().getBundle().getSymbolicName();
            if (bundle.equals("org.apache.felix.gogo.runtime")
                    && String.valueOf(listener.getFilter()).contains(System.getProperty(HELD_AT))) {
                hold();
            }
        }
    }

    private static void hold() {
        long end = System.nanoTime() + MOST_NANOS;
        while (shellGoesOn() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        System.out.println(shellGoesOn() ? "held in vain" : "held");
    }

    private static boolean shellGoesOn() {
        Map<Thread, StackTraceElement[]> threads = Thread.getAllStackTraces();
        return threads.keySet().stream().anyMatch(thread -> thread.getName().equals("Gogo shell"))
                && threads.values().stream().noneMatch(LateGogo::waitsForABundle);
    }

    /** On whichever of Gogo's threads. */
    private static boolean waitsForABundle(StackTraceElement[] stack) {
        return Arrays.stream(stack).anyMatch(frame -> frame.getMethodName().equals("acquireBundleLock"));
    }

    @Override
    public void removed(Collection<ListenerInfo> listeners) {
        // whoever goes is not held
    }

    @Override
    public void stop(BundleContext context) {
        // its service ends with it
    }
}

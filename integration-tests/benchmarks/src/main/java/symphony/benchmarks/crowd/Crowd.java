package symphony.benchmarks.crowd;

import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.EventHandler;
import symphony.api.event.HandlerConstants;
import symphony.benchmarks.load.Report;
import symphony.benchmarks.product.Started;
import symphony.benchmarks.scale.Heap;

/**
 * Services with a topic and a subscription each, as handlers or as something that nobody looks for, and what the heap has
 * grown by. One thread only.
 */
public final class Crowd {
    /** System property: {@link #HANDLERS} or {@link #PLAIN}, how many, and for how many seconds at most, with commas between. */
    public static final String PROPERTY = "bench.crowd";

    /** Services that become subscriptions. */
    public static final String HANDLERS = "handlers";

    /** Services that do not. */
    public static final String PLAIN = "plain";

    private final BundleContext context;
    private final boolean handlers;
    /** One for all: what a user's handlers take is not to be measured. */
    private final EventHandler handler = delivery -> {};

    private final Plain plain = new Plain();

    /** What nobody looks for. */
    private static final class Plain {}

    private Crowd(BundleContext context, boolean handlers) {
        this.context = context;
        this.handlers = handlers;
    }

    static void run(BundleContext context) {
        try {
            String[] parts = System.getProperty(PROPERTY, "").split(",");
            Started.await(context);
            var crowd = new Crowd(context, parts[0].equals(HANDLERS));
            System.out.println(crowd.measure(Integer.parseInt(parts[1]), Integer.parseInt(parts[2])));
        } catch (Throwable e) { // whatever it is, the process that waits for a result must know
            e.printStackTrace(System.out);
            System.out.println(Report.FAILED + e);
        }
    }

    private Report measure(int most, int seconds) throws InterruptedException {
        var dispatcher = Started.service(context, EventDispatcher.class);
        register(0);
        int there = dispatcher.stats().subscriptions();
        long before = Heap.used();
        long began = System.nanoTime();
        long deadline = began + TimeUnit.SECONDS.toNanos(seconds);
        int count = 0;
        while (count < most && System.nanoTime() < deadline) {
            register(++count);
        }
        long nanos = System.nanoTime() - began;
        long after = Heap.used();
        int subscriptions = dispatcher.stats().subscriptions() - there;
        if (subscriptions != (handlers ? count : 0)) {
            throw new IllegalStateException(
                    "there are " + subscriptions + " more subscriptions after " + count + " services were registered");
        }
        var report = new Report();
        report.add("count", count);
        report.add("seconds", nanos / 1e9);
        report.add("bytes", (after - before) / (double) count);
        return report;
    }

    private void register(int number) {
        var properties = new Hashtable<String, Object>(
                Map.of(HandlerConstants.TOPICS, "orders/t" + number, HandlerConstants.SUBSCRIPTION, "idle-" + number));
        if (handlers) {
            context.registerService(EventHandler.class, handler, properties);
        } else {
            context.registerService(Plain.class, plain, properties);
        }
    }
}

package symphony.it.container;

import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.FrameworkWiring;

/** Has a framework resolve bundles anew, and what is wired to them. */
final class Refresh {
    private Refresh() {}

    /** Returns when it is done. */
    static void of(BundleContext context, Collection<Bundle> bundles, Duration deadline) throws InterruptedException {
        var done = new CountDownLatch(1);
        context.getBundle(Constants.SYSTEM_BUNDLE_ID)
                .adapt(FrameworkWiring.class)
                .refreshBundles(bundles, event -> done.countDown());
        assertTrue("refreshed in time", done.await(deadline.toMillis(), TimeUnit.MILLISECONDS));
    }
}

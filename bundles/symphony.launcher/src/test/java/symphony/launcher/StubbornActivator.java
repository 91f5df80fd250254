package symphony.launcher;

import java.util.concurrent.CountDownLatch;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Does not stop before the latch among the system properties opens: one of the few objects both class loaders know. */
public final class StubbornActivator implements BundleActivator {
    static final String LATCH = "test.stubborn.latch";

    @Override
    public void start(BundleContext context) {
        // starts at once
    }

    @Override
    public void stop(BundleContext context) throws InterruptedException {
        ((CountDownLatch) System.getProperties().get(LATCH)).await();
    }
}

package symphony.it.handler;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.slf4j.LoggerFactory;

/** Logs one line as soon as it starts. */
public final class WarningBundle implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        LoggerFactory.getLogger(WarningBundle.class).warn("the first line");
    }

    @Override
    public void stop(BundleContext context) {
        // it has nothing to give back
    }
}

package symphony.dispatcher;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.dispatcher.StopReport;

/**
 * Tells the engine when bundles stop, before they do: at the time their services are unregistered it would be too late to
 * wait for all of them together. Listens with the system bundle's context, the only one that also hears the container stop.
 */
final class BundleWatch implements SynchronousBundleListener {
    private static final Logger log = LoggerFactory.getLogger(BundleWatch.class);

    private final BundleContext system;
    private final long own;
    private final DispatcherEngine engine;

    BundleWatch(BundleContext context, DispatcherEngine engine) {
        this.system = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getBundleContext();
        this.own = context.getBundle().getBundleId();
        this.engine = engine;
    }

    void open() {
        system.addBundleListener(this);
    }

    void close() {
        try {
            system.removeBundleListener(this);
        } catch (IllegalStateException e) {
            log.debug("the framework has stopped and its listeners with it", e);
        }
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        if (bundle.getBundleId() == own) {
            return;
        }
        if (event.getType() == BundleEvent.STOPPING) {
            stopping(bundle);
        } else if (event.getType() == BundleEvent.UNINSTALLED) {
            engine.gone(bundle.getBundleId());
        }
    }

    private void stopping(Bundle bundle) {
        if (bundle.getBundleId() != Constants.SYSTEM_BUNDLE_ID) {
            engine.departing(bundle.getBundleId());
            return;
        }
        StopReport report = engine.stop(engine.stopDeadline());
        if (report.leftInAll() > 0 || report.abandoned() > 0) {
            log.warn(
                    "stopped: {} events handled since, {} events left {}, {} calls abandoned; raise stop.deadline in PID {} if"
                            + " there should be more time",
                    report.drained(),
                    report.leftInAll(),
                    report.left(),
                    report.abandoned(),
                    DispatcherEngine.PID);
        } else {
            log.info("stopped: {} events handled since, none left", report.drained());
        }
    }
}

package symphony.it.handler;

import java.util.concurrent.locks.LockSupport;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Does not stop, whoever interrupts it. */
public final class StubbornBundle implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        // it is only there
    }

    @Override
    public void stop(BundleContext context) {
        System.out.println("stuck");
        while (true) {
            LockSupport.park();
            Thread.interrupted(); // else it would not park again
        }
    }
}

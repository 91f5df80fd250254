package symphony.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/**
 * Writes the start level at which it was started into the file {@code test.marker}, then stops the framework; if there is a
 * latch among the system properties, once that opens.
 */
public final class StoppingActivator implements BundleActivator {
    static final String LATCH = "test.stopping.latch";

    @Override
    public void start(BundleContext context) throws IOException, BundleException, InterruptedException {
        if (System.getProperties().get(LATCH) instanceof CountDownLatch latch) {
            latch.await(60, TimeUnit.SECONDS);
        }
        int level = context.getBundle(0).adapt(FrameworkStartLevel.class).getStartLevel();
        Files.writeString(Path.of(context.getProperty("test.marker")), "level " + level);
        context.getBundle(0).stop();
    }

    @Override
    public void stop(BundleContext context) {
        // has nothing to put away
    }
}

package symphony.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/** Writes the start level at which it was started into the file {@code test.marker}, then stops the framework. */
public final class StoppingActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) throws IOException, BundleException {
        int level = context.getBundle(0).adapt(FrameworkStartLevel.class).getStartLevel();
        Files.writeString(Path.of(context.getProperty("test.marker")), "level " + level);
        context.getBundle(0).stop();
    }

    @Override
    public void stop(BundleContext context) {
        // has nothing to put away
    }
}

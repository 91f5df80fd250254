package symphony.benchmarks.felix;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import symphony.benchmarks.load.Report;

/** Starts a framework with a contestant's bundles, then the one with the load. It runs until the process is ended. */
public final class Main {
    private Main() {}

    /** Arguments: folder for the framework's storage, folder with the contestant's bundles, the bundle with the load. */
    public static void main(String[] arguments) {
        try {
            run(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
        } catch (Exception e) { // whatever it is, the process that waits for a result must know
            e.printStackTrace(System.out);
            System.out.println(Report.FAILED + e);
            System.exit(1);
        }
    }

    private static void run(Path storage, Path folder, Path load) throws Exception {
        var factory = ServiceLoader.load(FrameworkFactory.class).iterator().next();
        Framework framework = factory.newFramework(Map.of(Constants.FRAMEWORK_STORAGE, storage.toString()));
        framework.start();
        List<Path> jars;
        try (Stream<Path> files = Files.list(folder)) {
            jars = new ArrayList<>(files.sorted().toList());
        }
        jars.add(load);
        var bundles = new ArrayList<Bundle>();
        for (Path jar : jars) {
            bundles.add(framework.getBundleContext().installBundle(jar.toUri().toString()));
        }
        for (Bundle bundle : bundles) {
            bundle.start();
        }
        framework.waitForStop(0);
    }
}

package symphony.launcher;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** The OSGi framework of the class path with the product's bundles, from its making to its end. */
final class Container {
    /** Ample: what is waited for was told to another thread of the framework already. */
    private static final long TELL_MILLIS = 500;

    /** The JDK's, as no bundle's class is seen from here; the bundle that keeps the log takes it over. */
    private static final Logger log = Logger.getLogger(Container.class.getName());

    private final Framework framework;
    private final StopDeadline deadline;
    private final Consumer<String> lines;

    private Container(Framework framework, long stopMillis, Consumer<String> lines) {
        this.framework = framework;
        this.lines = lines;
        this.deadline = new StopDeadline(
                framework, stopMillis, lines, () -> Runtime.getRuntime().halt(StopDeadline.CUT_OFF));
    }

    /**
     * Starts the framework, returns after its stop. From then on a shutdown hook of the JVM stops it in bounded time.
     * @param bundles the folder of the start levels
     * @param home where the framework keeps its cache, unless a property says otherwise
     * @param toldOf bundles whose reason not to start the user has been told already
     * @param stopMillis how long a stop may take before the process is ended
     * @param lines takes lines for the user
     */
    static void run(
            Path bundles,
            Path home,
            Map<String, String> properties,
            Set<String> toldOf,
            long stopMillis,
            Consumer<String> lines)
            throws LaunchException {
        SortedMap<Integer, List<Path>> levels = BundleLevels.of(bundles, highestLevel(properties));
        Framework framework = initialized(withStorage(home, properties));
        var container = new Container(framework, stopMillis, lines);
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(container.deadline::stop, "symphony-stop"));
        } catch (IllegalStateException e) { // the process is being ended already, and nothing runs yet
            container.deadline.stop();
            return;
        }
        try {
            container.start(levels, toldOf);
            container.await();
        } catch (LaunchException | IllegalStateException e) {
            boolean stopped = container.deadline.hasBegun();
            container.deadline.stop(); // threads of bundles may run already
            if (!stopped) { // else it is only what a stop in the middle of the start looks like
                throw e;
            }
        }
    }

    private static int highestLevel(Map<String, String> properties) throws LaunchException {
        String level = properties.getOrDefault(Constants.FRAMEWORK_BEGINNING_STARTLEVEL, "1");
        if (!level.matches("[1-9]\\d{0,8}")) {
            throw LaunchException.usage("conf/config.properties: " + Constants.FRAMEWORK_BEGINNING_STARTLEVEL + " is "
                    + level + ", must be a number from 1; the product comes with 100");
        }
        return Integer.parseInt(level);
    }

    private static Map<String, String> withStorage(Path home, Map<String, String> properties) {
        Map<String, String> result = new HashMap<>(properties);
        result.putIfAbsent(Constants.FRAMEWORK_STORAGE, home.resolve("cache").toString());
        return result;
    }

    private static Framework initialized(Map<String, String> properties) throws LaunchException {
        // The loader of this class: the thread's is null, on purpose (see Main).
        FrameworkFactory factory = ServiceLoader.load(FrameworkFactory.class, Container.class.getClassLoader())
                .findFirst()
                .orElseThrow(() ->
                        LaunchException.failure("no OSGi framework on the class path; unpack bin/framework.jar again"));
        Framework framework = factory.newFramework(properties);
        try {
            framework.init();
            return framework;
        } catch (BundleException e) {
            throw LaunchException.failure(
                    "the OSGi framework cannot use " + properties.get(Constants.FRAMEWORK_STORAGE), e);
        }
    }

    private void start(SortedMap<Integer, List<Path>> levels, Set<String> toldOf) throws LaunchException {
        BundleContext context = framework.getBundleContext();
        deadline.listen();
        new BundleInstaller(context).install(levels);
        StartFailures.listen(context, toldOf, TELL_MILLIS, lines);
        try {
            framework.start(); // returns when all levels are there
        } catch (BundleException e) {
            throw LaunchException.failure("the OSGi framework cannot start", e);
        }
        if (!deadline.hasBegun()) {
            log.log(
                    Level.INFO,
                    "started in {0} ms",
                    Long.toString(System.currentTimeMillis() - Launch.startedMillis()));
        }
    }

    private void await() throws LaunchException {
        try {
            while (framework.waitForStop(0).getType() == FrameworkEvent.STOPPED_UPDATE) {
                // an updated framework starts again by itself
                lines.accept("the framework restarts");
            }
        } catch (InterruptedException e) {
            throw LaunchException.failure("interrupted; stopping");
        }
    }
}

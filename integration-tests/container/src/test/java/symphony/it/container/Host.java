package symphony.it.container;

import static org.junit.Assert.assertNotEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/**
 * A framework in this process with nothing in it but what is installed here. Not one of Pax Exam, which brings bundles of its
 * own along, {@code slf4j-api} and another {@code pax-logging-api} among them: what a list of bundles lacks would come from
 * there. Standard output and standard error are kept while it is there; one thread only.
 */
final class Host {
    private static final Duration DEADLINE = Duration.ofSeconds(120);

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Random order;
    private final Framework framework;

    /** Starts it with further launch properties; the random numbers decide on the order of all that happens to several bundles. */
    Host(Path folder, Path home, Random order, Map<String, String> further) throws BundleException {
        this.order = order;
        var properties = new HashMap<>(further);
        properties.putAll(Map.of(
                "org.osgi.framework.storage",
                folder.resolve("cache").toString(),
                "symphony.home",
                home.toString(),
                "org.ops4j.pax.logging.DefaultServiceLog.level",
                "INFO",
                // Nothing from the class path of this test.
                "felix.bootdelegation.implicit",
                "false",
                "osgi.compatibility.bootdelegation",
                "false"));
        framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no framework on the class path"))
                .newFramework(properties);
        var kept = new PrintStream(printed, true, StandardCharsets.UTF_8) {
            /** Log4j closes it if it leaves while Gogo has System.out replaced: it takes the stream for one of its own. */
            @Override
            public void close() {
                flush();
            }
        };
        System.setOut(kept);
        System.setErr(kept);
        framework.start();
    }

    BundleContext context() {
        return framework.getBundleContext();
    }

    List<Bundle> install(Collection<Path> jars) throws BundleException {
        List<Bundle> bundles = new ArrayList<>();
        for (Path jar : shuffled(jars)) {
            bundles.add(context().installBundle(jar.toUri().toString()));
        }
        return bundles;
    }

    /** Installs all in one order, and starts all in another. */
    List<Bundle> add(Collection<Path> jars) throws BundleException {
        List<Bundle> bundles = shuffled(install(jars));
        for (Bundle bundle : bundles) {
            bundle.start();
        }
        return bundles;
    }

    /** Uninstalls all in one order, and has the framework forget them: what was wired to them is resolved anew. */
    void remove(Collection<Bundle> bundles) throws BundleException, InterruptedException {
        for (Bundle bundle : shuffled(bundles)) {
            bundle.uninstall();
        }
        Refresh.of(context(), bundles, DEADLINE);
    }

    <T> List<T> shuffled(Collection<T> things) {
        var shuffled = new ArrayList<>(things);
        Collections.shuffle(shuffled, order);
        return shuffled;
    }

    /** All that was printed so far. */
    String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    void stop() throws BundleException, InterruptedException {
        framework.stop();
        FrameworkEvent end = framework.waitForStop(DEADLINE.toMillis());
        assertNotEquals("stops in time", FrameworkEvent.WAIT_TIMEDOUT, end.getType());
    }

    /** Stops it, if it was not, and prints what it had to print. */
    void close() throws BundleException, InterruptedException {
        try {
            stop();
        } finally {
            System.setOut(out);
            System.setErr(err);
            out.print(printed());
        }
    }
}

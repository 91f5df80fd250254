package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** In a framework with the bundles that the README names for a host of the reader's own, and no other. */
public class EmbeddedIT {
    /** As a property, to repeat the order of a run. */
    private final long seed = Long.getLong("embedded.seed", new Random().nextLong());

    private Embedded system;

    @Before
    public void startAnEmptyHost() throws IOException, BundleException {
        System.out.println("EmbeddedIT: to repeat the order of this run, -Dembedded.seed=" + seed);
        system = new Embedded(EmbeddedIT.class, new Random(seed));
    }

    @After
    public void stop() throws BundleException, InterruptedException {
        system.close();
    }

    @Test
    public void whatTheReadmeNamesIsEnoughInAnyOrderOfStart() throws Exception {
        system.startWhatIsNeeded();
        var context = system.host().context();
        assertEquals(System.getProperty("framework"), context.getBundle(0).getSymbolicName());
        assertNull(context.getServiceReference("org.osgi.service.cm.ConfigurationAdmin"));
        for (Bundle bundle : context.getBundles()) {
            assertEquals(bundle.toString(), Bundle.ACTIVE, bundle.getState());
        }
        assertEquals("subscriptions that took it", 1, system.publish(1, Duration.ZERO));
        awaitHandled(1);
        system.publish(2, Duration.ofMillis(300));
        awaitHandled(2);
        system.awaitAccount(Embedded.allHandled(2));
        try (Stream<Path> keys = Files.list(system.home().resolve("keys"))) {
            assertTrue("keys lie in " + system.home(), keys.findAny().isPresent());
        }
        assertFalse("state elsewhere", Files.exists(Path.of("symphony-data")));
        system.assertNothingToWorryAbout();
    }

    private void awaitHandled(long number) {
        await("event " + number + " is handled")
                .atMost(Embedded.DEADLINE)
                .until(() -> system.received().numbers().contains(number));
    }
}

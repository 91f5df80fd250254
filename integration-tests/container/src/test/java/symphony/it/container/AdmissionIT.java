package symphony.it.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import symphony.it.handler.OrderActivator;
import symphony.it.handler.OrderHandler;

/** Admission in a host without a component runtime: nobody can judge, so nothing passes. */
public class AdmissionIT {
    private Path folder;
    private Host host;

    @Before
    public void start() throws Exception {
        folder = Product.folder(AdmissionIT.class);
        host = new Host(folder, folder.resolve("home"), new Random(1), Map.of("symphony.admission", "signed"));
    }

    @After
    public void stop() throws Exception {
        host.close();
    }

    @Test
    public void letsNothingBeResolvedWithoutAComponentRuntime() throws Exception {
        List<Bundle> bundles = host.add(List.of(Product.artifact("pax-logging-api"), Product.artifact("symphony.api")));
        bundles.addAll(host.add(List.of(Product.artifact("symphony.admission"))));
        bundles.forEach(each -> assertEquals(each.toString(), Bundle.ACTIVE, each.getState()));
        Path jar = Files.write(
                folder.resolve("plain.jar"),
                HandlerJar.of(OrderActivator.class, "it.plain", Map.of("Topics", "a/b"), OrderHandler.class));
        Bundle plain = host.install(List.of(jar)).get(0);
        assertThrows(BundleException.class, plain::start);
        assertEquals(Bundle.INSTALLED, plain.getState());
        assertTrue(host.printed(), host.printed().contains("is not resolved, as nobody judges bundles"));
        bundles.get(2).stop();
        plain.start();
        assertEquals("it can start otherwise", Bundle.ACTIVE, plain.getState());
    }
}

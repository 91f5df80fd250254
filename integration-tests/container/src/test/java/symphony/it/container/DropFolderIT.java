package symphony.it.container;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import symphony.api.event.Event;
import symphony.api.event.EventSystem;

/** Jars that are dropped into the folder, half-copied, twice, replaced, in two versions, and deleted. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class DropFolderIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    private Received received;
    private long next;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(DropFolderIT.class));
    }

    @Before
    public void listen() {
        received = new Received(context);
    }

    @After
    public void emptyTheFolder() throws IOException {
        try (var files = Files.list(load())) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        await().atMost(DEADLINE)
                .until(() -> Arrays.stream(context.getBundles())
                        .noneMatch(b -> String.valueOf(b.getSymbolicName()).startsWith("it.drop.")));
        received.close();
    }

    @Test
    public void aDroppedJarHandlesAndADeletedOneIsGone() throws Exception {
        drop("a.jar", HandlerJar.of("it.drop.a", "1.0.0", "it/drop/a"));
        awaitHandledBy("1.0.0", "it/drop/a");
        Files.delete(load().resolve("a.jar"));
        awaitNobodyWants("it/drop/a");
        assertNull(bundle("it.drop.a"));
    }

    @Test
    public void aReplacedJarHandlesWithItsNewCode() throws Exception {
        drop("b.jar", HandlerJar.of("it.drop.b", "1.0.0", "it/drop/b"));
        awaitHandledBy("1.0.0", "it/drop/b");
        try (var publisher = new Publisher(context, "it/drop/b")) {
            drop("b.jar", HandlerJar.of("it.drop.b", "1.0.1", "it/drop/b"));
            await().atMost(DEADLINE).until(() -> received.versions().contains("1.0.1"));
            received.awaitAll(publisher.stop(), DEADLINE);
        }
    }

    @Test
    public void aHalfCopiedJarHandlesOnceItIsWhole() throws Exception {
        byte[] whole = HandlerJar.of("it.drop.c", "1.0.0", "it/drop/c");
        Path file = load().resolve("c.jar");
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        // A marker that is dropped later and works shows that the folder was scanned since.
        drop("marker.jar", HandlerJar.of("it.drop.marker", "1.0.0", "it/drop/marker"));
        awaitHandledBy("1.0.0", "it/drop/marker");
        received.clear();
        Files.write(file, Arrays.copyOfRange(whole, whole.length / 2, whole.length), StandardOpenOption.APPEND);
        awaitHandledBy("1.0.0", "it/drop/c");
    }

    @Test
    public void theSameJarTwiceHandlesEachEventOnce() throws Exception {
        byte[] jar = HandlerJar.of("it.drop.d", "1.0.0", "it/drop/d");
        drop("d.jar", jar);
        awaitHandledBy("1.0.0", "it/drop/d");
        drop("d-copy.jar", jar);
        drop("marker.jar", HandlerJar.of("it.drop.marker", "1.0.0", "it/drop/marker"));
        awaitHandledBy("1.0.0", "it/drop/marker");
        assertEquals(1, publish("it/drop/d"));
    }

    @Test
    public void ofTwoVersionsTheNewerHandles() throws Exception {
        drop("e-1.0.jar", HandlerJar.of("it.drop.e", "1.0.0", "it/drop/e"));
        awaitHandledBy("1.0.0", "it/drop/e");
        received.clear();
        drop("e-1.1.jar", HandlerJar.of("it.drop.e", "1.1.0", "it/drop/e"));
        awaitHandledBy("1.1.0", "it/drop/e");
        received.clear();
        assertEquals(1, publish("it/drop/e"));
        await().atMost(DEADLINE).until(() -> received.numbers().contains(next));
        assertEquals(Set.of("1.1.0"), received.versions());
        Files.delete(load().resolve("e-1.1.jar"));
        awaitHandledBy("1.0.0", "it/drop/e");
    }

    @Test
    public void aJarThatIsDeletedWhileItStartsLeavesNothing() throws Exception {
        for (int i = 0; i < 10; i++) {
            drop("f.jar", HandlerJar.of("it.drop.f", "1.0." + i, "it/drop/f"));
            await().atMost(DEADLINE).until(() -> bundle("it.drop.f") != null);
            Files.delete(load().resolve("f.jar"));
            await().atMost(DEADLINE).until(() -> bundle("it.drop.f") == null);
        }
        awaitNobodyWants("it/drop/f");
    }

    @Test
    @SuppressWarnings("rawtypes")
    public void aJarThatIsDeletedWhileItsActivatorRunsIsGoneAfterwards() throws Exception {
        var starting = new CountDownLatch(1);
        var gate = new CountDownLatch(1);
        ServiceRegistration<Callable> registration = context.registerService(
                Callable.class,
                () -> {
                    starting.countDown();
                    return gate.await(DEADLINE.toSeconds(), SECONDS);
                },
                null);
        drop("h.jar", HandlerJar.of("it.drop.h", "1.0.0", "it/drop/h", Map.of("Waits", "yes")));
        assertTrue("it starts", starting.await(DEADLINE.toSeconds(), SECONDS));
        assertEquals(Bundle.STARTING, bundle("it.drop.h").getState());
        Files.delete(load().resolve("h.jar"));
        gate.countDown();
        await().atMost(DEADLINE).until(() -> bundle("it.drop.h") == null);
        awaitNobodyWants("it/drop/h");
        registration.unregister();
    }

    @Test
    public void whatIsNoBundleIsLeftAloneAndTheRestWorks() throws Exception {
        Files.writeString(load().resolve("notes.txt"), "not a bundle");
        Files.write(load().resolve("broken.jar"), new byte[] {1, 2, 3});
        drop("g.jar", HandlerJar.of("it.drop.g", "1.0.0", "it/drop/g"));
        awaitHandledBy("1.0.0", "it/drop/g");
    }

    private void awaitHandledBy(String version, String topic) {
        await(topic + " handled by " + version).atMost(DEADLINE).until(() -> {
            publish(topic);
            return received.versions().contains(version);
        });
    }

    private void awaitNobodyWants(String topic) {
        await(topic + " is not wanted").atMost(DEADLINE).until(() -> publish(topic) == 0);
    }

    private int publish(String topic) {
        return events.publish(Event.on(topic).with("n", ++next).build())
                .orThrow()
                .accepted();
    }

    private Bundle bundle(String symbolicName) {
        return Arrays.stream(context.getBundles())
                .filter(b -> symbolicName.equals(b.getSymbolicName()))
                .findFirst()
                .orElse(null);
    }

    /** By a rename, as README tells users to. */
    private void drop(String name, byte[] jar) throws IOException {
        Path made = Files.write(load().resolveSibling(name + ".part"), jar);
        Files.move(made, load().resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path load() {
        return Path.of(System.getProperty("symphony.it.load"));
    }
}

package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.inject.Inject;
import org.apache.felix.service.command.CommandProcessor;
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
import org.osgi.framework.BundleException;
import org.osgi.service.cm.ConfigurationAdmin;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.Subscription;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetterFilter;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.QueueProvider;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Permission;

/** Commands that do something, against the real parts, where security is required: quarantine, pauses, dead letters. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class CommandsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final int FAILURES = 3;
    private static final String HEALTH = "event:publish:symphony/health/quarantine";

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    @Inject
    private EventDispatcher dispatcher;

    @Inject
    private AccessControl access;

    @Inject
    private ConfigurationAdmin configurations;

    @Inject
    private CommandProcessor processor;

    private final List<Bundle> installed = new ArrayList<>();
    private final List<String> health = new CopyOnWriteArrayList<>();
    private Subscription healthEvents;
    private Received received;
    private LogLines log;
    private Shell shell;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(CommandsIT.class, policy(false)));
    }

    /** All may do everything, but that the dispatcher may not publish its health if not told so. */
    private static String policy(boolean mayTell) {
        String dispatcher =
                mayTell ? "" : ", \"symphony.dispatcher\": {\"grants\": [\"!event:publish:symphony/health/*\"]}";
        return "{\"version\": 1, \"bundles\": {\"*\": {\"grants\": [\"*:*:*\"]}" + dispatcher + "}}";
    }

    private void enforce(boolean mayTell) throws IOException {
        Path file = Path.of(context.getProperty("symphony.policy.file"));
        Path beside = Files.writeString(file.resolveSibling("policy.new"), policy(mayTell));
        Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rw-------"));
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        Permission telling = Permission.of(HEALTH);
        await("policy")
                .atMost(DEADLINE)
                .until(() -> access.decide("symphony.dispatcher", telling).allowed() == mayTell);
    }

    @Before
    public void begin() throws Exception {
        log = new LogLines(configurations);
        received = new Received(context);
        shell = new Shell(processor);
        configurations
                .getConfiguration("symphony.dispatcher", "?")
                .update(new Hashtable<>(
                        Map.of("quarantine.failures", FAILURES, "quarantine.wait", "1d", "quarantine.wait.max", "1d")));
        log.with(
                "symphony.dispatcher: configuration is now",
                "quarantine.failures=" + FAILURES,
                "quarantine.wait=PT24H");
        EventHandler told =
                delivery -> health.add(delivery.getString("subscription") + " " + delivery.getString("state"));
        healthEvents = events.subscribe("symphony/health/*", told);
    }

    @After
    public void end() throws BundleException {
        healthEvents.close();
        for (Bundle bundle : installed) {
            bundle.uninstall();
        }
        letters().list(DeadLetterFilter.ALL).forEach(letter -> letters().drop(letter.number()));
        shell.close();
        received.close();
    }

    // ---- bundles and events ----

    private static InputStream jar(String name, String version, String topics, boolean fails) {
        return new ByteArrayInputStream(
                HandlerJar.of(name, version, topics, fails ? Map.of("Fails", "always") : Map.of()));
    }

    private Bundle start(String name, String topics, boolean fails) throws BundleException {
        Bundle bundle = context.installBundle(name, jar(name, "1.0.0", topics, fails));
        installed.add(bundle);
        bundle.start();
        awaitState(name + "/counting", HandlerState.ACTIVE);
        return bundle;
    }

    private void publish(String topic, long number) {
        assertEquals(
                1,
                events.publish(Event.on(topic).with("n", number).build())
                        .orThrow()
                        .accepted());
    }

    private SubscriptionView subscription(String identity) {
        return dispatcher.subscriptions().stream()
                .filter(view -> view.identity().equals(identity))
                .findFirst()
                .orElseThrow();
    }

    private void awaitState(String identity, HandlerState state) {
        await(identity + " is " + state)
                .atMost(DEADLINE)
                .until(() -> dispatcher.subscriptions().stream()
                        .anyMatch(view -> view.identity().equals(identity) && view.state() == state));
    }

    private DeadLetters letters() {
        return context.getService(context.getServiceReference(QueueProvider.class))
                .deadLetters();
    }

    private void assertPrints(String line, String... texts) {
        String printed = shell.run(line);
        for (String text : texts) {
            assertTrue("'" + line + "' prints '" + text + "': " + printed, printed.contains(text));
        }
    }

    /** So many events fail that the subscription comes into quarantine. */
    private void failUntilQuarantined(String topic, String identity) {
        int before = letters().count();
        for (int n = 1; n <= FAILURES; n++) {
            publish(topic, n);
        }
        awaitState(identity, HandlerState.QUARANTINED);
        await("dead letters").atMost(DEADLINE).until(() -> letters().count() == before + FAILURES);
    }

    // ---- tests ----

    @Test
    public void aQuarantineIsSeenToldAndLiftedByAnUpdateOfTheBundleAndByTheCommand() throws Exception {
        String ill = "it.ill/counting";
        Bundle bundle = start("it.ill", "it/ill", true);
        assertPrints("symphony:quarantine list", "no subscription is in quarantine");
        // It cannot be told, since the policy does not grant it: the log says so.
        failUntilQuarantined("it/ill", ill);
        log.with(
                "WARN an event on symphony/health/quarantine was not published: symphony.dispatcher has no permission "
                        + HEALTH,
                "under access control symphony.dispatcher needs " + HEALTH);
        assertPrints("symphony:quarantine list", ill, "failed");
        assertEquals(List.of(), health);
        // It is lifted by an update, which handles what waits.
        enforce(true);
        publish("it/ill", 11);
        bundle.update(jar("it.ill", "1.0.1", "it/ill", false));
        awaitState(ill, HandlerState.ACTIVE);
        await().atMost(DEADLINE).until(() -> received.numbers().equals(Set.of(11L)));
        assertEquals(Set.of("1.0.1"), received.versions());
        await().atMost(DEADLINE).until(() -> health.equals(List.of(ill + " closed")));
        assertPrints("symphony:quarantine list", "no subscription is in quarantine");
        // It comes again and is told, and the command lifts it: what waits is tried.
        bundle.update(jar("it.ill", "1.0.2", "it/ill", true));
        failUntilQuarantined("it/ill", ill);
        await().atMost(DEADLINE).until(() -> health.equals(List.of(ill + " closed", ill + " open")));
        int dead = letters().count();
        publish("it/ill", 12);
        assertPrints("symphony:quarantine list", ill);
        assertPrints("symphony:quarantine lift " + ill, "the quarantine of " + ill + " is lifted");
        await().atMost(DEADLINE).until(() -> letters().count() == dead + 1);
        await().atMost(DEADLINE).until(() -> health.size() == 3 && health.get(2).equals(ill + " closed"));
        // An operator sets one.
        assertPrints("symphony:quarantine set " + ill + " --reason \"mail is slow\"", ill + " is in quarantine");
        awaitState(ill, HandlerState.QUARANTINED);
        assertPrints("symphony:quarantine list", ill, "mail is slow");
        assertPrints("symphony:quarantine lift " + ill, "is lifted");
        awaitState(ill, HandlerState.ACTIVE);
        assertPrints(
                "symphony:audit find --action dispatcher:lift --json",
                "\"target\":\"" + ill + "\"",
                "\"outcome\":\"DONE\"");
    }

    @Test
    public void whatIsPausedWaitsUntilItIsResumed() throws Exception {
        start("it.paused", "it/paused", false);
        String paused = "it.paused/counting";
        List<List<String>> turns = List.of(
                List.of("symphony:pause " + paused, "symphony:resume " + paused),
                List.of("symphony:pause --pool default", "symphony:resume --pool default"),
                List.of("symphony:pause --all", "symphony:resume --all"));
        for (int turn = 0; turn < turns.size(); turn++) {
            long number = turn + 1;
            assertPrints(turns.get(turn).get(0), "paused");
            publish("it/paused", number);
            assertEquals(1, subscription(paused).queue().waiting());
            assertEquals(turn, received.numbers().size());
            assertPrints(
                    "symphony:status",
                    turn == 2 ? "paused, see symphony:resume --all" : turn == 1 ? "PAUSED" : "1 not active");
            shell.run(turns.get(turn).get(1));
            await().atMost(DEADLINE).until(() -> received.numbers().contains(number));
        }
    }

    @Test
    public void deadLettersAreRedrivenByFilterAndADryRunTouchesNothing() throws Exception {
        Bundle bundle = start("it.dead", "it/dead/*", true);
        publish("it/dead/a", 1);
        publish("it/dead/b", 2);
        publish("it/dead/a", 3);
        await().atMost(DEADLINE).until(() -> letters().count() == 3);
        bundle.update(jar("it.dead", "1.0.1", "it/dead/*", false));
        awaitState("it.dead/counting", HandlerState.ACTIVE);
        List<Long> before = numbers();
        String shown = shell.run("symphony:dead redrive --all --topic it/dead/a --dry-run");
        assertEquals(
                shown,
                2,
                shown.lines().filter(line -> line.contains("it/dead/a")).count());
        assertTrue(shown, !shown.contains("it/dead/b"));
        assertEquals(before, numbers());
        assertPrints("symphony:dead redrive --all --topic it/dead/none", "0 events wait again");
        assertPrints("symphony:dead redrive --all --topic it/dead/a", "2 events wait again");
        await().atMost(DEADLINE).until(() -> received.numbers().equals(Set.of(1L, 3L)));
        assertEquals(1, letters().count());
        assertPrints(
                "symphony:dead redrive --all --subscription it.dead/counting --reason attempts", "1 event waits again");
        await().atMost(DEADLINE).until(() -> received.numbers().equals(Set.of(1L, 2L, 3L)));
        assertEquals(List.of(), numbers());
        assertPrints("symphony:audit find --action dead:redrive --json", "\"target\":\"it.dead/counting\"");
    }

    private List<Long> numbers() {
        return letters().list(DeadLetterFilter.ALL).stream()
                .map(DeadLetter::number)
                .toList();
    }
}

package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
import org.osgi.framework.Constants;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Permission;
import symphony.api.rbac.SecurityContexts;

/** Who it is that asks for a permission: the bundle of the service, on whichever thread, and whatever is bound to it. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class PrincipalIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final String CORE = "event:publish-as:* schedule:create-as:* event:publish:symphony/health/*";
    private static final String MINE = "it/mine";
    private static final String THEIRS = "it/theirs";

    private static int policies;

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    @Inject
    private AccessControl access;

    private Path home;
    private String probe;
    private Bundle other;

    @Configuration
    public Option[] productWithAccessControl() throws IOException {
        return options(
                Product.core(PrincipalIT.class),
                bundle(Product.artifact("symphony.rbac").toUri().toString()).startLevel(30));
    }

    @Before
    public void begin() throws Exception {
        home = Path.of(System.getProperty("symphony.it.load")).getParent();
        probe = context.getBundle().getSymbolicName();
        other = context.installBundle("it.other", HandlerJar.stream("it.other", "1.0.0", "it/nothing"));
        other.start();
    }

    @After
    public void end() throws Exception {
        other.uninstall();
    }

    /** Grants by bundle, separated by blanks; in force when it returns. */
    private void enforce(Map<String, String> bundles) throws IOException {
        Permission mark = Permission.of("it:may:policy-" + ++policies);
        var lines = new ArrayList<String>();
        bundles.forEach((name, grants) -> lines.add(entry(name, grants)));
        for (String core : List.of("symphony.dispatcher", "symphony.eventsystem", "symphony.scheduler")) {
            lines.add(entry(core, CORE));
        }
        lines.add(entry("it.marker", mark.toString()));
        Path beside = home.resolve("policy.new");
        Files.writeString(beside, "{\"version\": 1, \"bundles\": {" + String.join(", ", lines) + "}}");
        Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rw-------"));
        Files.move(beside, home.resolve("policy.json"), StandardCopyOption.ATOMIC_MOVE);
        await(mark.toString())
                .atMost(DEADLINE)
                .ignoreException(AccessUndecidedException.class) // before the first one
                .until(() -> access.decide("it.marker", mark).allowed());
    }

    private static String entry(String bundle, String grants) {
        return Stream.of(grants.split(" "))
                .map(grant -> '"' + grant + '"')
                .collect(Collectors.joining(", ", '"' + bundle + "\": {\"grants\": [", "]}"));
    }

    private static int publish(EventSystem by, String topic) {
        return by.publish(Event.on(topic).with("n", 1L).build()).orThrow().accepted();
    }

    private static void denied(String principal, String topic, Callable<?> call) {
        AccessDeniedException denied = assertThrows(AccessDeniedException.class, call::call);
        assertEquals(principal + " has no permission event:publish:" + topic, denied.getMessage());
    }

    @Test
    public void aThreadOfOnesOwnMayNoMoreAndNoLessThanItsBundle() throws Exception {
        enforce(Map.of(probe, "event:publish:it/mine", "it.other", "event:publish:it/theirs"));
        assertEquals(0, publish(events, MINE));
        assertEquals(0, onAThread(MINE));
        assertEquals(0, asynchronously(MINE));
        denied(probe, THEIRS, () -> publish(events, THEIRS));
        denied(probe, THEIRS, () -> onAThread(THEIRS));
        denied(probe, THEIRS, () -> asynchronously(THEIRS));
    }

    private int onAThread(String topic) throws Exception {
        var task = new FutureTask<>(() -> publish(events, topic));
        new Thread(task, "of one's own").start();
        try {
            return task.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private int asynchronously(String topic) throws Exception {
        try {
            return CompletableFuture.supplyAsync(() -> topic)
                    .thenApplyAsync(it -> publish(events, it))
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw (Exception) e.getCause();
        }
    }

    /** Who runs as another calls guarded methods as that one; what it publishes is its own all the same. */
    @Test
    public void whoRunsAsAnotherPublishesAsItself() throws Exception {
        enforce(Map.of(probe, "event:publish:it/mine context:run-as:it.other", "it.other", "event:publish:it/theirs"));
        var contexts = context.getService(context.getServiceReference(SecurityContexts.class));
        var as = contexts.of("it.other");
        assertEquals(0, (int) as.call(() -> publish(events, MINE)));
        denied(probe, THEIRS, () -> as.call(() -> publish(events, THEIRS)));
    }

    /**
     * Nothing of the caller's goes along. That it is the other bundle then is what the documentation says of contexts that
     * anybody may get.
     */
    @Test
    public void aServiceFromTheContextOfAnotherBundleMayWhatThatBundleMay() throws Exception {
        enforce(Map.of(
                probe,
                "event:publish:it/mine",
                "it.other",
                "event:publish:it/theirs",
                "*",
                "event:subscribe:it/any event:receive:it/any"));
        EventSystem theirs = from(other.getBundleContext());
        denied("it.other", MINE, () -> publish(theirs, MINE));
        assertEquals(0, publish(theirs, THEIRS));
        EventSystem ofTheFramework =
                from(context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getBundleContext());
        String framework = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getSymbolicName();
        denied(framework, MINE, () -> publish(ofTheFramework, MINE));
        denied(framework, THEIRS, () -> publish(ofTheFramework, THEIRS));
        EventHandler handler = delivery -> {};
        events.subscribe("it/any", handler).close(); // as all bundles may
        assertThrows(AccessDeniedException.class, () -> ofTheFramework.subscribe("it/any", handler));
        other.stop();
        assertEquals(
                List.of(Refusal.Reason.CLOSED),
                theirs.publish(Event.on(THEIRS).build()).refusals().stream()
                        .map(Refusal::reason)
                        .toList());
    }

    /** The framework's finds no service of a package that it has not, but gets what somebody else has found. */
    private EventSystem from(BundleContext other) {
        return other.getService(context.getServiceReference(EventSystem.class));
    }

    @Test
    public void whatIsScheduledIsNotPublishedOnceItsOwnerIsOutOfThePolicy() throws Exception {
        Schedule schedule = removedFromThePolicyWhileItWaits();
        await().atMost(DEADLINE).until(() -> schedule.state() == Schedule.State.REFUSED);
        assertEquals(
                probe + " has no permission event:publish:it/later",
                schedule.refusal().orElseThrow().detail());
    }

    /** Once more with more time if it was published before. */
    private Schedule removedFromThePolicyWhileItWaits() throws IOException {
        for (long seconds = 4; ; seconds *= 2) {
            enforce(Map.of(probe, "schedule:create:it/later event:publish:it/later"));
            Event event = Event.on("it/later").build();
            Schedule schedule =
                    events.schedule(event, Duration.ofSeconds(seconds)).orThrow();
            enforce(Map.of("it.other", "event:publish:it/later"));
            if (schedule.next().filter(Instant.now()::isBefore).isPresent()) {
                return schedule;
            }
        }
    }
}

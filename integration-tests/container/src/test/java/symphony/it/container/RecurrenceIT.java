package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
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
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.condition.Condition;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.Recurrence;
import symphony.api.event.Schedule;
import symphony.api.event.Subscription;
import symphony.api.scheduler.EventScheduler;

/** Recurrences of a bundle, while the scheduler and that bundle come and go. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class RecurrenceIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final Duration PERIOD = Duration.ofMillis(50);

    @Inject
    private BundleContext context;

    private final Map<String, List<UUID>> received = new ConcurrentHashMap<>();
    private final List<String> publishers = new CopyOnWriteArrayList<>();
    private Subscription subscription;
    private Bundle owner;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(RecurrenceIT.class));
    }

    @Before
    public void begin() throws Exception {
        awaitReady();
        owner = context.installBundle("it.clock", HandlerJar.stream("it.clock", "1.0.0", "it/nobody"));
        owner.start();
        EventHandler handler = this::receive;
        subscription = events(context.getBundle()).subscribe("it/clock/*", handler);
    }

    private void receive(Delivery delivery) {
        publishers.add(delivery.publisher());
        received.computeIfAbsent(delivery.topic(), topic -> new CopyOnWriteArrayList<>())
                .add(delivery.id());
    }

    @After
    public void end() throws Exception {
        subscription.close();
        owner.uninstall();
        assertEquals(0, scheduler().count());
    }

    @Test
    public void aRecurrenceGoesOnOverARestartOfTheSchedulerAndAKeptOneOverThatOfItsOwnerToo() throws Exception {
        Schedule kept = schedule("it/clock/kept", Recurrence.fixedRate(PERIOD).keptWithoutOwner());
        Schedule delay =
                schedule("it/clock/delay", Recurrence.fixedDelay(PERIOD).keptWithoutOwner());
        Schedule cron = schedule(
                "it/clock/cron",
                Recurrence.cron("* * * * * *", ZoneId.of("Europe/Berlin")).keptWithoutOwner());
        Schedule ended = schedule("it/clock/ended", Recurrence.fixedRate(PERIOD));
        List<Schedule> all = List.of(kept, delay, cron, ended);
        awaitMore(all);
        restartScheduler();
        awaitMore(all);
        for (Schedule schedule : all) {
            Schedule now = scheduler().find(schedule.id()).orElseThrow();
            assertEquals(schedule.recurrence(), now.recurrence());
            assertEquals(Schedule.State.WAITING, schedule.state());
        }
        owner.stop();
        assertEquals(Schedule.State.CANCELLED, ended.state());
        List<Schedule> left = List.of(kept, delay, cron);
        awaitMore(left);
        restartScheduler(); // which finds them without an owner
        awaitMore(left);
        owner.start();
        awaitMore(left);
        for (Schedule schedule : left) {
            assertTrue(schedule.cancel()); // by its handle from before all this
            assertEquals(Schedule.State.CANCELLED, schedule.state());
        }
        assertEquals(0, scheduler().count());
        for (Schedule schedule : all) {
            List<UUID> ids = received.get(schedule.topic());
            await(schedule.topic()).atMost(DEADLINE).until(() -> ids.size() >= schedule.fired());
            assertEquals(
                    "each event once", schedule.fired(), ids.stream().distinct().count());
            assertEquals(schedule.fired(), ids.size());
        }
        assertTrue(publishers.stream().allMatch("it.clock"::equals));
    }

    @Test
    public void aCronExpressionThatCannotBeIsRefusedWithItsReason() {
        String faulty = assertThrows(
                        IllegalArgumentException.class,
                        () -> schedule("it/clock/no", Recurrence.cron("0 25 * * *", ZoneId.of("UTC"))))
                .getMessage();
        assertTrue(faulty, faulty.contains("'0 25 * * *': the hour is '25'"));
        String never = assertThrows(
                        IllegalArgumentException.class,
                        () -> schedule("it/clock/no", Recurrence.cron("0 0 30 2 *", ZoneId.of("UTC"))))
                .getMessage();
        assertTrue(never, never.contains("'0 0 30 2 *' never comes true"));
    }

    private Schedule schedule(String topic, Recurrence recurrence) {
        return events(owner).schedule(Event.on(topic).build(), recurrence).orThrow();
    }

    /** Events that arrive after this was called. */
    private void awaitMore(List<Schedule> schedules) {
        for (Schedule schedule : schedules) {
            int before = received.getOrDefault(schedule.topic(), List.of()).size();
            await(schedule.topic())
                    .atMost(DEADLINE)
                    .until(() ->
                            received.getOrDefault(schedule.topic(), List.of()).size() > before + 1);
        }
    }

    private void restartScheduler() throws Exception {
        Bundle scheduler = Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals("symphony.scheduler"))
                .findFirst()
                .orElseThrow();
        scheduler.stop();
        scheduler.start();
        awaitReady();
    }

    private static EventSystem events(Bundle caller) {
        BundleContext its = caller.getBundleContext();
        return its.getService(its.getServiceReference(EventSystem.class));
    }

    private EventScheduler scheduler() {
        return context.getService(context.getServiceReference(EventScheduler.class));
    }

    private void awaitReady() {
        await("symphony.ready").atMost(DEADLINE).until(this::isReady);
    }

    private boolean isReady() throws InvalidSyntaxException {
        return !context.getServiceReferences(Condition.class, "(osgi.condition.id=symphony.ready)")
                .isEmpty();
    }
}

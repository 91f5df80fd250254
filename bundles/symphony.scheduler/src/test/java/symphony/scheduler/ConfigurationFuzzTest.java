package symphony.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.scheduler.SchedulerRig.event;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import java.util.function.BooleanSupplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;
import symphony.api.event.Schedule.State;

/**
 * Whatever stands in a configuration: it is in force as a whole, or nothing of it; nothing is thrown at declarative services,
 * and events are scheduled and published as before.
 */
class ConfigurationFuzzTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String REFUSED = "refused";
    private static final int MOST_TRIED = 5;

    private static Path storage;
    private static Framework framework;
    private static TimerEngine timer;

    @BeforeContainer
    static void start() throws IOException, BundleException {
        storage = Files.createTempDirectory("symphony-fuzz");
        framework = new FrameworkFactory()
                .newFramework(Map.of(Constants.FRAMEWORK_STORAGE, storage.toString(), "felix.log.level", "0"));
        framework.start();
        timer = new TimerEngine();
    }

    @AfterContainer
    static void stop() throws Exception {
        timer.close();
        framework.stop();
        framework.waitForStop(10_000);
        try (var files = Files.walk(storage)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        }
    }

    @Provide
    Arbitrary<List<Map<String, Object>>> changes() {
        Arbitrary<String> keys = Arbitraries.of(Arrays.stream(DelayedEvents.Config.class.getDeclaredMethods())
                .map(key -> key.getName().replace('_', '.'))
                .sorted()
                .toList());
        Arbitrary<Object> likely = Arbitraries.of("0", 1, 2L, "3", 10_000_000, "5s", "1d");
        Arbitrary<Object> hostile = Arbitraries.of(
                new String[] {"5"},
                new int[] {1, 2},
                new byte[0],
                new Vector<>(List.of("1s")),
                Map.of("a", 1),
                'x',
                true,
                (short) -1,
                Double.NaN,
                Long.MIN_VALUE,
                new BigDecimal("1e1000000"),
                "",
                " ",
                "PT-5S",
                "\u0000\u001b[31m",
                "9".repeat(300),
                "\ud800",
                new Object());
        Arbitrary<Object> random = Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(12).map(text -> text),
                Arbitraries.integers().map(number -> number),
                Arbitraries.doubles().map(number -> number));
        return Arbitraries.maps(
                        keys, Arbitraries.frequencyOf(Tuple.of(6, likely), Tuple.of(2, hostile), Tuple.of(1, random)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    @Property(tries = 200)
    void schedulesByTheLastConfigurationThatIsGood(@ForAll("changes") List<Map<String, Object>> changes)
            throws InterruptedException {
        var dispatcher = new RecordingDispatcher();
        dispatcher.answer(event -> event.topic().equals(REFUSED)
                ? RecordingDispatcher.refused(event, 0)
                : RecordingDispatcher.accepted(event));
        var scheduler = new DelayedEvents(changes.get(0), framework.getBundleContext(), timer);
        scheduler.bindSealer(new MapSealer());
        scheduler.bindDispatcher(dispatcher);
        ScheduleLimits limits = ScheduleLimits.of(ScheduleLimits.KEYS.orDefaults(changes.get(0)));
        assertHolds(scheduler, dispatcher, limits);
        for (Map<String, Object> change : changes.subList(1, changes.size())) {
            scheduler.modified(change);
            limits = ifGood(change, limits);
            assertHolds(scheduler, dispatcher, limits);
        }
        scheduler.deactivate();
    }

    private static ScheduleLimits ifGood(Map<String, Object> change, ScheduleLimits before) {
        var limits = new ScheduleLimits[] {before};
        ScheduleLimits.KEYS.ifValid(change, values -> limits[0] = ScheduleLimits.of(values));
        return limits[0];
    }

    private static void assertHolds(DelayedEvents scheduler, RecordingDispatcher dispatcher, ScheduleLimits limits)
            throws InterruptedException {
        List<Schedule> later = fill(scheduler, Math.min(limits.schedules(), MOST_TRIED));
        if (limits.schedules() <= MOST_TRIED) {
            Schedule more = scheduler.engine().schedule(event("later"), owner(), HOUR);
            assertThat(more.refusal().orElseThrow().reason()).isEqualTo(Refusal.Reason.LIMIT);
        }
        assertThat(later).allMatch(Schedule::cancel);
        assertThat(scheduler
                        .engine()
                        .schedule(event("now"), owner(), Duration.ZERO)
                        .refusal())
                .isEmpty();
        assertThat(dispatcher.next().topic()).isEqualTo("now");
        fill(scheduler, 1).forEach(Schedule::cancel);
        if (limits.retryTime().isZero()) {
            Schedule refused = scheduler.engine().schedule(event(REFUSED), owner(), Duration.ZERO);
            await(() -> refused.state() == State.REFUSED);
            assertThat(dispatcher.next().topic()).isEqualTo(REFUSED);
        }
    }

    /** Until so many wait: an event gives its place back a moment after it was dispatched. */
    private static List<Schedule> fill(DelayedEvents scheduler, int most) {
        var waiting = new ArrayList<Schedule>();
        await(() -> {
            Schedule schedule = scheduler.engine().schedule(event("later"), owner(), HOUR);
            if (schedule.state() == State.WAITING) {
                waiting.add(schedule);
            }
            return waiting.size() == most;
        });
        return waiting;
    }

    private static String owner() {
        return framework.getSymbolicName();
    }

    private static void await(BooleanSupplier condition) {
        var deadline = Instant.now().plusSeconds(60);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("it did not come to that").isBefore(deadline);
            Thread.onSpinWait();
        }
    }
}

package symphony.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.scheduler.SchedulerRig.OWNER;
import static symphony.scheduler.SchedulerRig.event;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Event;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;
import symphony.api.event.Schedule.State;
import symphony.component.Guard;

/** Each key, changed while events are scheduled and become due: what it does is done from then on, and no event is lost. G11. */
@Timeout(120)
class LiveEffectTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String REFUSED = "refused";
    private static final int THREADS = 2;
    private static final long PAUSE_NANOS = 100_000;

    private final TimerEngine timer = new TimerEngine();
    private final EventSchedulerEngine engine = new EventSchedulerEngine(
            timer,
            Clock.systemUTC(),
            new Guard(false),
            ScheduleLimits.DEFAULT,
            new ConcurrentHashMap<>(),
            owner -> true);
    private final RecordingDispatcher dispatcher = new RecordingDispatcher();
    private final Map<String, Object> config = new HashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Set<UUID> accepted = ConcurrentHashMap.newKeySet();
    private final Map<UUID, Integer> published = new ConcurrentHashMap<>();
    private final AtomicLong offers = new AtomicLong();
    private final AtomicLong limited = new AtomicLong();
    private volatile boolean open = true;

    LiveEffectTest() {
        dispatcher.answer(this::answer);
        engine.bind(new MapSealer());
        engine.bind(dispatcher);
        for (int i = 0; i < THREADS; i++) {
            var thread = new Thread(this::schedule);
            thread.start();
            threads.add(thread);
        }
    }

    @AfterEach
    void close() throws InterruptedException {
        end();
        engine.close();
        timer.close();
    }

    private Receipt answer(Event event) {
        if (event.topic().equals(REFUSED)) {
            offers.incrementAndGet();
            return RecordingDispatcher.refused(event, 0);
        }
        published.merge(event.id().orElseThrow(), 1, Integer::sum);
        return RecordingDispatcher.accepted(event);
    }

    private void schedule() {
        while (open) {
            if (!isTaken(engine.schedule(event("t"), OWNER, Duration.ofMillis(1)))) {
                limited.incrementAndGet();
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private boolean isTaken(Schedule schedule) {
        boolean taken = schedule.state() != State.REFUSED;
        if (taken) {
            accepted.add(schedule.id());
        } else {
            assertThat(schedule.refusal().orElseThrow().reason()).isEqualTo(Refusal.Reason.LIMIT);
        }
        return taken;
    }

    /** As the component does it. */
    private boolean set(String key, Object value) {
        config.put(key, value);
        return apply(config);
    }

    private boolean apply(Map<String, Object> changed) {
        return ScheduleLimits.KEYS.ifValid(changed, values -> engine.apply(ScheduleLimits.of(values)));
    }

    private void refuses(String key, Object bad) {
        var changed = new HashMap<>(config);
        changed.putAll(Map.of("schedules.max", 5_000_000, "retry.time", "1d"));
        changed.put(key, bad);
        assertThat(apply(changed)).isFalse();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline)
                    .as("it did not come to that")
                    .isNegative();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Events become due and are published as before. */
    private void progress(int events) {
        int before = published.size();
        await(() -> published.size() >= before + events);
    }

    private void limited(int events) {
        long before = limited.get();
        await(() -> limited.get() >= before + events);
    }

    private void end() throws InterruptedException {
        open = false;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Each event that was accepted is published once. */
    private void endsWithNothingLost() throws InterruptedException {
        end();
        await(() -> engine.count() == 0 && published.size() >= accepted.size()); // the last may still be on its way
        assertThat(published.keySet()).isEqualTo(accepted);
        assertThat(published.values()).containsOnly(1);
    }

    /** Takes so many places, until nobody else has one, with events that wait for an hour. */
    private void fill(List<Schedule> waiting, int most) {
        await(() -> {
            Schedule schedule = engine.schedule(event("later"), OWNER, HOUR);
            if (schedule.state() == State.WAITING) {
                waiting.add(schedule);
            }
            return waiting.size() == most;
        });
    }

    @Test
    void asManyEventsWaitAsConfigured() throws Exception {
        var waiting = new ArrayList<Schedule>();
        progress(200);
        set("schedules.max", 50);
        fill(waiting, 50);
        limited(20);
        assertThat(engine.count()).isEqualTo(50);
        set("schedules.max", 80);
        fill(waiting, 80);
        limited(20);
        refuses("schedules.max", "many");
        limited(20);
        assertThat(engine.count()).isEqualTo(80);
        set("schedules.max", 10);
        limited(20);
        assertThat(engine.count()).as("none is given up").isEqualTo(80);
        waiting.subList(10, 80).forEach(Schedule::cancel);
        limited(20);
        assertThat(engine.count()).isEqualTo(10);
        waiting.subList(0, 2).forEach(Schedule::cancel);
        progress(200);
        assertThat(engine.count()).isLessThanOrEqualTo(10);
        waiting.forEach(Schedule::cancel);
        progress(200);
        endsWithNothingLost();
    }

    @Test
    void whatIsRefusedIsOfferedAgainForAsLongAsConfigured() throws Exception {
        set("retry.time", "1h");
        Schedule patient = engine.schedule(event(REFUSED), OWNER, Duration.ZERO);
        await(() -> offers.get() >= 3);
        progress(50);
        assertThat(patient.refusal()).isEmpty();
        set("retry.time", "0");
        await(() -> patient.state() == State.REFUSED);
        isOfferedOnce();
        refuses("retry.time", "2d");
        isOfferedOnce();
        set("retry.time", "1d");
        long before = offers.get();
        Schedule again = engine.schedule(event(REFUSED), OWNER, Duration.ZERO);
        await(() -> offers.get() >= before + 3);
        assertThat(again.refusal()).isEmpty();
        set("retry.time", "0");
        await(() -> again.state() == State.REFUSED);
        endsWithNothingLost();
    }

    private void isOfferedOnce() {
        long before = offers.get();
        Schedule hasty = engine.schedule(event(REFUSED), OWNER, Duration.ZERO);
        await(() -> hasty.state() == State.REFUSED);
        assertThat(offers).hasValue(before + 1);
    }
}

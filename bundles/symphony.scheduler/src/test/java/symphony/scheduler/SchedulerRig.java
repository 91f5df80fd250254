package symphony.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import symphony.api.event.Event;
import symphony.component.Guard;

/** A scheduler with clocks that are moved by hand, and what it works with. */
final class SchedulerRig implements AutoCloseable {
    static final String OWNER = "acme.shop";

    /** Two seconds before the overflow of the nano clock. */
    final HandTimer timer = new HandTimer(Long.MAX_VALUE - Duration.ofSeconds(2).toNanos());

    final HandWall wall = new HandWall();
    final Guard guard = new Guard(false);
    final MapSealer sealer = new MapSealer();
    final RecordingDispatcher dispatcher = new RecordingDispatcher();
    ConcurrentMap<String, Object> shelf = new ConcurrentHashMap<>();
    final Set<String> departed = new HashSet<>();
    EventSchedulerEngine engine;

    SchedulerRig() {
        start();
        engine.bind(dispatcher);
    }

    private void start() {
        engine = new EventSchedulerEngine(
                timer, wall, guard, ScheduleLimits.DEFAULT, shelf, owner -> !departed.contains(owner));
        engine.bind(sealer);
    }

    void restart() {
        engine.close();
        start();
    }

    /** Both clocks run. */
    void pass(Duration time) {
        timer.advance(time, () -> wall.jump(time));
        engine.bind(sealer); // has it look again, also if the thread had not yet set the timer when it was moved
    }

    /** Time passes, and whatever was due has been dispatched when this returns: an event of least urgency shows it. */
    void passAndSettle(Duration time) throws InterruptedException {
        pass(time);
        settle();
    }

    void settle() throws InterruptedException {
        engine.schedule(Event.on("marker").priority(9).build(), OWNER, Duration.ZERO);
        var call = dispatcher.next();
        if (!call.topic().equals("marker")) {
            throw new AssertionError("dispatched although it should not have been: " + call);
        }
    }

    /** Looks at no clock of this rig. */
    void awaitUnpublished(long count) {
        var deadline = Instant.now().plusSeconds(10);
        while (engine.unpublished() < count) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("after 10 s " + engine.unpublished() + " are unpublished, not " + count);
            }
            Thread.onSpinWait();
        }
    }

    /** Also what the engine's thread still holds: the end waits for it, but not for ever. */
    void closeAndAwaitAllGivenBack(CountedBudget budget) {
        engine.close();
        var deadline = Instant.now().plusSeconds(60);
        while (budget.used() != 0) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("60 s after the end " + budget.used() + " bytes are not given back");
            }
            Thread.onSpinWait();
        }
    }

    /** Lets up to 64 µs go by, by turns, and keeps the processor: where others are busy it would be long until it is back. */
    static void linger(int round) {
        long end = System.nanoTime() + round % 64 * 1_000L;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    static Event event(String topic, int priority) {
        return Event.on(topic).priority(priority).build();
    }

    static Event event(String topic) {
        return event(topic, 5);
    }

    @Override
    public void close() {
        engine.close();
    }
}

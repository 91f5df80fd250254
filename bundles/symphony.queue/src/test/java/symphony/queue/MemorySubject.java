package symphony.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import symphony.api.queue.MemoryBudget;
import symphony.api.queue.QueueProvider;
import symphony.queue.contract.HandClock;
import symphony.queue.contract.HandTimer;
import symphony.queue.contract.Limits;
import symphony.queue.contract.QueueSubject;

/** Our engine with clocks and a timer that are driven by hand. */
final class MemorySubject implements QueueSubject {
    final HandClock clock = new HandClock();
    final HandTimer timer = new HandTimer(clock);
    final MemoryQueueEngine engine;

    MemorySubject(Limits limits) {
        engine = new MemoryQueueEngine(MemoryQueueEngine.SETTINGS.orDefaults(config(limits)), clock, clock::nanoTime);
        engine.bind(timer);
    }

    static Map<String, Object> config(Limits limits) {
        var config = new HashMap<String, Object>();
        config.put("memory.bytes", limits.memoryBytes());
        config.put("aging", limits.aging().toString());
        config.put("dead.letters", limits.deadLetters());
        config.put("dead.letters.bytes", limits.deadLetterBytes());
        return config;
    }

    @Override
    public QueueProvider provider() {
        return engine;
    }

    @Override
    public MemoryBudget budget() {
        return engine.budget();
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public void advance(Duration time) {
        clock.advance(time);
        timer.run();
    }

    @Override
    public void jump(Duration time) {
        clock.jump(time);
        timer.run();
    }

    @Override
    public void close() {
        engine.close();
    }
}

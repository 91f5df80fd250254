package symphony.scheduler;

import java.util.function.LongConsumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import symphony.api.scheduler.Timer;

/**
 * The timer as a service. Needs nothing, so that everything may need it. Immediate: a delayed component would be thrown away,
 * with its deadlines, whenever its last user lets go of it.
 */
@Component(service = Timer.class, immediate = true)
public final class DeadlineTimer implements Timer {
    private final TimerEngine engine;

    /** Starts the timer's thread. */
    @Activate
    public DeadlineTimer() {
        this.engine = new TimerEngine();
    }

    @Deactivate
    void deactivate() {
        engine.close();
    }

    @Override
    public long nanoTime() {
        return engine.nanoTime();
    }

    @Override
    public long schedule(long deadlineNanos, LongConsumer callback, long cookie) {
        return engine.schedule(deadlineNanos, callback, cookie);
    }

    @Override
    public boolean cancel(long ticket) {
        return engine.cancel(ticket);
    }
}

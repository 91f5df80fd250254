package symphony.queue.contract;

import java.time.Duration;
import java.time.Instant;
import symphony.api.queue.MemoryBudget;
import symphony.api.queue.QueueProvider;

/** A provider under test, with its time in the test's hands. Made anew for each test, and closed after it. */
public interface QueueSubject extends AutoCloseable {
    /**
     * The provider.
     *
     * @return always the same
     */
    QueueProvider provider();

    /**
     * The budget that its envelopes are counted in.
     *
     * @return always the same
     */
    MemoryBudget budget();

    /**
     * The time by the provider's wall clock.
     *
     * @return now
     */
    Instant now();

    /**
     * Lets time pass, and has been told of all that became due when it returns. A kind that knows only real time waits.
     *
     * @param time how long
     */
    void advance(Duration time);

    /**
     * Sets the wall clock, without time passing.
     *
     * @param time how far, negative for back
     */
    void jump(Duration time);

    /** Stops the provider as its component does. */
    @Override
    void close();
}

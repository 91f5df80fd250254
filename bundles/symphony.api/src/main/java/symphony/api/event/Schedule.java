package symphony.api.event;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/** An event that is published later, once or again and again. Thread-safe. */
@ProviderType
public interface Schedule {
    /** Where it stands. */
    enum State {
        /** The event will be published, for the first time or again. */
        WAITING,
        /** It was handed to the dispatcher, for the last time; or the last time of its recurrence has passed. */
        FIRED,
        /** It was cancelled before. */
        CANCELLED,
        /** It was not taken; {@link Schedule#refusal()} says why. */
        REFUSED
    }

    /**
     * The id of the schedule. An event that is published once has the same unless its publisher chose another; of a recurrence
     * each event has one of its own.
     *
     * @return the id
     */
    UUID id();

    /**
     * Where the event will go.
     *
     * @return a valid topic
     */
    String topic();

    /**
     * Who made the schedule.
     *
     * @return the symbolic name of a bundle
     */
    String owner();

    /**
     * When it is next due, by the wall clock as it is now.
     *
     * @return the instant; empty if it will not be again
     */
    Optional<Instant> next();

    /**
     * Where it stands.
     *
     * @return the state, of now
     */
    State state();

    /**
     * Why it was not taken.
     *
     * @return the refusal, if the state is {@link State#REFUSED}
     */
    Optional<Refusal> refusal();

    /**
     * Cancels it.
     *
     * @return whether this call did, so that the event will not be published; false if it was published, cancelled or
     *     refused before. Of a recurrence, {@link #fired()} does not rise any more; an event that is being handed over still
     *     goes out, but is not offered again
     */
    boolean cancel();

    /**
     * When it is published again.
     *
     * @return the recurrence; empty if it is published once
     */
    default Optional<Recurrence> recurrence() {
        return Optional.empty();
    }

    /**
     * How often it was handed to the dispatcher; offering the same event again does not count.
     *
     * @return 0 or more
     */
    default long fired() {
        return state() == State.FIRED ? 1 : 0;
    }

    /**
     * How many times of its recurrence were missed and passed over, as {@link Recurrence.Misfire} says.
     *
     * @return 0 or more; after more than 10 000 missed times of a cron expression in a row, not all of them
     */
    default long skipped() {
        return 0;
    }

    /**
     * How many of its events did not reach each subscription that wanted them: refused until the time for retries was over, or
     * until the next one came; or without permission.
     *
     * @return 0 or more, of {@link #fired()}; 0 for an event that is published once: its state tells
     */
    default long failed() {
        return 0;
    }

    /**
     * This schedule, unless it was refused.
     *
     * @return this
     * @throws RefusedException if it was
     */
    default Schedule orThrow() {
        refusal().ifPresent(refusal -> {
            throw new RefusedException("schedule " + id(), java.util.List.of(refusal));
        });
        return this;
    }
}

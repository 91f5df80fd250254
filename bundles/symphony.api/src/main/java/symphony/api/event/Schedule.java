package symphony.api.event;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/** An event that is published later. Thread-safe. */
@ProviderType
public interface Schedule {
    /** Where it stands. */
    enum State {
        /** The event will be published. */
        WAITING,
        /** It was handed to the dispatcher, for the last time. */
        FIRED,
        /** It was cancelled before. */
        CANCELLED,
        /** It was not taken; {@link Schedule#refusal()} says why. */
        REFUSED
    }

    /**
     * The id of the schedule; the event that it publishes has the same unless its publisher chose another.
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
     *     refused before
     */
    boolean cancel();

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

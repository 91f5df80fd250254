package symphony.api.queue;

import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.event.Refusal;

/** What became of a pushed event. */
@ProviderType
public sealed interface Offer {
    /**
     * Stored.
     *
     * @param sequence counts from 0 and never repeats within a queue
     */
    record Accepted(long sequence) implements Offer {}

    /**
     * Not stored again: the queue took an event with this id, of the same publisher, within
     * {@link QueueSpec#duplicatesMillis}. To whoever pushed it is as good as taken.
     *
     * @param sequence what the first one got
     */
    record Duplicate(long sequence) implements Offer {}

    /**
     * Not stored, nothing changed.
     *
     * @param reason for code
     * @param detail for people
     */
    record Refused(Refusal.Reason reason, String detail) implements Offer {
        /** Checks that nothing is null. */
        public Refused {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
        }
    }
}

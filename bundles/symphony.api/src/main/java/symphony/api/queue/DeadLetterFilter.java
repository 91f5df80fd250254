package symphony.api.queue;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.event.TopicFilter;

/**
 * Which dead letters are meant: those for which all of it holds. Begin with {@link #ALL}.
 *
 * @param subscription only of this identity, empty for all
 * @param topics only of events on these topics, empty for all
 * @param reasons only with one of these reasons, empty for all
 * @param event only of this event, empty for all
 * @param from only since this instant, inclusive
 * @param to only before this instant, exclusive
 */
@ProviderType
public record DeadLetterFilter(
        String subscription,
        Optional<TopicFilter> topics,
        Set<DeadReason> reasons,
        Optional<UUID> event,
        Instant from,
        Instant to) {
    /** All of them. */
    public static final DeadLetterFilter ALL =
            new DeadLetterFilter("", Optional.empty(), Set.of(), Optional.empty(), Instant.MIN, Instant.MAX);

    /** Checks and copies. */
    public DeadLetterFilter {
        Objects.requireNonNull(subscription, "subscription");
        Objects.requireNonNull(topics, "topics");
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        reasons = Set.copyOf(reasons);
    }

    /**
     * Only those of a subscription.
     *
     * @param identity its identity, empty for all
     * @return a filter that lets less through
     */
    public DeadLetterFilter ofSubscription(String identity) {
        return new DeadLetterFilter(identity, topics, reasons, event, from, to);
    }

    /**
     * Only those on topics.
     *
     * @param filter which
     * @return a filter that lets less through
     */
    public DeadLetterFilter onTopics(TopicFilter filter) {
        return new DeadLetterFilter(subscription, Optional.of(filter), reasons, event, from, to);
    }

    /**
     * Only those for a reason.
     *
     * @param any one of them; empty for all
     * @return a filter that lets less through
     */
    public DeadLetterFilter because(Set<DeadReason> any) {
        return new DeadLetterFilter(subscription, topics, any, event, from, to);
    }

    /**
     * Only those of an event; each subscription that gave it up has one.
     *
     * @param id the event's
     * @return a filter that lets less through
     */
    public DeadLetterFilter ofEvent(UUID id) {
        return new DeadLetterFilter(subscription, topics, reasons, Optional.of(id), from, to);
    }

    /**
     * Only those of a time.
     *
     * @param first since when, inclusive
     * @param end before when, exclusive
     * @return a filter that lets less through
     */
    public DeadLetterFilter between(Instant first, Instant end) {
        return new DeadLetterFilter(subscription, topics, reasons, event, first, end);
    }

    /**
     * Whether a dead letter is meant.
     *
     * @param letter which
     * @return whether it is
     */
    public boolean matches(DeadLetter letter) {
        return (subscription.isEmpty() || subscription.equals(letter.subscription()))
                && (reasons.isEmpty() || reasons.contains(letter.reason()))
                && !letter.since().isBefore(from)
                && letter.since().isBefore(to)
                && event.filter(id -> !id.equals(letter.envelope().eventId())).isEmpty()
                && topics.filter(wanted -> !wanted.matches(letter.envelope().topic()))
                        .isEmpty();
    }
}

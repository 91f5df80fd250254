package symphony.dispatcher;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.HandlerView;
import symphony.api.dispatcher.Quarantine;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.TopicFilter;
import symphony.api.queue.EventQueue;
import symphony.api.queue.QueueStats;
import symphony.component.HandlerProperties;

/** Handlers and lanes as people see them. */
final class Views {
    private static final int PRIORITIES = 10;

    private Views() {}

    /**
     * A handler; the registry's lock is held, so that what is seen is not half of a change.
     *
     * @param served the bundle of its family that is served
     * @param quarantine the one that its lane is in; null for none
     */
    static HandlerView of(Member member, Owner served, Quarantine quarantine) {
        Owner owner = member.source.owner();
        Lane lane = member.lane();
        boolean superseded = lane != null && !owner.equals(served);
        return new HandlerView(
                member.source.serviceId(),
                owner.name(),
                owner.version().toString(),
                lane == null ? "" : lane.identity,
                superseded ? HandlerState.SUPERSEDED : state(lane, quarantine),
                superseded ? "its bundle's version " + served.version() + " took over" : reason(member, quarantine),
                topicsOf(member));
    }

    private static HandlerState state(Lane lane, Quarantine quarantine) {
        if (lane == null) {
            return HandlerState.REFUSED;
        }
        if (lane.isPaused()) {
            return HandlerState.PAUSED;
        }
        return quarantine == null ? HandlerState.ACTIVE : HandlerState.QUARANTINED;
    }

    private static String reason(Member member, Quarantine quarantine) {
        String own = member.isKept()
                ? "goes on as before, since its changed properties cannot be used: " + member.refusal()
                : member.refusal();
        if (quarantine == null) {
            return own;
        }
        String why = reason(quarantine, member.lane().breaker.quarantines());
        return own.isEmpty() ? why : why + "; " + own;
    }

    private static String reason(Quarantine quarantine, long times) {
        return quarantine.reason() + "; since " + seconds(quarantine.since()) + ", the next probe "
                + seconds(quarantine.probe()) + ", quarantine number " + times;
    }

    private static Instant seconds(Instant exact) {
        return exact.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Topic filters as they are in force, or else as a source wrote them, also bad ones. */
    private static List<String> topicsOf(Member member) {
        HandlerProperties properties = member.properties();
        if (properties != null) {
            return topicsOf(properties);
        }
        if (member.seen() instanceof Reading.Usable usable) {
            return topicsOf(usable.properties());
        }
        return member.seen() instanceof Reading.Refused refused ? refused.topics() : List.of();
    }

    private static List<String> topicsOf(HandlerProperties properties) {
        return properties.topics().stream().map(TopicFilter::toString).toList();
    }

    /** A lane, and who is served in it. */
    record Seen(Lane lane, List<Member> active) {}

    /** A subscription, and the quarantine that it is in, null for none. */
    static SubscriptionView of(Seen seen, Quarantine quarantine) {
        Lane lane = seen.lane;
        List<Member> active = seen.active;
        LaneConfig config = lane.config();
        EventQueue queue = lane.queue();
        Counted counted = counted(queue, config);
        return new SubscriptionView(
                lane.identity,
                active.isEmpty() ? HandlerState.PARKED : state(lane, quarantine),
                counted.failure.isEmpty() ? reason(lane, active, queue, quarantine) : counted.failure,
                config.topics().stream().map(TopicFilter::toString).toList(),
                config.spec().filter(),
                lane.kind,
                lane.pool().name,
                Math.max(1, active.stream().mapToInt(Member::concurrency).sum()),
                lane.running(),
                active.size(),
                lane.failures(),
                lane.overruns(),
                lane.abandoned(),
                lane.breaker.quarantines(),
                Optional.ofNullable(quarantine),
                counted.stats);
    }

    /** What a queue counts, or why it does not tell. */
    private record Counted(QueueStats stats, String failure) {}

    private static Counted counted(EventQueue queue, LaneConfig config) {
        try {
            return new Counted(queue == null ? nothing(config) : queue.stats(), "");
        } catch (RuntimeException | LinkageError e) { // the provider's: the other lanes are seen as they are
            return new Counted(nothing(config), "its queue does not tell its counters: " + FailureText.reasonOf(e));
        }
    }

    private static String reason(Lane lane, List<Member> active, EventQueue queue, Quarantine quarantine) {
        if (queue == null) {
            return "queues of kind " + lane.kind + " are not there at the moment";
        }
        if (!active.isEmpty() && quarantine != null) {
            return reason(quarantine, lane.breaker.quarantines());
        }
        if (!active.isEmpty()) {
            String wanted = lane.config().pool();
            return wanted.equals(lane.pool().name) ? "" : "its pool " + wanted + " is not configured";
        }
        long grace = lane.config().spec().graceMillis();
        return grace < 0
                ? "its handler is not there; it is kept without limit"
                : "its handler is not there; it is kept for a time of grace";
    }

    private static QueueStats nothing(LaneConfig config) {
        List<Long> depths = Collections.nCopies(PRIORITIES, 0L);
        return new QueueStats(
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                Map.of(),
                depths,
                0,
                0,
                config.spec().capacity(),
                false);
    }
}

package symphony.dispatcher;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.HandlerView;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.HandlerConstants;
import symphony.api.event.TopicFilter;
import symphony.api.queue.EventQueue;
import symphony.api.queue.QueueStats;
import symphony.component.Excerpt;
import symphony.component.HandlerProperties;

/** Handlers and lanes as people see them. */
final class Views {
    private static final int PRIORITIES = 10;
    private static final int MAX_TOPIC_CHARS = 255;

    private Views() {}

    /**
     * A handler; the registry's lock is held, so that what is seen is not half of a change.
     *
     * @param served the bundle of its family that is served
     */
    static HandlerView of(Member member, Owner served) {
        Owner owner = member.source.owner();
        Lane lane = member.lane();
        boolean superseded = lane != null && !owner.equals(served);
        return new HandlerView(
                member.source.serviceId(),
                owner.name(),
                owner.version().toString(),
                lane == null ? "" : lane.identity,
                superseded ? HandlerState.SUPERSEDED : state(lane),
                superseded ? "its bundle's version " + served.version() + " took over" : member.refusal(),
                topicsOf(member));
    }

    private static HandlerState state(Lane lane) {
        if (lane == null) {
            return HandlerState.REFUSED;
        }
        return lane.isPaused() ? HandlerState.PAUSED : HandlerState.ACTIVE;
    }

    /** Topic filters as a source wrote them, also bad ones. */
    private static List<String> topicsOf(Member member) {
        HandlerProperties properties = member.properties();
        if (properties != null) {
            return properties.topics().stream().map(TopicFilter::toString).toList();
        }
        Object raw = member.source.properties().get(HandlerConstants.TOPICS);
        return raw == null
                ? List.of()
                : HandlerProperties.elements(raw).stream()
                        .map(topic -> Excerpt.of(topic, MAX_TOPIC_CHARS))
                        .toList();
    }

    /** A lane, and who is served in it. */
    record Seen(Lane lane, List<Member> active) {}

    static SubscriptionView of(Seen seen) {
        Lane lane = seen.lane;
        List<Member> active = seen.active;
        LaneConfig config = lane.config();
        EventQueue queue = lane.queue();
        return new SubscriptionView(
                lane.identity,
                state(lane, active),
                reason(lane, active, queue),
                config.topics().stream().map(TopicFilter::toString).toList(),
                config.spec().filter(),
                lane.kind,
                config.pool(),
                Math.max(1, active.stream().mapToInt(Member::concurrency).sum()),
                lane.running(),
                active.size(),
                lane.failures.sum(),
                lane.overruns.sum(),
                lane.abandoned.sum(),
                queue == null ? nothing(config) : queue.stats());
    }

    private static HandlerState state(Lane lane, List<Member> active) {
        if (active.isEmpty()) {
            return HandlerState.PARKED;
        }
        return lane.isPaused() ? HandlerState.PAUSED : HandlerState.ACTIVE;
    }

    private static String reason(Lane lane, List<Member> active, EventQueue queue) {
        if (queue == null) {
            return "queues of kind " + lane.kind + " are not there at the moment";
        }
        if (!active.isEmpty()) {
            return "";
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
                Map.of(),
                depths,
                0,
                0,
                config.spec().capacity(),
                false);
    }
}

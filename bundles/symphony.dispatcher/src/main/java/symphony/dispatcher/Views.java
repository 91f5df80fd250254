package symphony.dispatcher;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.HandlerView;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.TopicFilter;
import symphony.api.queue.EventQueue;
import symphony.api.queue.QueueStats;

/** Handlers and lanes as people see them. */
final class Views {
    private static final int PRIORITIES = 10;

    private Views() {}

    static HandlerView of(Member member) {
        Owner owner = member.source.owner();
        Lane lane = member.lane();
        return new HandlerView(
                member.source.serviceId(),
                owner.name(),
                owner.version().toString(),
                lane == null ? "" : lane.identity,
                state(member, lane),
                reason(member, lane),
                Registry.topicsOf(member));
    }

    private static HandlerState state(Member member, Lane lane) {
        if (lane == null) {
            return HandlerState.REFUSED;
        }
        if (!lane.active().contains(member)) {
            return HandlerState.SUPERSEDED;
        }
        return lane.isPaused() ? HandlerState.PAUSED : HandlerState.ACTIVE;
    }

    private static String reason(Member member, Lane lane) {
        if (lane == null) {
            return member.refusal();
        }
        return lane.active().contains(member) ? "" : "a newer version of its bundle took over";
    }

    static SubscriptionView of(Lane lane) {
        LaneConfig config = lane.config();
        EventQueue queue = lane.queue();
        List<Member> active = lane.active();
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

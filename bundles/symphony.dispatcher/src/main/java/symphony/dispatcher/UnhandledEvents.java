package symphony.dispatcher;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventSealer;
import symphony.api.dispatcher.UnhandledTopic;
import symphony.api.event.Event;
import symphony.api.event.TopicFilter;
import symphony.api.queue.Item;
import symphony.api.queue.Offer;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.Target;
import symphony.component.Guard;
import symphony.component.QuietLog;

/** Events that no subscription wanted: counted by topic, and given to the hooks that want to hear of them. Thread-safe. */
final class UnhandledEvents {
    /*
     * A hook has a lane of its own like a handler, and so all its bounds; only the routing does not know it, or there would be
     * no unhandled events. Where a hook wants a topic, such an event is sealed like any other and pushed to the hooks' queues,
     * without waiting. A full queue refuses, and counts that; neither the receipt nor the dispatcher's counters know of it.
     * The pushes go through the queue provider and not through Publisher, whose outcomes are the publisher's business.
     */
    private static final Logger log = LoggerFactory.getLogger(UnhandledEvents.class);

    private final Registry registry;
    private final EventSealer sealer;
    private final Guard guard;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final UnhandledTopics topics = new UnhandledTopics();
    private final List<UnhandledHook> hooks = new CopyOnWriteArrayList<>();
    private final QuietLog unreadable;

    UnhandledEvents(Registry registry, EventSealer sealer, Guard guard, InstantSource clock, LongSupplier nanos) {
        this.registry = registry;
        this.sealer = sealer;
        this.guard = guard;
        this.clock = clock;
        this.nanos = nanos;
        this.unreadable = new QuietLog(nanos);
    }

    /** A hook came. One that cannot be used is listed among the handlers, with the reason. */
    void arrive(HandlerSource service) {
        var hook = new UnhandledHook(service, new QuietLog(nanos));
        registry.arrive(hook);
        hooks.add(hook);
    }

    /** A hook left; what waited for it is dropped: those are copies of what nobody wanted. */
    void depart(long serviceId) {
        hooks.removeIf(hook -> hook.serviceId() == serviceId);
        registry.depart(serviceId);
    }

    /** No subscription wants an event. Does not throw for what is wrong with it. */
    void happened(UUID id, Event event, String publisher) {
        long now = clock.millis();
        topics.see(event.topic(), publisher, now);
        if (!hooks.isEmpty()) {
            List<Lane> lanes = lanes(event.topic(), publisher);
            if (!lanes.isEmpty()) {
                give(id, event, publisher, now, lanes);
            }
        }
    }

    /** The lanes of hooks that want a topic; of those that somebody serves. */
    private List<Lane> lanes(String topic, String publisher) {
        var lanes = new ArrayList<Lane>(1);
        for (UnhandledHook hook : hooks) {
            // What a hook publishes may be unhandled, too: it would be told of itself without end.
            if (hook.wants(topic) && !hook.owner().name().equals(publisher)) {
                Member member = registry.member(hook.serviceId());
                Lane lane = member == null ? null : member.lane();
                if (lane != null && !lane.active().isEmpty() && !lanes.contains(lane)) {
                    lanes.add(lane);
                }
            }
        }
        return lanes;
    }

    private void give(UUID id, Event event, String publisher, long now, List<Lane> lanes) {
        Envelope envelope;
        try {
            envelope = sealer.seal(CryptoContext.EVENT, event, id, now, publisher);
        } catch (RuntimeException e) {
            // To the publisher such an event is as good as any: nobody would have looked at its data.
            unreadable.write(more -> log.warn(
                    "an unhandled event on {} of {} could not be given to the hooks: {} ({} more not told)",
                    event.topic(),
                    publisher,
                    FailureText.of(e),
                    more));
            return;
        }
        for (Lane lane : lanes) {
            push(lane, envelope, event.topic());
        }
    }

    private static void push(Lane lane, Envelope envelope, String topic) {
        Lane.Attached attached = lane.attached();
        if (attached == null) {
            return;
        }
        QueueProvider provider = attached.provider();
        var target = new Target(attached.queue(), Item.of(envelope, 0));
        Offer offer = provider.push(topic, List.of(target), Duration.ZERO).get(0);
        if (offer instanceof Offer.Accepted) {
            lane.moreUrgent(envelope.priority());
        }
    }

    /** The topics lately seen, see {@link symphony.api.dispatcher.EventMonitor#unhandled}. */
    List<UnhandledTopic> topics(String caller, String topicFilter, int most) {
        TopicFilter filter = TopicFilter.of(topicFilter);
        guard.check(caller, "event", "monitor", filter.toString());
        return topics.list(filter, most);
    }
}

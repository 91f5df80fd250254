package symphony.shell;

import java.time.Duration;
import java.time.InstantSource;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.event.EventSystem;

/** Publishes what it gets to another topic: same data, priority, attributes and expiry. Thread-safe. */
final class RouteTarget implements Wiring.Target {
    /** Attribute: how often an event was forwarded. */
    static final String HOPS = "symphony-hops";

    /** More often than this an event is not forwarded: routes that lead to each other would never end. */
    static final int MOST_HOPS = 16;

    private static final Duration WAIT = Duration.ofSeconds(10);

    private final Services services;
    private final String target;
    private final Maker maker;
    private final InstantSource clock;

    RouteTarget(Services services, String target, Maker maker, InstantSource clock) {
        this.services = services;
        this.target = target;
        this.maker = maker;
        this.clock = clock;
    }

    @Override
    public void handle(Delivery delivery) throws Exception {
        maker.checkReceive(delivery.topic());
        int hops = hops(delivery) + 1;
        if (hops > MOST_HOPS) {
            throw new IllegalStateException(
                    "forwarded " + MOST_HOPS + " times; do routes lead in a circle? see symphony:off");
        }
        Event.Builder event = Event.on(target)
                .data(delivery.data())
                .priority(delivery.priority())
                .attributes(delivery.attributes())
                .attribute(HOPS, Integer.toString(hops));
        if (delivery.expiresAt().isPresent()) {
            Duration left =
                    Duration.between(clock.instant(), delivery.expiresAt().get());
            if (left.toMillis() < 1) {
                return; // it expired on its way, as it would have in a queue
            }
            event.timeToLive(left);
        }
        publish(event.build());
    }

    private void publish(Event event) throws Exception {
        EventSystem events = services.events.get();
        maker.call(() -> events.publish(event, WAIT)).orThrow();
    }

    private static int hops(Delivery delivery) {
        String text = delivery.attributes().getOrDefault(HOPS, "0");
        return text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
    }

    @Override
    public String user() {
        return maker.name();
    }

    @Override
    public boolean isAlive() {
        return true;
    }

    @Override
    public String what() {
        return target;
    }

    @Override
    public void close() {
        // nothing is held
    }
}

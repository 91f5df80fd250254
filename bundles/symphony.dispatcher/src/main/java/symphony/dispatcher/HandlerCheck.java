package symphony.dispatcher;

import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import symphony.api.event.TopicFilter;
import symphony.component.Guard;
import symphony.component.HandlerProperties;

/** Checks what a handler says about itself, before and without anything being changed. Thread-safe. */
final class HandlerCheck {
    private final Guard guard;
    private final Supplier<Set<String>> pools;

    HandlerCheck(Guard guard, Supplier<Set<String>> pools) {
        this.guard = guard;
        this.pools = pools;
    }

    /**
     * Reads and checks properties.
     *
     * @throws IllegalArgumentException if one is wrong; says which and how to mend it
     */
    HandlerProperties read(Map<String, ?> properties) {
        HandlerProperties read = HandlerProperties.of(properties);
        if (!pools.get().contains(read.pool())) {
            throw new IllegalArgumentException("property symphony.pool is " + read.pool()
                    + ", which is no pool; there are " + String.join(", ", pools.get()));
        }
        return read;
    }

    /**
     * Checks that a bundle may subscribe.
     *
     * @throws symphony.api.rbac.AccessDeniedException if it may not
     */
    void permit(String principal, HandlerProperties read) {
        for (TopicFilter topic : read.topics()) {
            guard.check(principal, "event", "subscribe", topic.toString());
        }
    }

    /**
     * Checks that a source's bundle may subscribe, and has the type that it names.
     *
     * @throws symphony.api.rbac.AccessDeniedException if it may not
     * @throws UnusableHandlerException if it has not
     */
    void permit(HandlerSource source, HandlerProperties read) {
        permit(source.owner().name(), read);
        read.type().ifPresent(type -> HandlerType.load(source, type));
    }
}

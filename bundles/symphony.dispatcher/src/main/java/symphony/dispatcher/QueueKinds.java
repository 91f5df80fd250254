package symphony.dispatcher;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import symphony.api.queue.Capability;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.QueueWatcher;
import symphony.component.Durations;
import symphony.component.HandlerProperties;

/**
 * The kinds of queue that there are, and who provides each: of several the one that came first. Changed under the registry's
 * lock, read at any time.
 */
final class QueueKinds {
    private final String memoryKind;
    private final QueueWatcher watcher;
    private final Map<String, QueueProvider> providers = new ConcurrentHashMap<>();

    /** All of them in the order they came, also those that another of their kind came before. Guarded by the registry's lock. */
    private final List<QueueProvider> offered = new ArrayList<>();

    /**
     * None.
     *
     * @param watcher told by all of them of what ends without a call
     */
    QueueKinds(String memoryKind, QueueWatcher watcher) {
        this.memoryKind = memoryKind;
        this.watcher = watcher;
    }

    /** A provider came; whether it is the only one of its kind, and provides it now. */
    boolean add(QueueProvider provider) {
        offered.add(provider);
        provider.watch(watcher);
        return providers.putIfAbsent(provider.kind(), provider) == null;
    }

    /** A provider left; whether nobody provides its kind now. */
    boolean remove(QueueProvider provider) {
        offered.remove(provider);
        provider.unwatch(watcher);
        return providers.remove(provider.kind(), provider);
    }

    /** They tell nobody any more. */
    void close() {
        offered.forEach(provider -> provider.unwatch(watcher));
    }

    /** The first of those that could provide a kind. */
    Optional<QueueProvider> next(String kind) {
        return offered.stream().filter(other -> other.kind().equals(kind)).findFirst();
    }

    /** From now on this one provides its kind. */
    void use(QueueProvider provider) {
        providers.put(provider.kind(), provider);
    }

    /** Those that provide a kind now. */
    Collection<QueueProvider> used() {
        return providers.values();
    }

    /** Who provides a kind. */
    Optional<QueueProvider> provider(String kind) {
        return Optional.ofNullable(providers.get(kind));
    }

    /**
     * The kind that a handler's queue is of.
     *
     * @throws IllegalArgumentException if there is none; says how to mend it
     */
    String of(HandlerProperties properties) {
        String kind = properties.durable() ? durableKind() : memoryKind;
        check(kind, properties);
        return kind;
    }

    /**
     * Checks that a kind of queue can do what a handler asks for.
     *
     * @throws IllegalArgumentException if it cannot; says how to mend it
     */
    void check(String kind, HandlerProperties properties) {
        checkDuplicates(kind, properties);
        checkOrderFailure(kind, properties);
    }

    private void checkDuplicates(String kind, HandlerProperties properties) {
        boolean wanted =
                properties.duplicatesWindow().filter(window -> !window.isZero()).isPresent();
        if (wanted && !isAble(kind, Capability.DUPLICATES)) {
            throw new IllegalArgumentException("property symphony.duplicates.window is "
                    + Durations.format(properties.duplicatesWindow().get()) + ", but queues of kind " + kind
                    + " do not know events that come twice; leave the property out");
        }
    }

    private void checkOrderFailure(String kind, HandlerProperties properties) {
        boolean wanted = properties.orderFailure().orElse(OrderFailure.HOLD_BACK) == OrderFailure.TAKE_ALONG;
        if (wanted && !isAble(kind, Capability.ORDER_KEY_TAKE_ALONG)) {
            throw new IllegalArgumentException("property symphony.order.failure is take-along, but queues of kind "
                    + kind + " do not make later events of a key dead letters; leave the property out");
        }
    }

    /** A kind that is not there yet is not asked. */
    private boolean isAble(String kind, Capability capability) {
        return provider(kind)
                .map(provider -> provider.capabilities().contains(capability))
                .orElse(true);
    }

    private String durableKind() {
        return providers.values().stream()
                .filter(provider -> provider.capabilities().contains(Capability.DURABLE))
                .map(QueueProvider::kind)
                .min(Comparator.naturalOrder())
                .orElseThrow(() -> new IllegalArgumentException(
                        "property symphony.durable is true, but there is no durable kind of queue; install one, as"
                                + " symphony.queue.journal, or leave the property out"));
    }

    /** Whether pushing to a lane never waits for a disk. */
    boolean isMemory(Lane lane) {
        return lane.kind.equals(memoryKind);
    }
}

package symphony.shell;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import symphony.api.dispatcher.DispatcherStats;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.HandlerView;
import symphony.api.dispatcher.PoolView;
import symphony.api.dispatcher.PublisherView;
import symphony.api.dispatcher.Quarantine;
import symphony.api.dispatcher.StopReport;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;
import symphony.api.event.Subscription;
import symphony.api.queue.QueueStats;
import symphony.component.Guard;

/** Shows what it was told to show. */
final class FakeDispatcher implements EventDispatcher {
    static final Instant SINCE = Instant.parse("2026-03-01T10:00:00Z");
    final List<HandlerView> handlers = new ArrayList<>();
    final List<SubscriptionView> subscriptions = new ArrayList<>();
    volatile Guard guard = new Guard(false);
    volatile long expired;
    volatile long duplicates;
    volatile long takenAlong;
    final List<String> calls = new ArrayList<>();
    volatile List<PublisherView> publishers = List.of();
    private final Set<String> quarantined = new HashSet<>();

    FakeDispatcher with(String identity, HandlerState state, String reason, String... topics) {
        var queue = new QueueStats(
                1200,
                1000,
                3,
                expired,
                0,
                0,
                150,
                40,
                7,
                takenAlong,
                2,
                duplicates,
                0,
                Map.of(Refusal.Reason.FULL, 5L),
                List.of(100L, 0L, 0L, 0L, 0L, 90L, 0L, 0L, 0L, 0L),
                4096,
                2500,
                10_000,
                false);
        if (state == HandlerState.QUARANTINED) {
            quarantined.add(identity);
        }
        subscriptions.add(new SubscriptionView(
                identity,
                state,
                reason,
                List.of(topics),
                "",
                "memory",
                "default",
                4,
                2,
                1,
                9,
                1,
                0,
                state == HandlerState.QUARANTINED ? 3 : 0,
                state == HandlerState.QUARANTINED
                        ? Optional.of(new Quarantine(reason, SINCE, SINCE.plusSeconds(20), 1))
                        : Optional.empty(),
                queue));
        return this;
    }

    FakeDispatcher handler(String bundle, HandlerState state, String reason, String... topics) {
        handlers.add(new HandlerView(
                handlers.size() + 41L, bundle, "1.0.0.SNAPSHOT", bundle + "/handler", state, reason, List.of(topics)));
        return this;
    }

    @Override
    public List<PublisherView> publishers() {
        return publishers;
    }

    @Override
    public Subscription registerHandler(EventHandler handler, Map<String, ?> properties) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Receipt dispatch(Event event) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Receipt dispatch(Event event, String publisher, Duration maxWait) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Receipt> dispatchAsync(Event event, String publisher) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Receipt retry(Receipt receipt, String publisher) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void start() {
        throw new UnsupportedOperationException();
    }

    @Override
    public StopReport stop(Duration deadline) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<HandlerView> handlers() {
        return List.copyOf(handlers);
    }

    @Override
    public List<SubscriptionView> subscriptions() {
        return List.copyOf(subscriptions);
    }

    @Override
    public boolean pause(String identity) {
        guard.check("symphony.shell", "dispatcher", "pause", identity);
        calls.add("pause " + identity);
        return true;
    }

    @Override
    public boolean resume(String identity) {
        calls.add("resume " + identity);
        return true;
    }

    @Override
    public boolean pausePool(String name) {
        calls.add("pause pool " + name);
        return name.equals("reports");
    }

    @Override
    public boolean resumePool(String name) {
        calls.add("resume pool " + name);
        return name.equals("reports");
    }

    @Override
    public void pause() {
        calls.add("pause all");
    }

    @Override
    public void resume() {
        calls.add("resume all");
    }

    @Override
    public boolean quarantine(String identity, String reason) {
        calls.add("quarantine " + identity + ", " + reason);
        quarantined.add(identity);
        return true;
    }

    @Override
    public boolean lift(String identity) {
        calls.add("lift " + identity);
        return quarantined.remove(identity);
    }

    @Override
    public DispatcherStats stats() {
        return new DispatcherStats(
                true,
                false,
                123_456,
                4,
                120_000,
                12,
                1,
                0,
                Map.of(Refusal.Reason.FULL, 5L),
                1234.5,
                0.5,
                2,
                0,
                List.of(
                        new PoolView("default", 2, 1, 3, 1, 64, false, false, 0),
                        new PoolView("reports", 1, 0, 0, 0, 4, true, false, 2)));
    }
}

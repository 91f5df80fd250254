package symphony.eventsystem;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import symphony.api.dispatcher.DispatcherStats;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.HandlerView;
import symphony.api.dispatcher.StopReport;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;
import symphony.api.event.Subscription;

/** Remembers what it was given, and answers as told. */
final class FakeDispatcher implements EventDispatcher {
    record Call(Event event, String publisher, Duration maxWait) {}

    record Told(UUID eventId, int accepted, List<Refusal> refusals, EventDispatcher by) implements Receipt {
        @Override
        public boolean routedRemotely() {
            return false;
        }
    }

    final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    final Queue<Receipt> retries = new ConcurrentLinkedQueue<>();
    volatile Function<Event, Receipt> answer = event -> told(event, 1);
    volatile Function<Event, CompletionStage<Receipt>> async =
            event -> CompletableFuture.completedStage(answer.apply(event));

    Told told(Event event, int accepted, Refusal... refusals) {
        return new Told(event.id().orElseGet(UUID::randomUUID), accepted, List.of(refusals), this);
    }

    @Override
    public Receipt dispatch(Event event, String publisher, Duration maxWait) {
        calls.add(new Call(event, publisher, maxWait));
        return answer.apply(event);
    }

    @Override
    public CompletionStage<Receipt> dispatchAsync(Event event, String publisher) {
        calls.add(new Call(event, publisher, Duration.ZERO));
        return async.apply(event);
    }

    @Override
    public Receipt retry(Receipt receipt, String publisher) {
        if (!(receipt instanceof Told told) || told.by() != this) {
            throw new IllegalArgumentException("not made by this dispatcher");
        }
        retries.add(receipt);
        return new Told(receipt.eventId(), receipt.refusals().size(), List.of(), this);
    }

    @Override
    public Receipt dispatch(Event event) {
        throw new UnsupportedOperationException("the event system names the publisher");
    }

    @Override
    public Subscription registerHandler(EventHandler handler, Map<String, ?> properties) {
        throw new UnsupportedOperationException("handlers are services");
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
        throw new UnsupportedOperationException();
    }

    @Override
    public List<SubscriptionView> subscriptions() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean pause(String identity) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean resume(String identity) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean pausePool(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean resumePool(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void pause() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resume() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean quarantine(String identity, String reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean lift(String identity) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DispatcherStats stats() {
        throw new UnsupportedOperationException();
    }
}

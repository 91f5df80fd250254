package symphony.testing;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.Receipt;
import symphony.api.event.Subscription;
import symphony.dispatcher.CallerDispatcher;
import symphony.dispatcher.DispatcherEngine;

/** The dispatcher as it is; counts the calls that have not ended. */
final class ObservedDispatcher extends CallerDispatcher {
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final Consumer<Event> dispatched;

    /** Somebody is told of each event after it was dispatched, or refused with an exception. */
    ObservedDispatcher(DispatcherEngine engine, String caller, Consumer<Event> dispatched) {
        super(engine, caller, ObservedDispatcher::register);
        this.dispatched = dispatched;
    }

    private static Subscription register(EventHandler handler, Map<String, ?> properties) {
        throw new UnsupportedOperationException("the event system and the scheduler register no handlers here");
    }

    boolean isQuiet() {
        return ended.get() == begun.get();
    }

    long activity() {
        return begun.get();
    }

    @Override
    public Receipt dispatch(Event event, String publisher, Duration maxWait) {
        begun.incrementAndGet();
        try {
            return super.dispatch(event, publisher, maxWait);
        } finally {
            dispatched.accept(event);
            ended.incrementAndGet();
        }
    }

    @Override
    public CompletionStage<Receipt> dispatchAsync(Event event, String publisher) {
        begun.incrementAndGet();
        try {
            return super.dispatchAsync(event, publisher).whenComplete((receipt, thrown) -> ended.incrementAndGet());
        } catch (RuntimeException e) {
            ended.incrementAndGet();
            throw e;
        }
    }

    @Override
    public Receipt retry(Receipt receipt, String publisher) {
        begun.incrementAndGet();
        try {
            return super.retry(receipt, publisher);
        } finally {
            ended.incrementAndGet();
        }
    }
}

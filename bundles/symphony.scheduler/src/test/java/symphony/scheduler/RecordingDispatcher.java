package symphony.scheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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

/** Records what is dispatched, and answers as it is told to; first with one acceptance. */
final class RecordingDispatcher implements EventDispatcher {
    record Call(Event event, String publisher, boolean retry) {
        String topic() {
            return event.topic();
        }
    }

    record GivenReceipt(Event event, int accepted, List<Refusal> refusals) implements Receipt {
        @Override
        public UUID eventId() {
            return event.id().orElseThrow();
        }

        @Override
        public boolean routedRemotely() {
            return false;
        }
    }

    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private volatile Function<Event, Receipt> answer = RecordingDispatcher::accepted;

    static Receipt accepted(Event event) {
        return new GivenReceipt(event, 1, List.of());
    }

    static Receipt refused(Event event, int accepted) {
        return new GivenReceipt(event, accepted, List.of(new Refusal("a/b", Refusal.Reason.FULL, "holds 10 of 10")));
    }

    void answer(Function<Event, Receipt> function) {
        answer = function;
    }

    Call next() throws InterruptedException {
        Call call = calls.poll(10, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("nothing was dispatched within 10 s");
        }
        return call;
    }

    List<Call> next(int count) throws InterruptedException {
        var all = new ArrayList<Call>();
        for (int i = 0; i < count; i++) {
            all.add(next());
        }
        return all;
    }

    boolean isUntouched() {
        return calls.isEmpty();
    }

    @Override
    public Receipt dispatch(Event event, String publisher, Duration maxWait) {
        Function<Event, Receipt> current = answer; // before the test can see the call and change the answer
        calls.add(new Call(event, publisher, false));
        return current.apply(event);
    }

    @Override
    public Receipt retry(Receipt receipt, String publisher) {
        Event event = ((GivenReceipt) receipt).event();
        Function<Event, Receipt> current = answer; // before the test can see the call and change the answer
        calls.add(new Call(event, publisher, true));
        return current.apply(event);
    }

    @Override
    public Receipt dispatch(Event event) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Receipt> dispatchAsync(Event event, String publisher) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Subscription registerHandler(EventHandler handler, Map<String, ?> properties) {
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

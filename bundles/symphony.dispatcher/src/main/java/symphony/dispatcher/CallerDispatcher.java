package symphony.dispatcher;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import symphony.api.dispatcher.DispatcherStats;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.HandlerView;
import symphony.api.dispatcher.PublisherView;
import symphony.api.dispatcher.StopReport;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.Receipt;
import symphony.api.event.Subscription;

/** The dispatcher as one caller sees it: every operation is done with that caller's permissions. Thread-safe. */
public class CallerDispatcher implements EventDispatcher {
    private final DispatcherEngine engine;
    private final String caller;
    private final HandlerRegistrar registrar;

    /**
     * For one caller.
     *
     * @param engine does the work
     * @param caller the principal, the symbolic name of a bundle
     * @param registrar registers its handlers
     */
    public CallerDispatcher(DispatcherEngine engine, String caller, HandlerRegistrar registrar) {
        this.engine = engine;
        this.caller = caller;
        this.registrar = registrar;
    }

    @Override
    public Subscription registerHandler(EventHandler handler, Map<String, ?> properties) {
        Objects.requireNonNull(handler, "handler");
        return registrar.register(handler, Objects.requireNonNull(properties, "properties"));
    }

    @Override
    public Receipt dispatch(Event event) {
        return engine.dispatch(caller, event, caller, Duration.ZERO);
    }

    @Override
    public Receipt dispatch(Event event, String publisher, Duration maxWait) {
        return engine.dispatch(caller, event, publisher, maxWait);
    }

    @Override
    public CompletionStage<Receipt> dispatchAsync(Event event, String publisher) {
        return engine.dispatchAsync(caller, event, publisher);
    }

    @Override
    public Receipt retry(Receipt receipt, String publisher) {
        return engine.retry(caller, receipt, publisher);
    }

    @Override
    public void start() {
        engine.administer(caller, "start");
        engine.start();
    }

    @Override
    public StopReport stop(Duration deadline) {
        engine.administer(caller, "stop");
        return engine.stop(deadline);
    }

    @Override
    public List<HandlerView> handlers() {
        return engine.handlers(caller);
    }

    @Override
    public List<SubscriptionView> subscriptions() {
        return engine.subscriptions(caller);
    }

    @Override
    public boolean pause(String identity) {
        return engine.pause(caller, identity, true);
    }

    @Override
    public boolean resume(String identity) {
        return engine.pause(caller, identity, false);
    }

    @Override
    public boolean pausePool(String name) {
        return engine.pausePool(caller, name, true);
    }

    @Override
    public boolean resumePool(String name) {
        return engine.pausePool(caller, name, false);
    }

    @Override
    public void pause() {
        engine.administer(caller, "pause");
        engine.pauseAll(true);
    }

    @Override
    public void resume() {
        engine.administer(caller, "resume");
        engine.pauseAll(false);
    }

    @Override
    public boolean quarantine(String identity, String reason) {
        return engine.quarantine(caller, identity, Objects.requireNonNull(reason, "reason"));
    }

    @Override
    public boolean lift(String identity) {
        return engine.lift(caller, identity);
    }

    @Override
    public List<PublisherView> publishers() {
        return engine.publishers(caller);
    }

    @Override
    public DispatcherStats stats() {
        return engine.stats();
    }
}

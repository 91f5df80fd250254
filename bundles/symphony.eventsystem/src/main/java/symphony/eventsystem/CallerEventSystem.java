package symphony.eventsystem;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.HandlerConstants;
import symphony.api.event.Receipt;
import symphony.api.event.Recurrence;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;
import symphony.api.event.Subscription;
import symphony.api.event.TypedHandler;
import symphony.api.scheduler.EventScheduler;
import symphony.component.HandlerProperties;

/** The event system as one bundle sees it. Thread-safe. */
final class CallerEventSystem implements EventSystem {
    /*
     * Each call reads a slot once and works with what it found. A dispatcher that is replaced meanwhile refuses (CLOSED),
     * or, if it is torn down already, throws IllegalStateException; both become a receipt that retry(…) can offer to its
     * successor, with the same id, so that a handler that got the event after all can tell.
     */
    private static final String DISPATCHER_BUNDLE = "symphony.dispatcher";
    private static final String SCHEDULER_BUNDLE = "symphony.scheduler";

    /** Nobody waits longer, and below this no arithmetic on nanoseconds overflows. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(3653);

    private final EventSystemEngine engine;
    private final String principal;
    private final Registrar registrar;

    CallerEventSystem(EventSystemEngine engine, String principal, Registrar registrar) {
        this.engine = engine;
        this.principal = principal;
        this.registrar = registrar;
    }

    @Override
    public Receipt publish(String topic, Object data) {
        return publish(Event.on(topic).data(data).build());
    }

    @Override
    public Receipt publish(Event event) {
        return publish(event, Duration.ZERO);
    }

    @Override
    public Receipt publish(Event event, Duration maxWait) {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(maxWait, "maxWait");
        if (maxWait.isNegative()) {
            throw new IllegalArgumentException("event on " + event.topic() + ": maxWait is " + maxWait
                    + ", must not be negative; publish(event) does not wait");
        }
        Duration wait = maxWait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : maxWait;
        return send(
                event,
                (dispatcher, given) -> received(given, dispatcher, dispatcher.dispatch(given, principal, wait)),
                refusal -> unsent(event, List.of(refusal)));
    }

    @Override
    public CompletionStage<Receipt> publishAsync(Event event) {
        Objects.requireNonNull(event, "event");
        return send(
                event,
                (dispatcher, given) -> dispatcher
                        .dispatchAsync(given, principal)
                        .handle((receipt, thrown) -> thrown == null
                                ? received(given, dispatcher, receipt)
                                : unsent(given, List.of(replaced(dispatcher, thrown)))),
                refusal -> CompletableFuture.completedStage(unsent(event, List.of(refusal))));
    }

    private <R> R send(Event event, BiFunction<EventDispatcher, Event, R> dispatch, Function<Refusal, R> not) {
        Optional<Refusal> gone = engine.gone(principal, registrar);
        if (gone.isPresent()) {
            return not.apply(gone.get());
        }
        Optional<EventDispatcher> dispatcher = engine.dispatcher().get();
        if (dispatcher.isEmpty()) {
            return not.apply(EventSystemEngine.missing("event dispatcher", DISPATCHER_BUNDLE));
        }
        try {
            return dispatch.apply(dispatcher.get(), event);
        } catch (IllegalStateException e) {
            return not.apply(replaced(dispatcher.get(), e));
        }
    }

    /** The same for a call that went on in the background; what goes on there reaches the caller wrapped. */
    private Refusal replaced(EventDispatcher dispatcher, Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof IllegalStateException why) {
            return replaced(dispatcher, why);
        }
        throw new CompletionException(cause);
    }

    /** What to tell the caller of a dispatcher that threw because it left during the call; else the exception goes on. */
    private Refusal replaced(EventDispatcher dispatcher, IllegalStateException thrown) {
        if (engine.dispatcher().holds(dispatcher)) {
            throw thrown;
        }
        return EventSystemEngine.refusal(
                Refusal.Reason.UNAVAILABLE,
                "the event dispatcher left during the call (" + thrown.getMessage() + "); try again in a moment");
    }

    private Receipt received(Event event, EventDispatcher dispatcher, Receipt receipt) {
        if (receipt.refusals().isEmpty()) {
            return receipt;
        }
        boolean sent = receipt.accepted() > 0
                || receipt.refusals().stream().anyMatch(r -> !r.subscription().isEmpty());
        return sent
                ? new SentReceipt(receipt, dispatcher, principal)
                : new UnsentReceipt(withId(event, receipt.eventId()), principal, receipt.refusals());
    }

    private UnsentReceipt unsent(Event event, List<Refusal> refusals) {
        return new UnsentReceipt(withId(event, event.id().orElseGet(engine::newId)), principal, refusals);
    }

    private static Event withId(Event event, UUID id) {
        if (event.id().isPresent()) {
            return event;
        }
        Event.Builder copy = Event.on(event.topic())
                .data(event.data())
                .priority(event.priority())
                .id(id)
                .attributes(event.attributes());
        event.key().ifPresent(copy::key);
        event.timeToLive().ifPresent(copy::timeToLive);
        return copy.build();
    }

    @Override
    public Receipt retry(Receipt receipt) {
        Objects.requireNonNull(receipt, "receipt");
        if (receipt.refusals().isEmpty()) {
            return receipt;
        }
        if (receipt instanceof UnsentReceipt unsent && unsent.publisher().equals(principal)) {
            return publish(unsent.event());
        }
        if (receipt instanceof SentReceipt sent && sent.publisher().equals(principal)) {
            return retry(sent);
        }
        throw new IllegalArgumentException(
                "receipt of event " + receipt.eventId() + " was not made by the event system of " + principal
                        + "; give back the receipt that publish or retry returned, in the same bundle");
    }

    private Receipt retry(SentReceipt sent) {
        Optional<Refusal> gone = engine.gone(principal, registrar);
        if (gone.isPresent()) {
            return sent.refusedAs(gone.get());
        }
        Optional<EventDispatcher> dispatcher = engine.dispatcher().get();
        if (dispatcher.isEmpty()) {
            return sent.refusedAs(EventSystemEngine.missing("event dispatcher", DISPATCHER_BUNDLE));
        }
        try {
            Receipt now = dispatcher.get().retry(sent.made(), principal);
            return now.refusals().isEmpty() ? now : new SentReceipt(now, dispatcher.get(), principal);
        } catch (IllegalArgumentException e) {
            return sent.refusedAs(notIts(dispatcher.get(), sent, e));
        } catch (IllegalStateException e) {
            return sent.refusedAs(replaced(dispatcher.get(), e));
        }
    }

    /** The sealed event lies with a dispatcher that left: an outcome, not the caller's mistake. */
    private static Refusal notIts(EventDispatcher dispatcher, SentReceipt sent, IllegalArgumentException thrown) {
        if (sent.maker() == dispatcher) {
            throw thrown;
        }
        return EventSystemEngine.refusal(
                Refusal.Reason.CLOSED,
                "the event dispatcher that sealed the event was replaced since; publish the event again");
    }

    @Override
    public Subscription subscribe(String topicFilter, EventHandler handler) {
        Objects.requireNonNull(topicFilter, "topicFilter");
        Objects.requireNonNull(handler, "handler");
        return subscribe(Map.of(HandlerConstants.TOPICS, topicFilter), handler);
    }

    @Override
    public <T> Subscription subscribe(String topicFilter, Class<T> type, TypedHandler<T> handler) {
        Objects.requireNonNull(topicFilter, "topicFilter");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(handler, "handler");
        return subscribe(
                Map.of(HandlerConstants.TOPICS, topicFilter),
                handler,
                properties -> registrar.register(handler, type, properties));
    }

    @Override
    public Subscription subscribe(Map<String, ?> properties, EventHandler handler) {
        Objects.requireNonNull(properties, "properties");
        Objects.requireNonNull(handler, "handler");
        return subscribe(properties, handler, complete -> registrar.register(handler, complete));
    }

    private Subscription subscribe(
            Map<String, ?> properties, Object handler, Function<Map<String, Object>, Runnable> register) {
        var complete = new HashMap<String, Object>(properties);
        if (complete.containsKey(null)) {
            throw new IllegalArgumentException(
                    "a property without a name has the value " + complete.get(null) + "; name it or leave it out");
        }
        complete.values().removeIf(Objects::isNull); // as if not set; services cannot have them
        complete.putIfAbsent(HandlerConstants.GRACE, "0");
        complete.putIfAbsent(HandlerConstants.SUBSCRIPTION, engine.newName(handler));
        HandlerProperties read = HandlerProperties.of(complete);
        read.topics().forEach(topic -> engine.guard().check(principal, "event", "subscribe", topic.toString()));
        engine.gone(principal, registrar).ifPresent(refusal -> {
            throw new IllegalStateException("cannot subscribe to " + read.topics() + ": " + refusal.detail());
        });
        String identity = principal + '/' + read.subscription().orElseThrow();
        return new RegisteredSubscription(identity, read.topics(), register.apply(complete));
    }

    @Override
    public Schedule schedule(Event event, Duration delay) {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(delay, "delay");
        if (delay.isNegative() || delay.compareTo(EventScheduler.MAX_DELAY) > 0) {
            throw new IllegalArgumentException("event on " + event.topic() + ": delay is " + delay + ", must be 0 to "
                    + EventScheduler.MAX_DELAY.toDays() + " days");
        }
        return schedule(event, scheduler -> scheduler.schedule(event, principal, delay));
    }

    @Override
    public Schedule schedule(Event event, Instant at) {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(at, "at");
        Instant last = engine.clock().instant().plus(EventScheduler.MAX_DELAY);
        if (at.isAfter(last)) {
            throw new IllegalArgumentException("event on " + event.topic() + ": instant is " + at + ", must be at most "
                    + EventScheduler.MAX_DELAY.toDays() + " days ahead, now until " + last);
        }
        return schedule(event, scheduler -> scheduler.schedule(event, principal, at));
    }

    @Override
    public Schedule schedule(Event event, Recurrence recurrence) {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(recurrence, "recurrence");
        event.id().ifPresent(id -> {
            throw new IllegalArgumentException("event on " + event.topic() + " has the id " + id
                    + ", but each event of a recurrence gets one of its own; leave it out");
        });
        return schedule(event, scheduler -> scheduler.schedule(event, principal, recurrence));
    }

    private Schedule schedule(Event event, Function<EventScheduler, Schedule> schedule) {
        Optional<Refusal> gone = engine.gone(principal, registrar);
        if (gone.isPresent()) {
            return new RefusedSchedule(engine.newId(), event.topic(), principal, gone.get());
        }
        Optional<EventScheduler> scheduler = engine.scheduler().get();
        if (scheduler.isEmpty()) {
            return new RefusedSchedule(
                    engine.newId(),
                    event.topic(),
                    principal,
                    EventSystemEngine.missing("event scheduler", SCHEDULER_BUNDLE));
        }
        try {
            return unlessGone(schedule.apply(scheduler.get()));
        } catch (IllegalStateException e) {
            if (engine.scheduler().holds(scheduler.get())) {
                throw e;
            }
            Refusal refusal = EventSystemEngine.refusal(
                    Refusal.Reason.UNAVAILABLE,
                    "the event scheduler left during the call (" + e.getMessage() + "); try again in a moment");
            return new RefusedSchedule(engine.newId(), event.topic(), principal, refusal);
        }
    }

    /**
     * When a bundle has stopped its schedules are cancelled. One that was made by a thread of it, and entered after that, is
     * taken back here.
     */
    private Schedule unlessGone(Schedule schedule) {
        Optional<Refusal> gone = engine.gone(principal, registrar);
        return gone.isPresent() && schedule.cancel()
                ? new RefusedSchedule(schedule.id(), schedule.topic(), principal, gone.get())
                : schedule;
    }
}

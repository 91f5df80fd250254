package symphony.eventsystem;

import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.EventSystem;
import symphony.api.event.Refusal;
import symphony.api.rbac.AccessControl;
import symphony.api.scheduler.EventScheduler;
import symphony.component.Guard;

/**
 * Gives each caller its {@link EventSystem}, and stays while dispatcher and scheduler come and go: what needs one that is
 * away is refused as {@link Refusal.Reason#UNAVAILABLE}, after {@link #close()} everything as
 * {@link Refusal.Reason#CLOSED}. Thread-safe, without locks.
 */
public final class EventSystemEngine implements AutoCloseable {
    /*
     * Permissions: the dispatcher checks event:publish for the publisher that we name to it, and the scheduler checks
     * schedule; a second check here would cost time and could only disagree. Subscriptions become services, and nobody
     * between here and the registry knows the topics, so event:subscribe is checked here.
     */
    private final Guard guard;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Slot<EventDispatcher> dispatcher = new Slot<>();
    private final Slot<EventScheduler> scheduler = new Slot<>();
    private final Slot<AccessControl> access = new Slot<>();
    private final AtomicLong names = new AtomicLong();
    private final String run;
    private volatile boolean closed;

    /**
     * Without dispatcher and scheduler yet.
     *
     * @param guard asked for permission to subscribe
     * @param clock the wall clock
     * @param random thread-safe; for ids of events that were not sent, and to tell the names of this run from those of
     *     an earlier one
     */
    public EventSystemEngine(Guard guard, InstantSource clock, RandomGenerator random) {
        this.guard = Objects.requireNonNull(guard, "guard");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.random = Objects.requireNonNull(random, "random");
        this.run = Integer.toUnsignedString(random.nextInt(), Character.MAX_RADIX);
    }

    /**
     * The event system of one caller.
     *
     * @param principal symbolic name of the caller's bundle
     * @param registrar makes its handlers known
     * @return acts with the caller's permissions
     */
    public EventSystem forCaller(String principal, Registrar registrar) {
        return new CallerEventSystem(
                this, Objects.requireNonNull(principal, "principal"), Objects.requireNonNull(registrar, "registrar"));
    }

    /**
     * A dispatcher came.
     *
     * @param service from now on used
     */
    public void bind(EventDispatcher service) {
        dispatcher.bind(service);
    }

    /**
     * A dispatcher left.
     *
     * @param service no longer used, unless another came before it left
     */
    public void unbind(EventDispatcher service) {
        dispatcher.unbind(service);
    }

    /**
     * A scheduler came.
     *
     * @param service from now on used
     */
    public void bind(EventScheduler service) {
        scheduler.bind(service);
    }

    /**
     * A scheduler left.
     *
     * @param service no longer used, unless another came before it left
     */
    public void unbind(EventScheduler service) {
        scheduler.unbind(service);
    }

    /**
     * Access control came.
     *
     * @param service from now on asked
     */
    public void bind(AccessControl service) {
        guard.bind(service);
        access.bind(service);
    }

    /**
     * Access control left.
     *
     * @param service no longer asked, unless another came before it left
     */
    public void unbind(AccessControl service) {
        access.unbind(service);
        guard.unbind(service);
    }

    /**
     * Whether publishing makes sense: dispatcher and scheduler are there, and access control where security is required.
     *
     * @return whether it does
     */
    public boolean ready() {
        return !closed && dispatcher.isPresent() && scheduler.isPresent() && (access.isPresent() || !guard.required());
    }

    /** Refuses everything from now on. Subscriptions stay: they are the callers'. */
    @Override
    public void close() {
        closed = true;
    }

    Guard guard() {
        return guard;
    }

    InstantSource clock() {
        return clock;
    }

    Slot<EventDispatcher> dispatcher() {
        return dispatcher;
    }

    Slot<EventScheduler> scheduler() {
        return scheduler;
    }

    /** Why a caller gets nothing at all any more. */
    Optional<Refusal> gone(String principal, Registrar registrar) {
        if (closed) {
            return Optional.of(refusal(
                    Refusal.Reason.CLOSED, "the event system (bundle symphony.eventsystem) has stopped; get it anew"));
        }
        if (!registrar.alive()) {
            return Optional.of(refusal(
                    Refusal.Reason.CLOSED,
                    "bundle " + principal + " has stopped; use the event system only while your bundle runs"));
        }
        return Optional.empty();
    }

    static Refusal missing(String what, String bundle) {
        return refusal(
                Refusal.Reason.UNAVAILABLE,
                "no " + what + " is there at the moment; if it is being replaced try again in a moment, else bundle "
                        + bundle + ", or one that it needs, could not start, and the log says why");
    }

    static Refusal refusal(Refusal.Reason reason, String detail) {
        return new Refusal("", reason, detail);
    }

    /** A UUID of version 7 (RFC 9562), random but for the time. */
    UUID newId() {
        long high = clock.millis() << 16 | 0x7000 | random.nextLong() & 0xfff;
        long low = random.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /**
     * A name for a subscription that has none. A subscription outlives a restart of this engine, so the name of an earlier
     * run must not come again: equal names would make two handlers compete for the events of one.
     */
    String newName(Object handler) {
        String type = handler.getClass().getSimpleName();
        int lambda = type.indexOf("$$");
        String subject = type.isEmpty() ? "handler" : lambda > 0 ? type.substring(0, lambda) : type;
        return subject + '-' + run + '-' + names.incrementAndGet();
    }
}

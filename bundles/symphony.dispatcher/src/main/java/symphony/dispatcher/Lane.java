package symphony.dispatcher;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import symphony.api.event.Refusal;
import symphony.api.event.TopicFilter;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Lease;
import symphony.api.queue.QueueProvider;
import symphony.component.QuietLog;

/** A subscription that runs: its queue, the handlers that share it, the calls that run. */
final class Lane implements Routed {
    /*
     * Three locks have a say in a lane, always taken in this order and never together with foreign code:
     * the registry's guards how the lane is set up (config, queue, who is active, parking), the lane's own (its monitor) who
     * may be called and which calls run, the pool's whether it waits for a worker and how many workers serve it.
     * Workers of more than one pool serve a lane only for the moment after it went to another; those of the old one finish
     * what they have, and count.
     * Once setActive() has returned without a member, no call of that member starts, and once paused(true) has, no call at all:
     * begin() looks under the same monitor.
     */
    private static final AtomicReferenceFieldUpdater<Lane, Logs> LOGS =
            AtomicReferenceFieldUpdater.newUpdater(Lane.class, Logs.class, "logs");
    private static final AtomicLongFieldUpdater<Lane> FAILURES =
            AtomicLongFieldUpdater.newUpdater(Lane.class, "failures");
    private static final AtomicLongFieldUpdater<Lane> OVERRUNS =
            AtomicLongFieldUpdater.newUpdater(Lane.class, "overruns");
    private static final AtomicLongFieldUpdater<Lane> ABANDONED =
            AtomicLongFieldUpdater.newUpdater(Lane.class, "abandoned");
    private static final AtomicIntegerFieldUpdater<Lane> SERVED =
            AtomicIntegerFieldUpdater.newUpdater(Lane.class, "served");

    final String identity;
    final String kind;
    final Breaker breaker = new Breaker();

    /** Those who share it, superseded ones too. Guarded by the registry's lock. */
    final List<Member> members = new ArrayList<>(1);

    private final LongSupplier nanos;
    private volatile Logs logs; // null until there is something to tell

    // Changed by the updaters above, since a lane may be one of very many and need as little memory as possible.
    private volatile long failures;
    private volatile long overruns;
    private volatile long abandoned;
    private volatile int served;

    // Written under the registry's lock.
    private volatile LaneConfig config;
    private volatile Attached attached;
    private volatile boolean retired;

    /** Registry's lock: which parking this is, so that an old deadline does not end a new one. */
    private long parking;

    /** Registry's lock: bundle of the last active member, -1 if there was none. */
    private long lastOwner = -1;

    // Written under this monitor.
    private volatile List<Member> active = List.of();
    private volatile boolean paused;
    private int turn;
    private int running;

    /** Whether a signal was dropped since as many served it as may. */
    volatile boolean missed;

    /** Workers that may. Written under the registry's lock. */
    private volatile int limit = 1;

    /** Number of the opening of its breaker that was announced last, 0 for closed. Registry's lock. */
    long quarantineTold;

    /** Whether its queue, which could not be told what applies, is told again soon. Registry's lock. */
    boolean adjustsAgain;

    /** Whether it was made for a hook and never served a handler: all it has are copies, dropped when it goes. Registry's lock. */
    boolean lossy;

    /** The pool that its handler wants and that is not there; empty if it is. Registry's lock. */
    String missedPool = "";

    /** Its place in the pool that serves it. Written under the registry's lock. */
    private volatile ReadyLanes.Entry entry;

    /** Who tells of what goes wrong, and what is known of it. */
    private static final class Logs {
        private final QuietLog failed;
        private final QuietLog dead;
        private final QuietLog overran;
        private final LongSupplier nanos;

        /** Guarded by this. */
        private boolean undecided;

        private long undecidedSince;

        Logs(LongSupplier nanos) {
            this.failed = new QuietLog(nanos);
            this.dead = new QuietLog(nanos);
            this.overran = new QuietLog(nanos);
            this.nanos = nanos;
        }
    }

    Lane(String kind, LaneConfig config, Pool pool, LongSupplier nanos) {
        this.entry = new ReadyLanes.Entry(this, pool);
        this.identity = config.spec().identity();
        this.kind = kind;
        this.config = config;
        this.nanos = nanos;
    }

    /** Tells that a call, or the queue, failed, unless that has just been told; the writer gets how often it was not. */
    void tellFailure(LongConsumer writer) {
        logs().failed.write(writer);
    }

    /** Tells that an event was given up, likewise. */
    void tellDead(LongConsumer writer) {
        logs().dead.write(writer);
    }

    /** Tells that a call ran over its time limit, likewise. */
    void tellOverrun(LongConsumer writer) {
        logs().overran.write(writer);
    }

    /** A call ended undecided; for how long all have, in nanoseconds. */
    long undecided() {
        Logs mine = logs();
        synchronized (mine) {
            long now = mine.nanos.getAsLong();
            if (!mine.undecided) {
                mine.undecided = true;
                mine.undecidedSince = now;
            }
            return now - mine.undecidedSince;
        }
    }

    /** A call ended otherwise. */
    void decided() {
        Logs mine = logs;
        if (mine != null) {
            synchronized (mine) {
                mine.undecided = false;
            }
        }
    }

    private Logs logs() {
        Logs made = logs;
        if (made == null) {
            LOGS.compareAndSet(this, null, new Logs(nanos));
            made = logs;
        }
        return made;
    }

    /** Calls that threw. */
    long failures() {
        return failures;
    }

    void countFailure() {
        FAILURES.incrementAndGet(this);
    }

    /** Calls over their time limit. */
    long overruns() {
        return overruns;
    }

    void countOverrun() {
        OVERRUNS.incrementAndGet(this);
    }

    /** Calls that did not end when their handler had to leave. */
    long abandoned() {
        return abandoned;
    }

    void countAbandoned() {
        ABANDONED.incrementAndGet(this);
    }

    /** Workers that serve it, of whatever pool. */
    int served() {
        return served;
    }

    /** A worker begins to serve it; under its pool's lock only. */
    void takenUp() {
        SERVED.incrementAndGet(this);
    }

    /** A worker serves it no more. */
    void letGo() {
        SERVED.decrementAndGet(this);
    }

    @Override
    public List<TopicFilter> topics() {
        return config.topics();
    }

    LaneConfig config() {
        return config;
    }

    void config(LaneConfig changed) {
        config = changed;
    }

    /** A queue and who opened it: who pushes must have both of one moment. */
    record Attached(EventQueue queue, QueueProvider provider) {}

    /** Null while the provider of its kind is not there. */
    Attached attached() {
        return attached;
    }

    /** Null while the provider of its kind is not there. */
    EventQueue queue() {
        Attached current = attached;
        return current == null ? null : current.queue;
    }

    void attach(EventQueue queue, QueueProvider provider) {
        attached = new Attached(queue, provider);
    }

    void detach() {
        attached = null;
    }

    boolean isPaused() {
        return paused;
    }

    /** Registry's lock. When it is paused no call starts, also if its queue still hands out. */
    void paused(boolean on) {
        synchronized (this) {
            paused = on;
        }
    }

    /** Whether it is about to go: nobody is routed to it any more. */
    boolean isRetired() {
        return retired;
    }

    void retired(boolean on) {
        retired = on;
    }

    /** Whether its queue is asked for nothing: it is about to go, or has none. */
    boolean isGone() {
        return retired || queue() == null;
    }

    long parking() {
        return parking;
    }

    long nextParking() {
        return ++parking;
    }

    long lastOwner() {
        return lastOwner;
    }

    /** Lets the queue hand out, or not, and to as many as may be called at once, as things stand. Registry's lock. */
    void adjust() {
        List<Member> members = active;
        int callers = members.stream().mapToInt(Member::concurrency).sum();
        limit = breaker.isHalfOpen() ? 1 : Math.max(1, callers);
        EventQueue current = queue();
        if (current != null && !isServed()) {
            current.pause();
        } else if (current != null) {
            current.resume();
            offer(); // perhaps for one worker more than before
        }
    }

    /** Whether somebody may be called. Whoever changes that adjusts it after. */
    private boolean isServed() {
        return !paused && !breaker.isOpen() && !active.isEmpty();
    }

    List<Member> active() {
        return active;
    }

    /** Registry's lock. When this returns no call of anybody else starts. */
    void setActive(List<Member> members) {
        synchronized (this) {
            active = List.copyOf(members);
        }
        if (!members.isEmpty()) {
            lastOwner = members.get(0).source.owner().id();
        }
    }

    /** Begins a call of the member whose turn it is, on a thread of a pool; null if there is nobody to call. */
    synchronized Call begin(Lease lease, Thread thread, Pool pool, long now) {
        if (paused || breaker.isOpen() || breaker.isHalfOpen() && running > 0) {
            return null;
        }
        for (int i = 0; i < active.size(); i++) {
            Member member = active.get(turn++ % active.size());
            if (turn < 0) {
                turn = 0;
            }
            if (member.calls.size() < member.concurrency()) {
                var call = new Call(this, member, lease, thread, pool, now, config.timeLimitNanos());
                member.calls.add(call);
                running++;
                return call;
            }
        }
        return null;
    }

    /** Whether a member may be called. */
    synchronized boolean admits(Member member) {
        return active.contains(member);
    }

    /** The call has been settled. Gives its member's handler, if it shall be given back, else null. */
    synchronized HandlerBinding end(Call call) {
        call.member.calls.remove(call);
        running--;
        return unbindIdle(call.member);
    }

    /** Tells who waits for the call, after its end and after the handler was given back. */
    synchronized void tell(Call call) {
        call.tellWatchers();
    }

    /** Takes the handler from a member that is no longer called and whose calls have ended; null if it is not so. */
    synchronized HandlerBinding unbindIdle(Member member) {
        return member.calls.isEmpty() && !active.contains(member) ? member.unbind() : null;
    }

    /** The calls of a member that run. */
    synchronized List<Call> callsOf(Member member) {
        return new ArrayList<>(member.calls);
    }

    /** Sets who waits for a call; false if it has ended. */
    synchronized boolean watch(Call call, CountDownLatch latch) {
        if (!call.member.calls.contains(call)) {
            return false;
        }
        call.watch(latch);
        return true;
    }

    int running() {
        synchronized (this) {
            return running;
        }
    }

    /** Takes the most urgent event; {@code Lease.NONE} if there is none or no queue. */
    Lease pop() {
        EventQueue current = queue();
        return current == null ? Lease.NONE : current.pop();
    }

    /** Priority of the event that would be taken, -1 if none. */
    int readyPriority() {
        EventQueue current = queue();
        return current == null ? -1 : current.readyPriority();
    }

    /** Workers that may serve it at once. */
    int limit() {
        return limit;
    }

    /** The pool that serves it. */
    Pool pool() {
        return entry.pool;
    }

    /**
     * Something can be taken, or may be by one worker more: its pool gets to know, unless nobody may be called; then its queue
     * may hand out nevertheless, since it could not be told. Any thread, without locks of queues.
     */
    void ready() {
        if (isServed()) {
            ReadyLanes.Entry place = entry;
            place.pool.ready(place);
        }
    }

    /** As {@link #ready}, but that nothing its queue throws gets out: then it is asked for in a second. */
    void offer() {
        try {
            ready();
        } catch (RuntimeException | Error e) {
            tryLater(e);
        }
    }

    /** Its queue failed, so that nobody may list it again: it is asked for in a second. */
    void tryLater(Throwable why) {
        ReadyLanes.Entry place = entry;
        place.pool.tryLater(place, why);
    }

    /** Something of this priority can be taken. */
    void moreUrgent(int priority) {
        ReadyLanes.Entry place = entry;
        place.pool.moreUrgent(place, priority);
    }

    /** It waits for no worker, until it is ready again. */
    void unlist() {
        ReadyLanes.Entry place = entry;
        place.pool.remove(place);
    }

    /** Another pool serves it from now on. Registry's lock. */
    void moveTo(Pool pool) {
        ReadyLanes.Entry old = entry;
        if (old.pool != pool) {
            entry = new ReadyLanes.Entry(this, pool); // first, or a signal between the two would find no pool at all
            old.pool.leave(old);
            offer();
        }
    }

    Refusal refusal(Refusal.Reason reason, String detail) {
        return new Refusal(identity, reason, detail);
    }

    @Override
    public String toString() {
        return identity;
    }
}

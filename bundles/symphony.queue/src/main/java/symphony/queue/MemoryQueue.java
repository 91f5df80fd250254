package symphony.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.crypto.Envelope;
import symphony.api.event.Refusal;
import symphony.api.queue.DeadReason;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;
import symphony.api.queue.Offer;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueueStats;
import symphony.api.queue.QueuedEvent;

/** The queue of one subscription, kept in memory whether it is open or not. Thread-safe. */
final class MemoryQueue {
    /*
     * One lock guards everything: the backlog (which has the order), the counters, the open leases and what is to be told.
     * So the counters are exact at each moment, and the queue is linearisable: each operation takes effect while it holds
     * the lock.
     *
     * Foreign code (the signal, the timer, the log) and the dead letters are never called under the lock. While somebody holds
     * it, he notes what is to be told, and unlock() tells it afterwards: first the dead letters, so that none is lost for
     * what others do when they are told; last those who watch what ends here, since nothing depends on them. Only the budget
     * is released under it: a leaf.
     *
     * Waking. The signal of whenReady: "announced" says that the consumer was told and that something to take has been there
     * ever since. Where that is not certain (a busy key, an event that may expire), it is told again: too often does no harm,
     * once too rarely would stop a subscription. Threads in pop(timeout): one is woken for each event
     * that becomes ready, and one that leaves without an event hands its waking on. Publishers that wait for room: whoever
     * unlocks while there is room and somebody waits wakes one; that one does the same when it leaves.
     *
     * Duplicates. An event is looked up and remembered under the same hold of the lock in which it is accepted, so of two
     * publishes of one id exactly one is stored, and one that was refused is not remembered. Dead letters that are pushed
     * again are neither looked up nor remembered.
     *
     * Order keys after a failure. The places of dead letters of each key are known from the hold of the lock in which the
     * event leaves to the hold that pushes it again, also of those that are still on their way to the dead letters. So no event
     * can slip in between, and none is pushed again before an earlier one. They are known whatever the specification says,
     * which may be changed; only what follows from it depends on that. Where a full queue refuses, what follows a dead letter
     * keeps its slot here, so that a key that nobody looks after ends in refusals, not in dead letters that push out others. One
     * for which there is no slot, since others were re-driven meanwhile, is a dead letter like any other.
     *
     * Times of waiting threads are real time, also when the clocks are driven by hand: a condition knows no other.
     */
    private static final Logger log = LoggerFactory.getLogger(MemoryQueue.class);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final String FOLLOWS =
            "another event of its order key is a dead letter; re-drive both, the earlier one first";

    /** Tells queues of one identity apart, of which one was forgotten before the other was made. */
    private static final AtomicLong GENERATIONS = new AtomicLong();

    private final long generation = GENERATIONS.incrementAndGet();
    private final Surroundings around;
    private final ReentrantLock lock = new ReentrantLock();
    private final Backlog backlog;
    private volatile QueueSpec spec;
    private OpenQueue opened;
    private volatile boolean gone;
    private boolean paused;

    private long sequence;
    private long accepted;
    private long handled;
    private long dead;
    private long dropped;
    private long reported;
    private long retried;
    private long duplicates;
    /** Dead letters that keep a slot here since they followed one. */
    private int takenAlong;

    private MemoryLease leases;
    private Refusals refusals;
    private Shares shares;
    private RecentIds recent;

    private Runnable signal;
    private boolean announced;
    private boolean tellReady;
    private Condition ready;
    private int takers;
    private Condition room;
    private int publishers;
    /** Until when publishers sleep at most, epoch milliseconds: the next expiry that the last of them knew. */
    private long awaitedExpiry;

    private DueAlarm alarm;
    private boolean tellForgetting;
    private Burial firstBurial;
    private Burial lastBurial;

    MemoryQueue(Surroundings around, QueueSpec spec) {
        this.around = around;
        this.backlog = new Backlog(around.budget);
        this.spec = spec;
    }

    QueueSpec spec() {
        return spec;
    }

    // ---- opening and closing

    /** Makes a new opening the one that counts; false if the queue was forgotten meanwhile. */
    boolean open(OpenQueue opening, QueueSpec wanted) {
        lock.lock();
        try {
            if (gone) {
                return false;
            }
            if (opened != null) {
                throw new IllegalStateException(spec.identity() + ": is open already; close it first");
            }
            opened = opening;
            changeSpec(wanted);
        } finally {
            unlock();
        }
        freeSlots();
        return true;
    }

    void update(OpenQueue by, QueueSpec wanted) {
        lock.lock();
        try {
            if (!wanted.identity().equals(spec.identity())) {
                throw new IllegalArgumentException(
                        spec.identity() + ": cannot become " + wanted.identity() + "; open another queue for that");
            }
            if (opened != by) {
                throw new IllegalStateException(spec.identity() + ": is closed; open it again to change it");
            }
            changeSpec(wanted);
        } finally {
            unlock();
        }
        freeSlots();
    }

    private void changeSpec(QueueSpec wanted) {
        spec = wanted;
        if (recent != null && wanted.duplicatesMillis() == 0) {
            recent.clear();
        }
        if (publishers > 0) {
            // More room, or overflow now goes elsewhere: each finds out by itself.
            room.signalAll();
        }
    }

    /** Gives up the slots of those that were taken along, if by now none of them keeps one. */
    private void freeSlots() {
        boolean free;
        lock.lock();
        try {
            free = takenAlong > 0 && !keepsSlots();
        } finally {
            lock.unlock();
        }
        if (free) {
            around.deadLetters.freeSlots(this);
        }
    }

    /** Whether those that are taken along keep a slot here, as long as there is one. */
    boolean keepsSlots() {
        QueueSpec now = spec;
        return !gone && now.orderFailure() == OrderFailure.TAKE_ALONG && now.overflow() == Overflow.REFUSE;
    }

    void close(OpenQueue by) {
        lock.lock();
        try {
            if (opened == by) {
                for (MemoryLease lease = leases; lease != null; lease = leases) {
                    unlink(lease);
                    backlog.giveBack(lease.entry);
                }
                leaveConsumer();
            }
        } finally {
            unlock();
        }
    }

    private void leaveConsumer() {
        opened = null;
        signal = null;
        announced = false;
        if (takers > 0) {
            ready.signalAll();
        }
        if (publishers > 0) {
            room.signalAll();
        }
    }

    /** Drops all that waits, unless the queue is open; negative if it is gone already. */
    int forget() {
        List<Entry> all;
        Runnable cancel;
        lock.lock();
        try {
            if (gone) {
                return -1;
            }
            if (opened != null) {
                throw new IllegalStateException(spec.identity() + ": is open; close it before it is forgotten");
            }
            gone = true;
            recent = null;
            all = removeAll();
            dropped += all.size();
            cancel = cancelAlarm();
        } finally {
            unlock();
        }
        cancel.run();
        all.forEach(entry -> entry.letGo(around.budget));
        freeSlots();
        return all.size();
    }

    /** The provider stops: what is here is counted as reported, and said once. */
    void stop() {
        List<Entry> all;
        long wereLeased;
        Runnable cancel;
        lock.lock();
        try {
            gone = true;
            wereLeased = backlog.leased();
            for (MemoryLease lease = leases; lease != null; lease = leases) {
                unlink(lease);
                backlog.giveBack(lease.entry);
            }
            all = removeAll();
            reported += all.size();
            leaveConsumer();
            cancel = cancelAlarm();
        } finally {
            unlock();
        }
        cancel.run();
        all.forEach(entry -> entry.letGo(around.budget));
        if (!all.isEmpty()) {
            log.warn(
                    "{}: stopped with {} events that are lost, {} of them with a handler; a durable subscription keeps them",
                    spec.identity(),
                    all.size(),
                    wereLeased);
        }
    }

    private List<Entry> removeAll() {
        return backlog.removeIf(entry -> true);
    }

    private Runnable cancelAlarm() {
        return alarm == null ? () -> {} : alarm.forget();
    }

    // ---- push

    /**
     * Pushes one event, for a charge that the caller holds.
     *
     * @param maxWaitNanos 0 never blocks
     */
    Offer push(OpenQueue by, Item item, Charge charge, long maxWaitNanos) throws InterruptedException {
        RecentIds.Key key = keyOf(item);
        lock.lock();
        try {
            if (maxWaitNanos > 0 && firstTaken(by, key) < 0 && !hasItsShare(item)) {
                awaitRoom(by, maxWaitNanos);
            }
            Offer offer = pushNow(by, item, charge, key);
            return offer == null ? refuseFull() : offer;
        } finally {
            unlock();
        }
    }

    /** Pushes one event unless it would have to wait for room; null if so, and nothing is counted. */
    Offer pushIfRoom(OpenQueue by, Item item, Charge charge) {
        RecentIds.Key key = keyOf(item);
        lock.lock();
        try {
            return pushNow(by, item, charge, key);
        } finally {
            unlock();
        }
    }

    /** Null if there is no room, and the queue refuses what it has no room for. */
    private Offer pushNow(OpenQueue by, Item item, Charge charge, RecentIds.Key key) {
        Offer again = duplicate(by, key);
        if (again != null) {
            return again;
        }
        if (opened != by) {
            return refuseClosed();
        }
        Offer.Refused over = overShare(item);
        if (over != null) {
            return refusals().refuse(over.reason(), over.detail());
        }
        if (!isFull()) {
            return follows(item)
                    ? acceptAsDead(follower(entry(item, charge, null)), charge, key)
                    : accept(item, charge, key, null);
        }
        if (spec.overflow() == Overflow.REFUSE) {
            return null;
        }
        String detail = "the queue held " + spec.capacity() + " events, its capacity";
        return acceptAsDead(
                new Burial(entry(item, charge, null), item.attempt(), DeadReason.OVERFLOW, "", detail, false),
                charge,
                key);
    }

    private boolean hasItsShare(Item item) {
        Map<String, Integer> percents = around.shares();
        Integer percent =
                percents.isEmpty() ? null : percents.get(item.envelope().publisher());
        return percent != null
                && backlog.ofPublisher(item.envelope().publisher()) >= Shares.most(spec.capacity(), percent);
    }

    /** The refusal of an event whose publisher has its share of this queue; null if it has not, or has no limit. */
    private Offer.Refused overShare(Item item) {
        Map<String, Integer> percents = around.shares();
        if (percents.isEmpty()) {
            backlog.forgetPublishers();
            return null;
        }
        String publisher = item.envelope().publisher();
        Integer percent = percents.get(publisher);
        if (percent == null) {
            return null;
        }
        if (shares == null) {
            shares = new Shares();
        }
        int most = Shares.most(spec.capacity(), percent);
        if (backlog.ofPublisher(publisher) >= most) {
            removeExpired(); // what expired must not keep others out
        }
        return shares.refuse(
                spec.identity(), publisher, backlog.ofPublisher(publisher), most, around.nanos.getAsLong());
    }

    /** {@code charge} is null for a dead letter that has the envelope alone. */
    private Entry entry(Item item, Charge charge, Origin origin) {
        Charge kept = charge == null ? null : charge.kept();
        return new Entry(item, kept, origin, sequence, around.nanos.getAsLong());
    }

    /** One that follows a dead letter of its order key, and keeps a slot if there is one. */
    private Burial follower(Entry entry) {
        boolean slot = keepsSlots() && hasRoom();
        return new Burial(entry, entry.attempt(), DeadReason.TAKEN_ALONG, "", FOLLOWS, slot);
    }

    /** Whether a new event must follow a dead letter of its order key. What has expired already follows nobody. */
    private boolean follows(Item item) {
        return takesAlong(item)
                && around.deadLetters.keys().has(spec.identity(), item.orderKey())
                && !(item.expires() != 0 && around.clock.millis() >= item.expires());
    }

    private boolean takesAlong(Item item) {
        return item.orderKey() != 0 && spec.orderFailure() == OrderFailure.TAKE_ALONG;
    }

    /** Counts one that leaves as a dead letter, and notes that it is to be brought to the others; fails before it changes anything. */
    private void die(Burial burial) {
        Entry entry = burial.entry;
        Origin origin = originOf(entry);
        if (entry.isKeyed()) {
            around.deadLetters.keys().add(spec.identity(), entry.orderKey(), origin);
        }
        burial.origin = origin;
        dead++;
        takenAlong += burial.keepsSlot ? 1 : 0;
        if (firstBurial == null) {
            firstBurial = burial;
        } else {
            lastBurial.next = burial;
        }
        lastBurial = burial;
    }

    /** What tells an event from others; null if nobody wants to know whether it comes twice. */
    private RecentIds.Key keyOf(Item item) {
        return spec.duplicatesMillis() == 0 ? null : RecentIds.Key.of(item.envelope());
    }

    private long windowNanos() {
        return Surroundings.nanosOf(Duration.ofMillis(spec.duplicatesMillis()));
    }

    /** The sequence of the same event that was taken lately; -1 if there is none. */
    private long firstTaken(OpenQueue by, RecentIds.Key key) {
        boolean known = opened == by && key != null && recent != null;
        return known ? recent.find(key, around.nanos.getAsLong(), windowNanos()) : -1;
    }

    /** The answer to an event that was taken lately; null if it was not. */
    private Offer duplicate(OpenQueue by, RecentIds.Key key) {
        long first = firstTaken(by, key);
        if (first < 0) {
            return null;
        }
        duplicates++;
        return new Offer.Duplicate(first);
    }

    private void remember(RecentIds.Key key, long sequenceOfIt) {
        if (key == null || spec.duplicatesMillis() == 0) {
            return;
        }
        if (recent == null) {
            recent = new RecentIds();
        }
        tellForgetting |= recent.add(key, sequenceOfIt, around.nanos.getAsLong(), windowNanos(), around.duplicateIds());
    }

    private void forgetOldIds() {
        if (recent != null) {
            recent.forget(around.nanos.getAsLong(), windowNanos());
        }
    }

    private void awaitRoom(OpenQueue by, long maxWaitNanos) throws InterruptedException {
        if (room == null) {
            room = lock.newCondition();
        }
        long left = maxWaitNanos;
        publishers++;
        try {
            while (left > 0 && opened == by && spec.overflow() == Overflow.REFUSE && isFull()) {
                // Nobody wakes us for what expires.
                awaitedExpiry = backlog.nextExpiry();
                long nap = Math.min(left, nanosToNextExpiry());
                left -= nap - room.awaitNanos(nap);
            }
        } finally {
            publishers--;
        }
    }

    private long nanosToNextExpiry() {
        long next = backlog.nextExpiry();
        return next == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : Math.max(LOOK_AGAIN_NANOS, TimeUnit.MILLISECONDS.toNanos(next - around.clock.millis()));
    }

    private boolean isFull() {
        if (hasRoom()) {
            return false;
        }
        // What expired must not keep others out; a queue that is paused or has no handler does not notice it otherwise.
        removeExpired();
        return !hasRoom();
    }

    private boolean hasRoom() {
        return backlog.size() < slotsForEvents();
    }

    private int slotsForEvents() {
        return Math.max(0, spec.capacity() - takenAlong);
    }

    private void removeExpired() {
        if (backlog.anyExpiring()) {
            moveDue(around.nanos.getAsLong());
            backlog.removeExpired(around.clock.millis());
        }
    }

    /** Looks for expired events because memory is short. */
    void purge() {
        lock.lock();
        try {
            forgetOldIds();
            removeExpired();
        } finally {
            unlock();
        }
    }

    /**
     * Takes one in to wait.
     *
     * @param key is remembered; null for none
     * @param origin if it was a dead letter before, else null
     */
    private Offer accept(Item item, Charge charge, RecentIds.Key key, Origin origin) {
        Entry entry = entry(item, charge, origin);
        var offer = new Offer.Accepted(entry.sequence);
        boolean later = item.notBefore() > 0 && item.notBefore() > around.clock.millis();
        if (later) {
            entry.dueNanos = around.dueNanos(item.notBefore());
        }
        boolean added = false;
        try {
            remember(key, entry.sequence);
            backlog.add(entry, later); // from here on nothing that must be done needs memory
            added = true;
        } finally {
            forgetUnless(added, key);
        }
        takeIn(charge);
        if (!later) {
            becameReady(1);
        }
        return offer;
    }

    /** It never enters the backlog. */
    private Offer acceptAsDead(Burial burial, Charge charge, RecentIds.Key key) {
        var offer = new Offer.Accepted(burial.entry.sequence);
        boolean added = false;
        try {
            remember(key, burial.entry.sequence);
            die(burial);
            added = true;
        } finally {
            forgetUnless(added, key);
        }
        takeIn(charge);
        return offer;
    }

    /** One that could not be added, for want of memory, is not remembered either: its publisher tries again. */
    private void forgetUnless(boolean added, RecentIds.Key key) {
        if (!added && key != null && recent != null) {
            recent.remove(key);
        }
    }

    private void takeIn(Charge charge) {
        if (charge != null) {
            charge.takeIn();
        }
        sequence++;
        accepted++;
    }

    /**
     * Pushes a dead letter again, whose charge goes over to the queue, and tells nobody: the caller holds a lock. Where events
     * follow a dead letter of their key, one that comes after another is refused. Those that followed have slots, but they wait
     * for this one: it needs room among those that are in the queue itself, no more. A refusal is not counted, since no
     * publisher met it.
     *
     * @param slotOf the queue where it keeps a slot, or null; if it is this one it does so no longer
     * @param charge its hold on the bytes of its envelope, null if it has them alone
     */
    Offer pushAgain(MemoryQueue slotOf, Item item, Charge charge, Origin origin) {
        lock.lock();
        try {
            if (gone) {
                return new Offer.Refused(
                        Refusal.Reason.UNAVAILABLE, spec.identity() + ": was forgotten, or its provider has stopped");
            }
            DeadKeys keys = around.deadLetters.keys();
            Origin first = takesAlong(item) ? keys.firstBefore(spec.identity(), item.orderKey(), origin) : null;
            if (first != null) {
                return refuseForOrder(first);
            }
            if (backlog.size() >= spec.capacity()) {
                removeExpired();
            }
            if (backlog.size() >= spec.capacity()) {
                return new Offer.Refused(
                        Refusal.Reason.FULL,
                        spec.identity() + ": holds " + backlog.size() + " events, its capacity is " + spec.capacity()
                                + "; wait until some are handled, or raise symphony.capacity");
            }
            Offer offer = accept(item, charge, null, origin.redrivenOnceMore()); // from here on nothing fails
            if (slotOf == this) {
                takenAlong--;
            }
            if (charge != null) {
                charge.letGo();
            }
            around.deadLetters.forgetKey(this, item.orderKey(), origin);
            return offer;
        } finally {
            lock.unlock();
        }
    }

    private Offer refuseForOrder(Origin first) {
        return new Offer.Refused(
                Refusal.Reason.ORDER,
                spec.identity() + ": the event with sequence " + first.sequence() + ", pushed at " + first.pushed()
                        + ", an earlier one of its order key, is a dead letter, too; re-drive or drop that one first");
    }

    /** A dead letter keeps its slot here no longer; tells nobody. */
    void slotIsFree() {
        lock.lock();
        try {
            takenAlong--;
            wakePublisher();
        } finally {
            lock.unlock();
        }
    }

    /** Tells what {@link #pushAgain} and {@link #slotIsFree} noted. */
    void tell() {
        lock.lock();
        unlock();
    }

    private Offer refuseFull() {
        return refusals().refuseFull(around.nanos.getAsLong(), fullText());
    }

    private String fullText() {
        return spec.identity() + ": holds " + backlog.size() + " events"
                + (takenAlong == 0 ? "" : " and " + takenAlong + " dead letters that were taken along")
                + ", its capacity is " + spec.capacity() + "; "
                + (takenAlong == 0 ? "" : "re-drive or drop those dead letters, ")
                + "publish with a time to wait, make its handler faster, or raise symphony.capacity";
    }

    /** Made when it is first needed: most queues refuse nothing. */
    private Refusals refusals() {
        if (refusals == null) {
            refusals = new Refusals();
        }
        return refusals;
    }

    private Offer refuseClosed() {
        return refusals()
                .refuse(Refusal.Reason.CLOSED, spec.identity() + ": is closed; open it again, or publish once it is");
    }

    /** Counts a refusal that was decided elsewhere; a closed queue says that it is, one that has the event that it has. */
    Offer refuse(OpenQueue by, Item item, Refusal.Reason reason, String detail) {
        RecentIds.Key key = keyOf(item);
        lock.lock();
        try {
            Offer again = duplicate(by, key);
            if (again != null) {
                return again;
            }
            return opened == by ? refusals().refuse(reason, spec.identity() + ": " + detail) : refuseClosed();
        } finally {
            unlock();
        }
    }

    // ---- pop

    Lease pop(OpenQueue by) {
        lock.lock();
        try {
            return take(by);
        } finally {
            unlock();
        }
    }

    Lease pop(OpenQueue by, long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            for (; ; ) {
                Lease lease = take(by);
                if (lease.isPresent() || opened != by || left <= 0) {
                    return lease;
                }
                wakePublisher();
                left = awaitReady(left);
            }
        } finally {
            unlock();
        }
    }

    private long awaitReady(long left) throws InterruptedException {
        if (ready == null) {
            ready = lock.newCondition();
        }
        takers++;
        boolean interrupted = true;
        try {
            long nap = Math.min(left, napNanos());
            long rest = left - (nap - ready.awaitNanos(nap));
            interrupted = false;
            return rest;
        } finally {
            takers--;
            if (interrupted && takers > 0 && next() != null) {
                ready.signal();
            }
        }
    }

    /** How long nobody will wake us for an event that becomes due: for ever with a timer. */
    private long napNanos() {
        Entry first = backlog.firstDelayed();
        if (first == null || around.timer() != null) {
            return Long.MAX_VALUE;
        }
        return Math.max(LOOK_AGAIN_NANOS, first.dueNanos - around.nanos.getAsLong());
    }

    private Lease take(OpenQueue by) {
        Entry entry = opened == by ? next() : null;
        if (entry == null) {
            announced = false;
            return Lease.NONE;
        }
        var lease = new MemoryLease(this, entry);
        backlog.lease(entry);
        announced = staysReady();
        lease.next = leases;
        if (leases != null) {
            leases.previous = lease;
        }
        leases = lease;
        return lease;
    }

    /** What would be leased next, or null. */
    private Entry next() {
        if (paused) {
            return null;
        }
        long now = around.nanos.getAsLong();
        moveDue(now);
        long wall = backlog.anyExpiring() ? around.clock.millis() : 0;
        return backlog.first(now, around.agingNanos(), wall);
    }

    int readyPriority(OpenQueue by) {
        lock.lock();
        try {
            Entry entry = opened == by ? next() : null;
            if (entry == null) {
                announced = false;
                return -1;
            }
            return Backlog.effectivePriority(entry, around.nanos.getAsLong(), around.agingNanos());
        } finally {
            unlock();
        }
    }

    void whenReady(OpenQueue by, Runnable told) {
        lock.lock();
        try {
            if (opened == by) {
                signal = told;
                tellReady = next() != null;
                announced = tellReady && staysReady();
            }
        } finally {
            unlock();
        }
    }

    void pause(OpenQueue by) {
        lock.lock();
        try {
            if (opened == by) {
                paused = true;
                announced = false;
            }
        } finally {
            unlock();
        }
    }

    void resume(OpenQueue by) {
        lock.lock();
        try {
            if (opened == by && paused) {
                paused = false;
                if (next() != null) {
                    becameReady(backlog.waiting());
                }
            }
        } finally {
            unlock();
        }
    }

    // ---- settling

    boolean ack(MemoryLease lease) {
        lock.lock();
        try {
            if (!unlink(lease)) {
                return false;
            }
            handled++;
            lease.entry.letGo(around.budget); // before anything that may need memory
            backlog.remove(lease.entry);
            keyMayBeFree(lease.entry);
            return true;
        } finally {
            unlock();
        }
    }

    boolean deadLetter(MemoryLease lease, DeadReason reason, String exception, String detail) {
        lock.lock();
        try {
            if (!lease.open) {
                return false;
            }
            int attempts = (int) Math.min(Integer.MAX_VALUE, lease.item().attempt() + 1L);
            var burial = new Burial(lease.entry, attempts, reason, exception, detail, false);
            burial.byConsumer = true;
            die(burial);
            unlink(lease);
            backlog.remove(lease.entry);
            takeAlong(lease.item());
            keyMayBeFree(lease.entry);
            return true;
        } finally {
            unlock();
        }
    }

    /** Takes out what follows one that has just become a dead letter. */
    private void takeAlong(Item item) {
        if (takesAlong(item)) {
            giveUp(backlog.removeOfKeys(Set.of(item.orderKey())), this::follower);
        }
    }

    /** Takes out what follows those that have just become dead letters, all in one go. */
    private void takeAlong(List<Entry> gone) {
        if (spec.orderFailure() == OrderFailure.TAKE_ALONG) {
            var keys = new HashSet<Long>();
            gone.stream().filter(Entry::isKeyed).forEach(entry -> keys.add(entry.orderKey()));
            giveUp(backlog.removeOfKeys(keys), this::follower);
        }
    }

    /** Makes those that were taken out dead letters, and takes off those that had expired. */
    private void giveUp(List<Entry> all, Function<Entry, Burial> how) {
        if (!all.isEmpty()) {
            countExpired(all, around.clock.millis());
        }
        all.forEach(entry -> die(how.apply(entry)));
    }

    /** Of an entry that has left the queue. */
    private Origin originOf(Entry entry) {
        if (entry.origin() != null) {
            return entry.origin();
        }
        long waited = around.nanos.getAsLong() - entry.pushedNanos;
        return new Origin(generation, entry.sequence, around.clock.instant().minusNanos(waited), 0);
    }

    boolean retry(MemoryLease lease, long delayNanos) {
        lock.lock();
        try {
            if (!lease.open) {
                return false;
            }
            if (delayNanos == 0) {
                backlog.retry(lease.entry);
                becameReady(1);
            } else {
                backlog.retry(lease.entry, around.nanos.getAsLong() + delayNanos);
            }
            retried++;
            return true;
        } finally {
            unlinkIfGivenBack(lease);
            unlock();
        }
    }

    boolean release(MemoryLease lease, long delayNanos) {
        lock.lock();
        try {
            if (!lease.open) {
                return false;
            }
            if (delayNanos == 0) {
                backlog.giveBack(lease.entry);
                becameReady(1);
            } else {
                backlog.giveBack(lease.entry, around.nanos.getAsLong() + delayNanos);
            }
            return true;
        } finally {
            unlinkIfGivenBack(lease);
            unlock();
        }
    }

    /** Where memory ran out, it may have been given back nevertheless: it must not be settled a second time then. */
    private void unlinkIfGivenBack(MemoryLease lease) {
        if (lease.entry.place() != Entry.Place.LEASED) {
            unlink(lease);
        }
    }

    private boolean unlink(MemoryLease lease) {
        if (!lease.open) {
            return false;
        }
        lease.open = false;
        if (lease.previous == null) {
            leases = lease.next;
        } else {
            lease.previous.next = lease.next;
        }
        if (lease.next != null) {
            lease.next.previous = lease.previous;
        }
        lease.previous = null;
        lease.next = null;
        return true;
    }

    private void keyMayBeFree(Entry entry) {
        if (entry.isKeyed() && backlog.mayHaveReady()) {
            becameReady(1);
        }
    }

    int deadLetterAll(OpenQueue by, DeadReason reason, String detail) {
        List<Entry> all;
        Runnable cancel;
        lock.lock();
        try {
            if (opened != by) {
                return 0;
            }
            moveDue(around.nanos.getAsLong());
            all = removeAll();
            giveUp(all, entry -> new Burial(entry, entry.attempt(), reason, "", detail, false));
            announced = false;
            cancel = cancelAlarm();
        } finally {
            unlock();
        }
        cancel.run();
        return all.size();
    }

    /** How many there are of these, leased ones too. */
    int count(Predicate<Envelope> which) {
        lock.lock();
        try {
            return backlog.count(entry -> which.test(entry.envelope));
        } finally {
            unlock();
        }
    }

    /** An event, each time that it is here. */
    List<QueuedEvent> find(UUID eventId) {
        lock.lock();
        try {
            long now = around.nanos.getAsLong();
            moveDue(now);
            Instant wall = around.clock.instant();
            return backlog.all(entry -> entry.envelope.eventId().equals(eventId)).stream()
                    .map(entry -> new QueuedEvent(
                            spec.identity(),
                            stateOf(entry),
                            entry.attempt(),
                            wall.minusNanos(now - entry.pushedNanos),
                            entry.envelope))
                    .toList();
        } finally {
            unlock();
        }
    }

    private static QueuedEvent.State stateOf(Entry entry) {
        return switch (entry.place()) {
            case WAITING -> QueuedEvent.State.WAITING;
            case DELAYED, RETRYING -> QueuedEvent.State.DELAYED;
            case LEASED -> QueuedEvent.State.LEASED;
        };
    }

    /** Makes dead letters of these, but for those that are leased, and of what has to follow them; how many of these. */
    int deadLetter(Predicate<Envelope> which, DeadReason reason, String detail) {
        List<Entry> all;
        lock.lock();
        try {
            moveDue(around.nanos.getAsLong());
            all = backlog.removeIf(entry -> which.test(entry.envelope));
            giveUp(all, entry -> new Burial(entry, entry.attempt(), reason, "", detail, false));
            takeAlong(all);
            announced = false; // what was told of may have gone
            if (backlog.mayHaveReady()) {
                becameReady(backlog.waiting()); // keys may be free now
            }
        } finally {
            unlock();
        }
        return all.size();
    }

    private void countExpired(List<Entry> all, long wallMillis) {
        all.removeIf(entry -> {
            boolean late = entry.isExpired(wallMillis);
            if (late) {
                backlog.countExpired(entry);
            }
            return late;
        });
    }

    // ---- looking

    List<Envelope> peek(OpenQueue by, int most) {
        lock.lock();
        try {
            if (opened != by || most <= 0) {
                return List.of();
            }
            long now = around.nanos.getAsLong();
            moveDue(now);
            var found = new ArrayList<Envelope>();
            backlog.waitingInOrder(most, now, around.agingNanos(), around.clock.millis())
                    .forEach(entry -> found.add(entry.envelope));
            return List.copyOf(found);
        } finally {
            unlock();
        }
    }

    QueueStats stats() {
        lock.lock();
        try {
            long now = around.nanos.getAsLong();
            moveDue(now);
            forgetOldIds();
            Entry oldest = backlog.oldest();
            return new QueueStats(
                    accepted,
                    handled,
                    dead,
                    backlog.expired(),
                    dropped,
                    reported,
                    backlog.waiting(),
                    backlog.delayed(),
                    backlog.leased(),
                    takenAlong,
                    retried,
                    duplicates,
                    recent == null ? 0 : recent.forgotten(),
                    refusals == null ? new EnumMap<>(Refusal.Reason.class) : refusals.counts(),
                    depths(),
                    backlog.bytes(),
                    oldest == null
                            ? 0
                            : Duration.ofNanos(now - oldest.pushedNanos).toMillis(),
                    spec.capacity(),
                    paused);
        } finally {
            unlock();
        }
    }

    private List<Long> depths() {
        var depths = new ArrayList<Long>(10);
        for (int priority = 0; priority < 10; priority++) {
            depths.add((long) backlog.depth(priority));
        }
        return depths;
    }

    // ---- waking and telling

    /** On the timer's thread: something may be due. */
    private void lookForDue() {
        lock.lock();
        try {
            moveDue(around.nanos.getAsLong());
        } finally {
            unlock();
        }
    }

    /** The timer came, went or was exchanged: what was asked of the one before is asked again. */
    void timerChanged() {
        Runnable cancel;
        lock.lock();
        try {
            cancel = cancelAlarm();
            if (takers > 0) {
                ready.signalAll();
            }
        } finally {
            unlock();
        }
        cancel.run();
    }

    private void moveDue(long now) {
        becameReady(backlog.moveDue(now));
    }

    private void becameReady(int events) {
        if (paused || events == 0) {
            return;
        }
        if (!announced && signal != null) {
            announced = staysReady();
            tellReady = true;
        }
        for (int i = Math.min(events, takers); i > 0; i--) {
            ready.signal();
        }
    }

    /** Whether something can be taken for certain, and until somebody takes it. */
    private boolean staysReady() {
        return backlog.mayHaveReady() && !backlog.anyKeyBusy() && !backlog.anyExpiring();
    }

    private void wakePublisher() {
        if (publishers == 0) {
            return;
        }
        long next = backlog.nextExpiry();
        if (hasRoom() || next <= around.clock.millis()) {
            room.signal();
        } else if (next < awaitedExpiry) { // what came back expires sooner than they know
            awaitedExpiry = next;
            room.signalAll();
        }
    }

    /** Lets go of the lock and tells what was noted under it. */
    private void unlock() {
        wakePublisher();
        boolean late = around.timer() != null && isLate(backlog.firstDelayed());
        Runnable told = tellReady ? signal : null;
        tellReady = false;
        Refusals.News heard = refusals == null ? Refusals.News.NONE : refusals.news(isHalfEmpty());
        Shares.News share = shares == null ? null : shares.news();
        boolean forgetting = tellForgetting;
        tellForgetting = false;
        Burial dying = firstBurial;
        firstBurial = null;
        lastBurial = null;
        Entry expired = backlog.takeExpired();
        lock.unlock(); // up to here nothing needs memory
        try {
            if (dying != null) {
                around.deadLetters.add(this, dying);
            }
        } finally {
            tell(late, told, heard, forgetting);
            tell(share);
        }
        around.watchers.tell(spec.identity(), expired, dying);
    }

    private void tell(Shares.News share) {
        if (share == null) {
            return;
        }
        if (share.refused() == 0) {
            log.warn(
                    "{}: holds {} events of {}, its share, and refuses more of it as SHARE; make the handler faster, or raise"
                            + " queue.share of that publisher in PID symphony.publisher",
                    spec.identity(),
                    share.most(),
                    share.publisher());
        } else {
            log.info(
                    "{}: takes events of {} again, which is below its share; refused meanwhile: {}",
                    spec.identity(),
                    share.publisher(),
                    share.refused());
        }
    }

    private boolean isLate(Entry delayed) {
        return delayed != null && (alarm == null || alarm.isLateFor(delayed));
    }

    private void tell(boolean late, Runnable told, Refusals.News heard, boolean forgetting) {
        if (told != null) {
            call(told); // first, since it is told only once
        }
        if (late) {
            setAlarm();
        }
        if (heard != Refusals.News.NONE) {
            report(heard);
        }
        if (forgetting) {
            log.warn(
                    "{}: knows {} events, as many as it may, and forgets the oldest before the window of {} ms is over: one"
                            + " that is published again may be handled twice; shorten symphony.duplicates.window, or raise"
                            + " duplicates.ids in PID {}",
                    spec.identity(),
                    around.duplicateIds(),
                    spec.duplicatesMillis(),
                    MemoryQueueEngine.PID);
        }
    }

    /** Whoever lets go of the lock next tries again, if there is no memory for it now: nobody may lose a lease for that. */
    private void setAlarm() {
        try {
            setAlarmOrFail();
        } catch (OutOfMemoryError e) {
            log.debug("{}: is not told when an event is due", spec.identity(), e);
        }
    }

    private void setAlarmOrFail() {
        DueAlarm set;
        lock.lock();
        try {
            if (alarm == null) {
                alarm = new DueAlarm(around, lock, this::lookForDue);
            }
            set = alarm;
        } finally {
            lock.unlock();
        }
        set.set(backlog);
    }

    private void call(Runnable told) {
        try {
            told.run();
        } catch (Throwable t) {
            lock.lock();
            announced = false; // it is told again with the next event
            lock.unlock();
            log.error("{}: the one who is told of ready events failed; its events may wait", spec.identity(), t);
        }
    }

    private boolean isHalfEmpty() {
        return hasRoom() && backlog.size() <= slotsForEvents() / 2;
    }

    private void report(Refusals.News heard) {
        long refused;
        int events;
        int along;
        lock.lock();
        try {
            refused = refusals().sinceFull();
            events = backlog.size();
            along = takenAlong;
        } finally {
            lock.unlock();
        }
        if (heard == Refusals.News.ROOM) {
            log.info("{}: takes events again; refused meanwhile: {}", spec.identity(), refused);
        } else if (along == 0) {
            log.warn(
                    "{}: is full with {} events and refuses more; make its handler faster, publish with a time to wait, or "
                            + "raise symphony.capacity",
                    spec.identity(),
                    events);
        } else {
            log.warn(
                    "{}: is full with {} events and {} dead letters that were taken along, and refuses more; re-drive or drop "
                            + "those with symphony:dead",
                    spec.identity(),
                    events,
                    along);
        }
    }
}

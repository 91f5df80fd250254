package symphony.queue;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.crypto.Envelope;
import symphony.api.event.Refusal;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetterFilter;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.DeadReason;
import symphony.api.queue.Item;
import symphony.api.queue.Offer;

/** The dead letters of all queues of an engine. Thread-safe. */
final class MemoryDeadLetters implements DeadLetters {
    /*
     * Order of locks: this one, then a queue's. A re-drive pushes under this lock, so that of two at once one finds nothing.
     * So nobody may come here holding a queue's lock: queues count a dead letter under theirs and bring it afterwards.
     *
     * Limits. What followed a dead letter of its order key may keep its slot in its queue's capacity, as if it still waited
     * there. Then it counts towards no limit here and is not discarded. All of those together have a share of the memory, since
     * they do not leave by themselves; beyond it, and where nothing is to be kept, they are limited like others.
     */
    private static final Logger log = LoggerFactory.getLogger(MemoryDeadLetters.class);
    private static final int MAX_DETAIL_CHARS = 500;

    /** With what a new push needs, and its hold on the envelope's bytes, null if it has them alone. */
    private record Kept(MemoryQueue from, DeadLetter letter, Item item, Charge charge, Origin origin) {
        /** The order of re-driving. */
        static final Comparator<Kept> BY_ORIGIN = Comparator.comparing((Kept kept) -> kept.letter.subscription())
                .thenComparing(Kept::origin, Origin.BY_PLACE);

        int bytes() {
            return letter.envelope().size();
        }

        Kept with(DeadReason reason, String detail) {
            var changed = new DeadLetter(
                    letter.number(),
                    letter.subscription(),
                    letter.envelope(),
                    reason,
                    letter.exception(),
                    detail,
                    letter.attempts(),
                    letter.sequence(),
                    letter.redriven(),
                    letter.pushed(),
                    letter.since());
            return new Kept(from, changed, item, charge, origin);
        }
    }

    /**
     * How much there may be.
     *
     * @param count most letters that keep no slot
     * @param bytes most bytes of their envelopes
     * @param slotBytes most bytes of the envelopes of those that keep a slot
     */
    record Limits(int count, long bytes, long slotBytes) {
        boolean keepNothing() {
            return count == 0 || bytes == 0;
        }
    }

    private final InstantSource clock;
    private final EnvelopeBudget budget;
    private final Function<String, MemoryQueue> queues;
    private final ReentrantLock lock = new ReentrantLock();
    private final DeadKeys keys = new DeadKeys();
    private final TreeMap<Long, Kept> letters = new TreeMap<>();

    /** Those of the letters that keep no slot in their queue. */
    private final TreeMap<Long, Kept> limited = new TreeMap<>();

    private volatile Limits limits; // written under the lock
    private long lastNumber;
    private long bytes;
    private long limitedBytes;
    private long discarded;
    private boolean overflowing;

    /** {@code queues} gives the queue of an identity, or null. */
    MemoryDeadLetters(InstantSource clock, EnvelopeBudget budget, Function<String, MemoryQueue> queues, Limits limits) {
        this.clock = clock;
        this.budget = budget;
        this.queues = queues;
        this.limits = limits;
    }

    DeadKeys keys() {
        return keys;
    }

    void limits(Limits now) {
        lock.lock();
        try {
            limits = now;
        } finally {
            lock.unlock();
        }
        freeSlots(kept -> now.keepNothing() || bytes - limitedBytes > now.slotBytes());
    }

    /** Those of a queue that keep a slot give it up. */
    void freeSlots(MemoryQueue of) {
        freeSlots(kept -> kept.from() == of);
    }

    /** Some that keep a slot, looked for from the newest on, give it up, and count towards the limits from now on. */
    private void freeSlots(Predicate<Kept> which) {
        List<Kept> gone;
        boolean begins;
        lock.lock();
        try {
            letters.descendingMap().forEach((number, kept) -> {
                if (!limited.containsKey(number) && which.test(kept)) {
                    limit(number, kept);
                    kept.from().slotIsFree();
                }
            });
            gone = trim();
            begins = overflows(gone);
        } finally {
            lock.unlock();
        }
        tell(gone);
        report(begins);
    }

    private void limit(Long number, Kept kept) {
        limited.put(number, kept);
        limitedBytes += kept.bytes();
    }

    /** Takes one out, for whatever reason, if it is there; says whether it kept a slot. */
    private boolean remove(Long number, Kept gone) {
        letters.remove(number);
        bytes -= gone.bytes();
        boolean hadSlot = limited.remove(number) == null;
        limitedBytes -= hadSlot ? 0 : gone.bytes();
        return hadSlot;
    }

    /** Takes out one that is not re-driven. */
    private void discard(Long number, Kept gone) {
        boolean hadSlot = remove(number, gone);
        Charge.letGo(gone.charge(), budget, gone.item().envelope()); // before anything that may need memory
        freeKey(gone.from(), gone.item().orderKey(), gone.origin());
        if (hadSlot) {
            gone.from().slotIsFree();
        }
    }

    private void freeKey(MemoryQueue from, long orderKey, Origin origin) {
        if (orderKey != 0) {
            keys.remove(from.spec().identity(), orderKey, origin);
        }
    }

    /** Call without any lock. */
    private static void tell(List<Kept> discarded) {
        discarded.forEach(gone -> gone.from().tell());
    }

    /**
     * Takes events that left a queue and count there, and the holds on their charges; all of them before it does anything else.
     * Call without any queue's lock.
     */
    void add(MemoryQueue from, Burial first) {
        List<Kept> gone;
        boolean begins;
        Throwable failure = null;
        lock.lock();
        try {
            for (Burial burial = first; burial != null; burial = burial.next) {
                try {
                    keep(from, burial);
                } catch (Throwable t) {
                    failure = t;
                    lose(from, burial);
                }
            }
            gone = trim();
            begins = overflows(gone);
        } finally {
            lock.unlock();
        }
        tell(gone);
        report(begins);
        if (failure != null) {
            from.tell();
            log.error(
                    "{}: a dead letter could not be kept and is discarded",
                    from.spec().identity(),
                    failure);
        }
    }

    /** There was no memory for it: what is not kept must hold up neither its key nor others. */
    private void lose(MemoryQueue from, Burial burial) {
        discarded++;
        burial.entry.letGo(budget);
        if (burial.keepsSlot) {
            from.slotIsFree();
        }
        if (burial.entry.isKeyed()) {
            forgetKey(from, burial.entry.orderKey(), burial.origin);
        }
    }

    /** Of one that is no dead letter any more; fails in no case. */
    void forgetKey(MemoryQueue from, long orderKey, Origin origin) {
        try {
            freeKey(from, orderKey, origin);
        } catch (Throwable t) {
            // No memory, not even for that: its key takes along until this provider stops. The others must be kept now.
            log.debug(
                    "{}: an order key stays with its dead letters", from.spec().identity(), t);
        }
    }

    private void keep(MemoryQueue from, Burial burial) {
        Item item = burial.entry.item();
        Origin origin = burial.origin;
        Long number = lastNumber + 1;
        var letter = new DeadLetter(
                number,
                from.spec().identity(),
                item.envelope(),
                burial.reason,
                cut(burial.exception),
                cut(burial.detail),
                burial.attempts,
                origin.sequence(),
                origin.redriven(),
                origin.pushed(),
                clock.instant());
        var kept = new Kept(from, letter, item, burial.entry.charge(), origin);
        boolean slot = burial.keepsSlot && from.keepsSlots() && fits(kept);
        letters.put(number, kept);
        if (!slot) {
            limitOrRemove(number, kept);
        }
        lastNumber = number;
        bytes += kept.bytes();
        if (burial.keepsSlot && !slot) {
            from.slotIsFree();
        }
    }

    private void limitOrRemove(Long number, Kept kept) {
        boolean done = false;
        try {
            limit(number, kept);
            done = true;
        } finally {
            if (!done) {
                letters.remove(number);
            }
        }
    }

    /** Whether one more may keep its slot. */
    private boolean fits(Kept kept) {
        return !limits.keepNothing() && bytes - limitedBytes + kept.bytes() <= limits.slotBytes();
    }

    /** Whether the letters begin to overflow. */
    private boolean overflows(List<Kept> gone) {
        boolean begins = !gone.isEmpty() && !overflowing;
        overflowing = !gone.isEmpty() || overflowing && isMoreThanHalfFull();
        return begins;
    }

    private void report(boolean begins) {
        if (begins) {
            log.warn(
                    "dead letters are full; the oldest are discarded; handle them with symphony:dead, or raise dead.letters "
                            + "({}) or dead.letters.bytes ({}) in PID {}",
                    limits.count(),
                    limits.bytes(),
                    MemoryQueueEngine.PID);
        }
    }

    private static String cut(String text) {
        return text.length() > MAX_DETAIL_CHARS ? text.substring(0, MAX_DETAIL_CHARS) : text;
    }

    private boolean isMoreThanHalfFull() {
        return limited.size() > limits.count() / 2 || limitedBytes > limits.bytes() / 2;
    }

    private List<Kept> trim() {
        if (fitsAll()) {
            return List.of();
        }
        var gone = new ArrayList<Kept>();
        while (!fitsAll()) {
            Map.Entry<Long, Kept> oldest = limited.firstEntry();
            gone.add(oldest.getValue());
            discard(oldest.getKey(), oldest.getValue());
            discarded++;
        }
        return gone;
    }

    private boolean fitsAll() {
        return limited.size() <= limits.count() && limitedBytes <= limits.bytes();
    }

    @Override
    public List<DeadLetter> list(String subscription, int most) {
        var found = new ArrayList<DeadLetter>();
        lock.lock();
        try {
            for (Kept kept : letters.descendingMap().values()) {
                if (found.size() >= most) {
                    break;
                }
                if (subscription.isEmpty() || kept.letter().subscription().equals(subscription)) {
                    found.add(kept.letter());
                }
            }
        } finally {
            lock.unlock();
        }
        Collections.reverse(found);
        return Collections.unmodifiableList(found);
    }

    @Override
    public List<DeadLetter> list(DeadLetterFilter filter) {
        List<Kept> all;
        lock.lock();
        try {
            all = new ArrayList<>(letters.values());
        } finally {
            lock.unlock();
        }
        // Without the lock, since those who die come by here.
        return all.stream()
                .filter(kept -> filter.matches(kept.letter()))
                .sorted(Kept.BY_ORIGIN)
                .map(Kept::letter)
                .toList();
    }

    /** How many there are of these. */
    int count(Predicate<Envelope> which) {
        lock.lock();
        try {
            return (int) letters.values().stream()
                    .filter(kept -> which.test(kept.letter().envelope()))
                    .count();
        } finally {
            lock.unlock();
        }
    }

    /** Gives these another reason; how many had it not before. */
    int changeReason(Predicate<Envelope> which, DeadReason reason, String detail) {
        int changed = 0;
        lock.lock();
        try {
            for (Map.Entry<Long, Kept> entry : letters.entrySet()) {
                Kept kept = entry.getValue();
                boolean other = kept.letter().reason() != reason;
                if (other && which.test(kept.letter().envelope())) {
                    Kept changedOne = kept.with(reason, detail);
                    entry.setValue(changedOne);
                    limited.replace(entry.getKey(), changedOne);
                    changed++;
                }
            }
        } finally {
            lock.unlock();
        }
        return changed;
    }

    @Override
    public Optional<DeadLetter> find(long number) {
        lock.lock();
        try {
            return Optional.ofNullable(letters.get(number)).map(Kept::letter);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Offer redrive(long which) {
        Long number = which; // so that nothing needs memory once it is in the queue
        MemoryQueue queue = null;
        lock.lock();
        try {
            Kept kept = letters.get(number);
            if (kept == null) {
                return unavailable("dead letter " + number + " is not there; it was re-driven, dropped or discarded");
            }
            String subscription = kept.letter().subscription();
            queue = queues.apply(subscription);
            if (queue == null) {
                return unavailable("dead letter " + number + ": there is no subscription " + subscription
                        + " any more; start its bundle first");
            }
            MemoryQueue slotOf = limited.containsKey(number) ? null : kept.from();
            Offer offer = queue.pushAgain(slotOf, anew(kept), kept.charge(), kept.origin());
            if (offer instanceof Offer.Accepted) {
                remove(number, kept);
            }
            if (offer instanceof Offer.Accepted && slotOf != null && slotOf != queue) {
                slotOf.slotIsFree(); // of a queue that was forgotten
            }
            return offer;
        } finally {
            lock.unlock();
            if (queue != null) {
                queue.tell();
            }
        }
    }

    private static Offer unavailable(String detail) {
        return new Offer.Refused(Refusal.Reason.UNAVAILABLE, detail);
    }

    /** What never was with a handler comes at its time, if that is still to come. It does not expire: somebody wants it. */
    private static Item anew(Kept kept) {
        Item item = kept.item();
        long notBefore = kept.letter().attempts() == 0 ? item.notBefore() : 0;
        return new Item(item.envelope(), item.priority(), item.orderKey(), notBefore, 0, 0);
    }

    @Override
    public boolean drop(long number) {
        Kept gone;
        lock.lock();
        try {
            gone = letters.get(number);
            if (gone != null) {
                discard(number, gone);
            }
        } finally {
            lock.unlock();
        }
        tell(gone == null ? List.of() : List.of(gone));
        return gone != null;
    }

    @Override
    public int count() {
        lock.lock();
        try {
            return letters.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long discarded() {
        lock.lock();
        try {
            return discarded;
        } finally {
            lock.unlock();
        }
    }
}

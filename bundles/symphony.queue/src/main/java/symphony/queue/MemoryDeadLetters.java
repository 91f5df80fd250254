package symphony.queue;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
     * Limits. What followed a dead letter of its order key keeps its slot in its queue's capacity, as if it still waited
     * there. So it counts towards no limit here and is never discarded, until its queue is forgotten.
     */
    private static final Logger log = LoggerFactory.getLogger(MemoryDeadLetters.class);
    private static final int MAX_DETAIL_CHARS = 500;

    /** With what a new push needs, and its hold on the envelope's bytes. */
    private record Kept(MemoryQueue from, DeadLetter letter, Item item, Charge charge, Origin origin) {
        /** The order of re-driving. */
        static final Comparator<Kept> BY_ORIGIN = Comparator.comparing((Kept kept) -> kept.letter.subscription())
                .thenComparing(Kept::origin, Origin.BY_PLACE);

        int bytes() {
            return letter.envelope().size();
        }

        boolean isFollower() {
            return letter.reason() == DeadReason.TAKEN_ALONG;
        }
    }

    private final InstantSource clock;
    private final Function<String, MemoryQueue> queues;
    private final ReentrantLock lock = new ReentrantLock();
    private final DeadKeys keys = new DeadKeys();
    private final TreeMap<Long, Kept> letters = new TreeMap<>();

    /** Those of the letters that the limits concern. */
    private final TreeMap<Long, Kept> limited = new TreeMap<>();

    private int maxCount;
    private long maxBytes;
    private long lastNumber;
    private long bytes;
    private long limitedBytes;
    private long discarded;
    private boolean overflowing;

    /** {@code queues} gives the queue of an identity, or null. */
    MemoryDeadLetters(InstantSource clock, Function<String, MemoryQueue> queues, int maxCount, long maxBytes) {
        this.clock = clock;
        this.queues = queues;
        this.maxCount = maxCount;
        this.maxBytes = maxBytes;
    }

    DeadKeys keys() {
        return keys;
    }

    void limits(int count, long size) {
        List<Kept> gone;
        lock.lock();
        try {
            maxCount = count;
            maxBytes = size;
            gone = trim();
        } finally {
            lock.unlock();
        }
        letGo(gone);
    }

    /** What followed in a queue has no slot there any more. */
    void forgotten(MemoryQueue queue) {
        List<Kept> gone;
        boolean begins;
        lock.lock();
        try {
            letters.forEach((number, kept) -> {
                if (kept.isFollower() && kept.from() == queue) {
                    limit(number, kept);
                }
            });
            gone = trim();
            begins = overflows(gone);
        } finally {
            lock.unlock();
        }
        letGo(gone);
        report(begins);
    }

    private void limit(long number, Kept kept) {
        if (limited.put(number, kept) == null) {
            limitedBytes += kept.bytes();
        }
    }

    /** Takes one out, for whatever reason, if it is there. */
    private Kept remove(long number) {
        Kept gone = letters.remove(number);
        if (gone != null) {
            bytes -= gone.bytes();
            limitedBytes -= limited.remove(number) == null ? 0 : gone.bytes();
        }
        return gone;
    }

    /** It was taken out and is not re-driven. */
    private void free(Kept gone) {
        if (gone.item().orderKey() != 0) {
            keys.remove(gone.letter().subscription(), gone.item().orderKey(), gone.origin());
        }
        if (gone.isFollower()) {
            gone.from().slotIsFree();
        }
    }

    /** Call without any lock. */
    private static void letGo(List<Kept> all) {
        for (Kept gone : all) {
            gone.charge().letGo();
            gone.from().tell();
        }
    }

    /** Takes an event that left a queue and counts there, and the hold on its charge. Call without any queue's lock. */
    void add(
            MemoryQueue from,
            Item item,
            Charge charge,
            int attempts,
            Origin origin,
            DeadReason reason,
            String exception,
            String detail) {
        List<Kept> gone;
        boolean begins;
        lock.lock();
        try {
            long number = ++lastNumber;
            var letter = new DeadLetter(
                    number,
                    from.spec().identity(),
                    item.envelope(),
                    reason,
                    cut(exception),
                    cut(detail),
                    attempts,
                    origin.sequence(),
                    origin.redriven(),
                    origin.pushed(),
                    clock.instant());
            var kept = new Kept(from, letter, item, charge, origin);
            letters.put(number, kept);
            bytes += kept.bytes();
            if (!kept.isFollower() || !from.keepsSlots()) {
                limit(number, kept);
            }
            gone = trim();
            begins = overflows(gone);
        } finally {
            lock.unlock();
        }
        letGo(gone);
        report(begins);
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
                    maxCount,
                    maxBytes,
                    MemoryQueueEngine.PID);
        }
    }

    private static String cut(String text) {
        return text.length() > MAX_DETAIL_CHARS ? text.substring(0, MAX_DETAIL_CHARS) : text;
    }

    private boolean isMoreThanHalfFull() {
        return limited.size() > maxCount / 2 || limitedBytes > maxBytes / 2;
    }

    private List<Kept> trim() {
        if (limited.size() <= maxCount && limitedBytes <= maxBytes) {
            return List.of();
        }
        var gone = new ArrayList<Kept>();
        while (limited.size() > maxCount || limitedBytes > maxBytes) {
            Kept oldest = remove(limited.firstKey());
            discarded++;
            free(oldest);
            gone.add(oldest);
        }
        return gone;
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
    public Offer redrive(long number) {
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
            MemoryQueue slotOf = kept.isFollower() ? kept.from() : null;
            Offer offer = queue.pushAgain(slotOf, anew(kept), kept.charge(), kept.origin());
            if (offer instanceof Offer.Accepted) {
                remove(number);
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
            gone = remove(number);
            if (gone != null) {
                free(gone);
            }
        } finally {
            lock.unlock();
        }
        letGo(gone == null ? List.of() : List.of(gone));
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

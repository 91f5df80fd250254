package symphony.scheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.crypto.Envelope;
import symphony.api.event.Recurrence;

/**
 * Where a scheduler that stops leaves what waits, for the one that follows it in the same process. Thread-safe.
 */
final class Shelf {
    /*
     * A map that somebody else keeps (DelayedEvents says who) and that holds nothing but JDK objects, so that neither our
     * classes nor those of the api are kept by it and both bundles may be updated in between. A schedule is an array, by the
     * places below. Its fate cell is shared with the handle that its owner has, and so a handle from before the restart still
     * cancels: by the cell alone what lies here, and by the consumer under CANCELLED also what a scheduler has taken back,
     * which then frees its memory at once.
     *
     * What a thread of a scheduler brings when that has stopped, and others may have taken what lay here, lies under a key of its
     * own. Who puts it there tells the scheduler of that moment; one that comes later looks after it can be told. So nothing is
     * overlooked, and whoever removes the key has it alone.
     *
     * Recurrences lie in a list of their own: a scheduler of a version that did not know them leaves them where they are. The
     * place of a schedule among those that are due together was added last; a record may come without. So may recurrences without the latest time that the wall clock showed.
     */
    /** Changes with the form of what lies here; schedulers of different forms do not see each other's. */
    static final String FORM = "1";

    private static final String PARKED = "parked";
    private static final String RECURRING = "recurring";
    private static final String LATEST = "latest";
    private static final String CANCELLED = "cancelled";
    private static final String LATE = "late";
    private static final String LATE_PREFIX = LATE + ' ';

    private static final int ID = 0;
    private static final int ENVELOPE = 1;
    private static final int OWNER = 2;
    private static final int TIME_TO_LIVE = 3;
    private static final int WALL = 4;
    private static final int AT = 5;
    private static final int FATE = 6;
    private static final int ORDER = 7;
    private static final int RECURRENCE = 8;

    private static final Logger log = LoggerFactory.getLogger(Shelf.class);

    private final ConcurrentMap<String, Object> map;

    Shelf(ConcurrentMap<String, Object> map) {
        this.map = map;
    }

    /**
     * Leaves what waits.
     *
     * @param latestMicros the latest time that the wall clock has shown, which recurrences were planned by
     */
    void park(List<Waiting> all, long latestMicros) {
        var once = new ArrayList<Object[]>(all.size());
        var recurring = new ArrayList<Object[]>();
        for (Waiting waiting : all) {
            if (waiting instanceof Recurring each) {
                each.passOn();
                recurring.add(toRecord(
                        each, (Object) RecurrenceForm.of(each.recurrence().orElseThrow())));
            } else {
                once.add(toRecord(waiting));
            }
        }
        put(PARKED, once);
        put(RECURRING, recurring);
        if (!recurring.isEmpty()) {
            map.put(LATEST, latestMicros);
        }
    }

    private void put(String key, List<Object[]> records) {
        if (!records.isEmpty()) {
            map.put(key, records);
        }
    }

    private static Object[] toRecord(Waiting waiting, Object... more) {
        Object[] record = Arrays.copyOf(
                new Object[] {
                    waiting.id(),
                    waiting.envelope().bytes(),
                    waiting.owner(),
                    waiting.timeToLive(),
                    waiting.due().wall(),
                    waiting.due().at(),
                    waiting.fate(),
                    waiting.order
                },
                RECURRENCE + more.length);
        System.arraycopy(more, 0, record, RECURRENCE, more.length);
        return record;
    }

    /**
     * All that lies here and still waits, or was being published; in the order in which it came. A record that cannot be read is
     * logged and left out. It lies here until {@link #clear}: whoever fails before has taken nothing.
     */
    List<Waiting> read(EventSchedulerEngine engine) {
        var all = new ArrayList<Waiting>();
        read(PARKED, record -> once(record, engine), all);
        read(RECURRING, record -> recurring(record, engine), all);
        all.sort(Comparator.comparingLong(waiting -> waiting.order));
        all.forEach(waiting -> waiting.order = Waiting.UNORDERED);
        return all;
    }

    /** The latest time that the wall clock has shown; {@link WallWatch#NOTHING} if that does not lie here. */
    long latestMicros() {
        return map.get(LATEST) instanceof Long micros ? micros : WallWatch.NOTHING;
    }

    /** Somebody has all that lay here. */
    void clear() {
        map.remove(PARKED);
        map.remove(RECURRING);
        map.remove(LATEST);
    }

    private void read(String key, Function<Object[], Waiting> from, List<Waiting> to) {
        if (map.get(key) instanceof List<?> records) {
            for (Object each : records) {
                read(each, from)
                        .filter(waiting -> waiting.isWaiting() || waiting.isFired())
                        .ifPresent(to::add);
            }
        }
    }

    /** Others wrote it, of other versions: whatever is wrong with a record, the others shall come back. */
    private static Optional<Waiting> read(Object record, Function<Object[], Waiting> from) {
        try {
            var places = (Object[]) record;
            Waiting waiting = from.apply(places);
            waiting.order = places.length > ORDER ? (Long) places[ORDER] : 0;
            waiting.state(); // fails if it is none that there is
            return Optional.of(waiting);
        } catch (RuntimeException e) {
            log.error(
                    "symphony.scheduler: schedule {} of {} is lost: this version cannot read it ({})",
                    shown(record, ID),
                    shown(record, OWNER),
                    String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Object shown(Object record, int place) {
        return record instanceof Object[] places && places.length > place ? places[place] : "?";
    }

    private static Waiting once(Object[] record, EventSchedulerEngine engine) {
        return new Waiting(
                engine,
                (UUID) present(record, ID, "id"),
                Envelope.of((byte[]) present(record, ENVELOPE, "envelope")),
                (String) present(record, OWNER, "owner"),
                timeToLive(record),
                new Due((Boolean) present(record, WALL, "clock"), (Long) present(record, AT, "time")),
                fate(record));
    }

    private static Waiting recurring(Object[] record, EventSchedulerEngine engine) {
        Recurrence recurrence = RecurrenceForm.read((Object[]) present(record, RECURRENCE, "recurrence"));
        return new Recurring(
                engine,
                (UUID) present(record, ID, "id"),
                Envelope.of((byte[]) present(record, ENVELOPE, "envelope")),
                (String) present(record, OWNER, "owner"),
                timeToLive(record),
                recurrence,
                Rhythm.of(recurrence),
                fate(record));
    }

    @SuppressWarnings("unchecked") // toRecord() put it there, in this form
    private static AtomicReference<Object> fate(Object[] record) {
        var cell = (AtomicReference<Object>) present(record, FATE, "state");
        if (cell.get() == null) {
            throw new IllegalArgumentException("its state is empty");
        }
        return cell;
    }

    private static Optional<Duration> timeToLive(Object[] record) {
        return ((Optional<?>) present(record, TIME_TO_LIVE, "time to live")).map(Duration.class::cast);
    }

    private static Object present(Object[] record, int place, String name) {
        if (place >= record.length || record[place] == null) {
            throw new IllegalArgumentException("it has no " + name);
        }
        return record[place];
    }

    /** Leaves one more after {@link #park}, and tells who is here now. Not a recurrence. */
    void addLate(Waiting waiting) {
        map.put(LATE_PREFIX + waiting.id(), toRecord(waiting));
        if (map.get(LATE) instanceof Runnable listener) {
            listener.run();
        }
    }

    /** All that was added late, for this caller alone. */
    List<Waiting> takeLate(EventSchedulerEngine engine) {
        var all = new ArrayList<Waiting>();
        for (String key : map.keySet()) {
            if (key.startsWith(LATE_PREFIX)) {
                Optional.ofNullable(map.remove(key))
                        .flatMap(record -> read(record, places -> once(places, engine)))
                        .ifPresent(all::add);
            }
        }
        all.forEach(waiting -> waiting.order = Waiting.UNORDERED);
        return all;
    }

    /** Who is told of what is added late; one at a time. */
    void onLate(Runnable listener) {
        map.put(LATE, listener);
    }

    /** Who is told of cancelling through handles from before; one at a time. */
    void onCancelled(Consumer<UUID> listener) {
        map.put(CANCELLED, listener);
    }

    void removeListeners(Consumer<UUID> ofCancelled, Runnable ofLate) {
        map.remove(CANCELLED, ofCancelled);
        map.remove(LATE, ofLate);
    }

    @SuppressWarnings("unchecked") // onCancelled() put it there
    void cancelled(UUID id) {
        if (map.get(CANCELLED) instanceof Consumer<?> listener) {
            ((Consumer<UUID>) listener).accept(id);
        }
    }
}

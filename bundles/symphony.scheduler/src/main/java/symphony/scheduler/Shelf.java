package symphony.scheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.SealException;

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
     */
    /** Changes with the form of what lies here; schedulers of different forms do not see each other's. */
    static final String FORM = "1";

    private static final String PARKED = "parked";
    private static final String CANCELLED = "cancelled";

    private static final int ID = 0;
    private static final int ENVELOPE = 1;
    private static final int OWNER = 2;
    private static final int TIME_TO_LIVE = 3;
    private static final int WALL = 4;
    private static final int AT = 5;
    private static final int FATE = 6;

    private static final Logger log = LoggerFactory.getLogger(Shelf.class);

    private final ConcurrentMap<String, Object> map;

    Shelf(ConcurrentMap<String, Object> map) {
        this.map = map;
    }

    void park(List<Waiting> all) {
        var records = new ArrayList<Object[]>(all.size());
        all.forEach(waiting -> records.add(toRecord(waiting)));
        map.put(PARKED, records);
    }

    private static Object[] toRecord(Waiting waiting) {
        return new Object[] {
            waiting.id(),
            waiting.envelope().bytes(),
            waiting.owner(),
            waiting.timeToLive(),
            waiting.due().wall(),
            waiting.due().at(),
            waiting.fate()
        };
    }

    /** Takes all that lies here and still waits, or was being published. */
    List<Waiting> takeBack(EventSchedulerEngine engine) {
        var all = new ArrayList<Waiting>();
        if (map.remove(PARKED) instanceof List<?> records) {
            for (Object each : records) {
                Waiting waiting = fromRecord((Object[]) each, engine);
                if (waiting != null && (waiting.isWaiting() || waiting.isFired())) {
                    all.add(waiting);
                }
            }
        }
        return all;
    }

    @SuppressWarnings("unchecked") // toRecord() put it there, in this form
    private static Waiting fromRecord(Object[] record, EventSchedulerEngine engine) {
        try {
            return new Waiting(
                    engine,
                    (UUID) record[ID],
                    Envelope.of((byte[]) record[ENVELOPE]),
                    (String) record[OWNER],
                    (Optional<Duration>) record[TIME_TO_LIVE],
                    new Due((Boolean) record[WALL], (Long) record[AT]),
                    (AtomicReference<Object>) record[FATE]);
        } catch (SealException e) {
            log.error(
                    "symphony.scheduler: schedule {} of {} is lost: this version cannot read its envelope",
                    record[ID],
                    record[OWNER]);
            return null;
        }
    }

    /** Who is told of cancelling through handles from before; one at a time. */
    void onCancelled(Consumer<UUID> listener) {
        map.put(CANCELLED, listener);
    }

    void removeListener(Consumer<UUID> listener) {
        map.remove(CANCELLED, listener);
    }

    @SuppressWarnings("unchecked") // onCancelled() put it there
    void cancelled(UUID id) {
        if (map.get(CANCELLED) instanceof Consumer<?> listener) {
            ((Consumer<UUID>) listener).accept(id);
        }
    }
}

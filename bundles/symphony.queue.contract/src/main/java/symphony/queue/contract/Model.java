package symphony.queue.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import symphony.api.queue.Item;

/** The order of events (guarantees G1 and G2) written as plainly as possible: one list that is searched each time. */
final class Model {
    /*
     * Times are milliseconds. The nano clock and the wall clock are kept apart, since the wall clock may be set. An expired
     * event is removed when it is next looked at by anybody; one of a key that waits for its retry keeps its key and its
     * slot until then.
     */
    enum State {
        WAITING,
        DELAYED,
        RETRYING,
        LEASED
    }

    static final class Event {
        final long sequence;
        final long pushed;
        Item item;
        State state;
        long due;
        long firstSequence;

        Event(long sequence, long pushed, Item item) {
            this.firstSequence = sequence;
            this.sequence = sequence;
            this.pushed = pushed;
            this.item = item;
        }
    }

    /** A dead letter, as far as the order and the slots go. */
    record Letter(Item item, long firstSequence, boolean wasLeased, boolean keepsSlot) {}

    private final long agingMillis;
    private final boolean takesAlong;
    private final List<Event> events = new ArrayList<>();
    /** The dead letters, by the sequence of their first push. */
    final List<Letter> letters = new ArrayList<>();

    private final int capacity;
    private long time;
    private long wall;
    boolean paused;
    long accepted;
    long handled;
    long dead;
    long expired;
    long retried;

    Model(int capacity, long agingMillis, boolean takesAlong, long wall) {
        this.takesAlong = takesAlong;
        this.capacity = capacity;
        this.agingMillis = agingMillis;
        this.wall = wall;
    }

    void advance(long millis) {
        time += millis;
        wall += millis;
    }

    void jump(long millis) {
        wall += millis;
    }

    long wall() {
        return wall;
    }

    /** The sequence, or -1 if it is full. */
    long push(Item item) {
        settle();
        if (!hasRoom()) {
            return -1;
        }
        if (isDead(item) && !(item.expires() != 0 && wall >= item.expires())) {
            bury(new Event(accepted++, time, item), false, true);
            return accepted - 1;
        }
        return add(item).sequence;
    }

    private boolean hasRoom() {
        return events.size() + takenAlong() < capacity;
    }

    long takenAlong() {
        return letters.stream().filter(Letter::keepsSlot).count();
    }

    /** Whether its key has a dead letter that it must follow. */
    private boolean isDead(Item item) {
        return takesAlong
                && item.orderKey() != 0
                && letters.stream().anyMatch(letter -> letter.item.orderKey() == item.orderKey());
    }

    private void bury(Event event, boolean wasLeased, boolean follows) {
        dead++;
        letters.add(new Letter(event.item, event.firstSequence, wasLeased, follows && hasRoom()));
        letters.sort(Comparator.comparingLong(Letter::firstSequence));
    }

    private Event add(Item item) {
        var event = new Event(accepted++, time, item);
        event.state = item.notBefore() > wall ? State.DELAYED : State.WAITING;
        event.due = time + item.notBefore() - wall;
        events.add(event);
        return event;
    }

    /** The sequence of a dead letter that is pushed again, -1 if it is full, -2 if one of its key comes first. */
    long redrive(Letter letter) {
        settle();
        if (takesAlong
                && letter.item.orderKey() != 0
                && letters.stream()
                        .anyMatch(other -> other.item.orderKey() == letter.item.orderKey()
                                && other.firstSequence < letter.firstSequence)) {
            return -2;
        }
        if (events.size() >= capacity) {
            return -1;
        }
        Item old = letter.item;
        long notBefore = letter.wasLeased ? 0 : old.notBefore();
        Event event = add(new Item(old.envelope(), old.priority(), old.orderKey(), notBefore, 0, 0));
        event.firstSequence = letter.firstSequence;
        letters.remove(letter);
        return event.sequence;
    }

    /** Lets become due what is due, and expire what has expired. */
    private void settle() {
        for (Event event : events) {
            boolean later = event.state == State.DELAYED || event.state == State.RETRYING;
            if (later && event.due <= time) {
                event.state = State.WAITING;
            }
        }
        int before = events.size();
        events.removeIf(event -> event.state != State.LEASED && isExpired(event) && !holdsKey(event));
        expired += before - events.size();
    }

    private boolean isExpired(Event event) {
        return event.item.expires() != 0 && wall >= event.item.expires();
    }

    private static boolean holdsKey(Event event) {
        return event.item.orderKey() != 0 && (event.state == State.RETRYING || event.state == State.LEASED);
    }

    private boolean isKeyBusy(Event event) {
        return event.item.orderKey() != 0
                && events.stream().anyMatch(other -> other.item.orderKey() == event.item.orderKey() && holdsKey(other));
    }

    long effectivePriority(Event event) {
        long levels = agingMillis == 0 ? 0 : (time - event.pushed) / agingMillis;
        return Math.max(0, event.item.priority() - levels);
    }

    private Comparator<Event> order() {
        return Comparator.comparingLong(this::effectivePriority).thenComparingLong(event -> event.sequence);
    }

    /** What would be leased next. */
    Optional<Event> next() {
        settle();
        return events.stream()
                .filter(event -> !paused && event.state == State.WAITING && !isKeyBusy(event))
                .min(order());
    }

    List<Event> waiting() {
        settle();
        return events.stream()
                .filter(event -> event.state == State.WAITING)
                .sorted(order())
                .toList();
    }

    long count(State state) {
        return events.stream().filter(event -> event.state == state).count();
    }

    Event leased(long sequence) {
        return events.stream()
                .filter(event -> event.sequence == sequence && event.state == State.LEASED)
                .findAny()
                .orElseThrow();
    }

    void ack(Event event) {
        handled++;
        events.remove(event);
    }

    void deadLetter(Event event) {
        events.remove(event);
        bury(event, true, false);
        if (isDead(event.item)) {
            buryAll(other -> other.item.orderKey() == event.item.orderKey(), true);
        }
    }

    void release(Event event, long millis) {
        event.state = millis == 0 ? State.WAITING : State.RETRYING;
        event.due = time + millis;
    }

    void retry(Event event, long millis) {
        Item old = event.item;
        event.item = new Item(
                old.envelope(), old.priority(), old.orderKey(), old.notBefore(), old.expires(), old.attempt() + 1);
        event.state = millis == 0 ? State.WAITING : State.RETRYING;
        event.due = time + millis;
        retried++;
    }

    int deadLetterAll() {
        settle();
        return buryAll(event -> true, false);
    }

    /** Makes those that are not leased dead letters, but for those that have expired. */
    private int buryAll(Predicate<Event> which, boolean follow) {
        List<Event> here = events.stream()
                .filter(event -> event.state != State.LEASED && which.test(event))
                .toList();
        List<Event> late = here.stream().filter(this::isExpired).toList();
        events.removeAll(here);
        expired += late.size();
        here.stream()
                .filter(event -> !late.contains(event))
                .forEach(event -> bury(event, event.item.attempt() > 0, follow));
        return here.size() - late.size();
    }

    void releaseAll() {
        events.stream().filter(event -> event.state == State.LEASED).forEach(event -> release(event, 0));
    }
}

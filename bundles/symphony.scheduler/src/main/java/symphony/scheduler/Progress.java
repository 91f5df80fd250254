package symphony.scheduler;

import java.util.Optional;
import java.util.UUID;

/**
 * How far a recurrence has come: what its cell holds, in a form that can be worked with. Immutable.
 *
 * @param state {@link Waiting#WAITING}, {@link Waiting#FIRED} (for the last time) or {@link Waiting#CANCELLED}
 * @param generation counts the schedulers that it has been with; only the present one may change more than the state
 * @param due the time that is next, or was last
 * @param fired how many events were claimed for publishing
 * @param skipped how many times were passed over
 * @param failed how many events did not reach all
 * @param firing the event that is being published, or offered again
 * @param start before this no time comes, by the timer's clock: a delay is not shortened by a wall clock that is put right.
 *     Empty if none was given as a delay, or a time has come since
 */
record Progress(
        String state,
        int generation,
        Due due,
        long fired,
        long skipped,
        long failed,
        Optional<UUID> firing,
        Optional<Due> start) {
    /*
     * The cell outlives this class (see Waiting), so it holds an array of JDK values, by the places below. Nobody changes an
     * array once it is in the cell: each change is a new one, by compare-and-set. The start was added last; a cell may come
     * without.
     */
    private static final int STATE = 0;
    private static final int GENERATION = 1;
    private static final int WALL = 2;
    private static final int AT = 3;
    private static final int COUNTS = 4;
    private static final int FIRING = 5;
    private static final int START = 6;

    static Progress first(Due due, Optional<Due> start) {
        return new Progress(Waiting.WAITING, 0, due, 0, 0, 0, Optional.empty(), start);
    }

    static Progress of(Object cell) {
        var places = (Object[]) cell;
        long[] counts = (long[]) places[COUNTS];
        return new Progress(
                (String) places[STATE],
                (Integer) places[GENERATION],
                new Due((Boolean) places[WALL], (Long) places[AT]),
                counts[0],
                counts[1],
                counts[2],
                Optional.ofNullable((UUID) places[FIRING]),
                places.length > START && places[START] instanceof Long nanos
                        ? Optional.of(new Due(false, nanos))
                        : Optional.empty());
    }

    /** Without making all of it: memory may have run out. */
    static String state(Object cell) {
        return (String) ((Object[]) cell)[STATE];
    }

    /** Whether there is an event that is being published; without making all of it, too. */
    static boolean isFiring(Object cell) {
        return ((Object[]) cell)[FIRING] != null;
    }

    /** Without making all of it: orders what waits. */
    static long dueAt(Object cell) {
        return (Long) ((Object[]) cell)[AT];
    }

    Object toCell() {
        return new Object[] {
            state,
            generation,
            due.wall(),
            due.at(),
            new long[] {fired, skipped, failed},
            firing.orElse(null),
            start.map(Due::at).orElse(null)
        };
    }

    boolean isWaiting() {
        return Waiting.WAITING.equals(state);
    }

    Progress cancelled() {
        return new Progress(Waiting.CANCELLED, generation, due, fired, skipped, failed, Optional.empty(), start);
    }

    /** A time was taken or passed over. */
    Progress after(Turn turn, UUID event, boolean isLast) {
        return new Progress(
                isLast ? Waiting.FIRED : Waiting.WAITING,
                generation,
                turn.next().orElse(due),
                fired + (turn.fires() ? 1 : 0),
                skipped + turn.skipped(),
                failed,
                turn.fires() ? Optional.of(event) : Optional.empty(),
                Optional.empty());
    }

    /** The event was settled; the next time stays if there is none here, unless it is over. */
    Progress settled(boolean failure, Optional<Due> next, boolean isLast) {
        return new Progress(
                isLast ? Waiting.FIRED : state,
                generation,
                next.orElse(due),
                fired,
                skipped,
                failed + (failure ? 1 : 0),
                Optional.empty(),
                start);
    }

    Progress moved(Due to) {
        return new Progress(state, generation, to, fired, skipped, failed, firing, start);
    }

    /** Another scheduler will have it. */
    Progress passedOn() {
        return new Progress(state, generation + 1, due, fired, skipped, failed, firing, start);
    }
}

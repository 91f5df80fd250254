package symphony.scheduler;

import java.time.InstantSource;
import symphony.api.scheduler.Timer;

/**
 * A moment on both clocks.
 *
 * @param nanos nanoseconds of the timer's clock
 * @param micros epoch microseconds of the wall clock
 */
record Now(long nanos, long micros) {
    static Now of(Timer timer, InstantSource wall) {
        return new Now(timer.nanoTime(), Due.micros(wall.instant()));
    }
}

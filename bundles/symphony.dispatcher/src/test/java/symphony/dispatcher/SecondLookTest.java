package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.scheduler.Timer;

/** Looks again while something is open, however the threads that ask and look overtake each other. */
@Timeout(120)
class SecondLookTest {
    private final Supervisor supervisor = new Supervisor(DispatcherThreads.INSTANCE, () -> Duration.ofMillis(20));
    private final AtomicReference<Thread> looker = new AtomicReference<>();
    private final AtomicBoolean open = new AtomicBoolean();
    private final AtomicInteger looks = new AtomicInteger();
    private final SecondLook secondLook =
            new SecondLook(new HastyTimer(), supervisor, this::make, open::get, this::look);

    SecondLookTest() {
        supervisor.start(() -> false);
    }

    @AfterEach
    void end() {
        supervisor.end();
    }

    private Thread make(Runnable body) {
        looker.set(DispatcherThreads.INSTANCE.newThread(body));
        return looker.get();
    }

    private void look() {
        looks.incrementAndGet();
        open.set(false);
    }

    /** Whoever schedules something is held up until the look has come, and is over. */
    private final class HastyTimer implements Timer {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long schedule(long deadlineNanos, LongConsumer callback, long cookie) {
            int before = looks.get();
            callback.accept(cookie);
            Bench.await(() -> looks.get() > before && !looker.get().isAlive());
            return 1;
        }

        @Override
        public boolean cancel(long ticket) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void looksAgainThoughTheLookBeforeWasOverBeforeItsOrderReturned() {
        open.set(true);
        secondLook.ask();
        assertThat(looks).hasValue(1);
        open.set(true);
        secondLook.ask(); // when
        assertThat(looks).hasValue(2); // then
    }
}

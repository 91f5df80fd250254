package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SupervisorTest {
    /** Five that find nothing to do, and the one before it sleeps. */
    private static final int LOOKS_BEFORE_SLEEP = 6;

    private final AtomicReference<Thread> thread = new AtomicReference<>();

    @Test
    void endsWhileItSleeps() throws Exception {
        var looks = new CountDownLatch(LOOKS_BEFORE_SLEEP);
        var supervisor = new Supervisor(this::make, () -> Duration.ofMillis(1)); // given: one that has nothing to do
        supervisor.start(() -> {
            looks.countDown();
            return false;
        });
        assertThat(looks.await(60, TimeUnit.SECONDS)).isTrue();
        supervisor.end(); // when
        supervisor.join(Duration.ofSeconds(60)); // then
        assertThat(thread.get().isAlive()).isFalse();
    }

    @Test
    void goesOnAfterFaultsThatCannotEvenBeLogged() throws Exception {
        var unspeakable = new Error() {
            private static final long serialVersionUID = 1;

            @Override
            public String getMessage() {
                throw new OutOfMemoryError("as it is told, a test says");
            }
        };
        var looks = new CountDownLatch(3);
        var tasks = new CountDownLatch(3);
        var intervals = new AtomicInteger();
        var supervisor = new Supervisor(this::make, () -> {
            if (intervals.incrementAndGet() == 2) {
                throw unspeakable;
            }
            return Duration.ofMillis(1);
        });
        supervisor.start(() -> {
            looks.countDown();
            throw unspeakable;
        });
        for (int i = 0; i < 3; i++) {
            supervisor.execute(() -> {
                tasks.countDown();
                throw unspeakable;
            });
        }
        assertThat(looks.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(tasks.await(60, TimeUnit.SECONDS)).isTrue();
        supervisor.end();
        supervisor.join(Duration.ofSeconds(60));
        assertThat(thread.get().isAlive()).isFalse();
    }

    private Thread make(Runnable body) {
        var made = new Thread(body);
        made.setDaemon(true);
        thread.set(made);
        return made;
    }
}

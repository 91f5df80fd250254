package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
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

    @Test
    void doesOtherThingsWhileALockIsTakenThatSomeTasksNeed() throws Exception {
        var lock = new ReentrantLock();
        var done = new CopyOnWriteArrayList<Integer>();
        var other = new CountDownLatch(1);
        var supervisor = new Supervisor(this::make, () -> Duration.ofMillis(1));
        supervisor.start(() -> false);
        lock.lock();
        try {
            supervisor.execute(lock, () -> done.add(1));
            supervisor.execute(lock, () -> {
                throw new IllegalStateException("a test says");
            });
            supervisor.execute(lock, () -> done.add(2));
            supervisor.execute(other::countDown); // when
            assertThat(other.await(60, TimeUnit.SECONDS)).isTrue(); // then
            assertThat(done).isEmpty();
        } finally {
            lock.unlock();
        }
        Bench.await(() -> done.equals(List.of(1, 2)));
        supervisor.end();
        supervisor.join(Duration.ofSeconds(60));
    }

    @Test
    void endsAfterTheTasksThatNeedALock() throws Exception {
        var lock = new ReentrantLock();
        var done = new AtomicBoolean();
        var supervisor = new Supervisor(this::make, () -> Duration.ofMillis(1));
        supervisor.start(() -> false);
        lock.lock();
        try {
            supervisor.execute(lock, () -> done.set(true));
            supervisor.end(); // when
            Bench.await(() -> lock.hasQueuedThreads() || !thread.get().isAlive());
        } finally {
            lock.unlock();
        }
        supervisor.join(Duration.ofSeconds(60));
        assertThat(thread.get().isAlive()).isFalse(); // then
        assertThat(done).isTrue();
    }

    private Thread make(Runnable body) {
        var made = new Thread(body);
        made.setDaemon(true);
        thread.set(made);
        return made;
    }
}

package symphony.dispatcher;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** One thread for pushes that may have to wait for a disk; made when there is such a push, ends when idle. Thread-safe. */
final class Background {
    private static final int CAPACITY = 10_000;
    private static final int IDLE_SECONDS = 10;

    private final ThreadFactory threads;
    private final Supervisor supervisor;
    private final BlockingQueue<Runnable> tasks = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicBoolean running = new AtomicBoolean();

    Background(ThreadFactory threads, Supervisor supervisor) {
        this.threads = threads;
        this.supervisor = supervisor;
    }

    /** Does something later; empty if too much waits already. */
    <T> Optional<CompletionStage<T>> supply(Supplier<T> task) {
        var result = new CompletableFuture<T>();
        boolean taken = tasks.offer(() -> {
            try {
                result.complete(task.get());
            } catch (Throwable t) { // whoever waits must be told, whatever it was
                result.completeExceptionally(t);
            }
        });
        if (!taken) {
            return Optional.empty();
        }
        startIfNeeded();
        return Optional.of(result);
    }

    private void startIfNeeded() {
        if (running.compareAndSet(false, true)) {
            supervisor.execute(() -> {
                Thread thread = threads.newThread(this::run);
                thread.setName("symphony-dispatcher-stores");
                thread.start();
            });
        }
    }

    private void run() {
        try {
            Runnable task = tasks.poll(IDLE_SECONDS, TimeUnit.SECONDS);
            while (task != null) {
                task.run();
                task = tasks.poll(IDLE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody interrupts it; if so, it ends and the next push makes another
        } finally {
            running.set(false);
            if (!tasks.isEmpty()) {
                startIfNeeded();
            }
        }
    }
}

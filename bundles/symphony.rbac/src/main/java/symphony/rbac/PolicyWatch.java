package symphony.rbac;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.rbac.PolicyReload;

/**
 * The thread on which a {@link PolicyKeeper} works: it looks at the file from time to time, and when it is told to. No other
 * thread touches the file, since one that is interrupted while it reads could not finish. Thread-safe.
 */
final class PolicyWatch {
    private static final Logger log = LoggerFactory.getLogger(PolicyWatch.class);
    private static final long PATIENCE_SECONDS = 10;
    private static final long END_MILLIS = 1_000;

    private final PolicyKeeper keeper;
    private final Runnable afterLook;
    private final BlockingQueue<Runnable> commands = new LinkedBlockingQueue<>();
    private final CountDownLatch looked = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;

    /** The reload whose turn has not come; null if there is none. Guarded by this. */
    private CompletableFuture<PolicyReload> reload;

    /** Of its own thread. */
    private long pollNanos;

    /** {@code afterLook} is called after each look. */
    PolicyWatch(PolicyKeeper keeper, Runnable afterLook, ThreadFactory threads, long pollNanos) {
        this.keeper = keeper;
        this.afterLook = afterLook;
        this.pollNanos = pollNanos;
        this.thread = threads.newThread(this::run);
    }

    /** Begins; waits for the first look, but not for ever. An interrupt is kept for later. */
    boolean start() {
        thread.start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return looked.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        while (!closed) {
            long pause = look();
            looked.countDown();
            guarded(keeper::tellLate); // later: an audit may hang
            guarded(afterLook);
            Runnable command = next(pause);
            while (command != null && !closed) {
                guarded(command);
                command = commands.poll();
            }
        }
        guarded(keeper::close);
    }

    private long look() {
        var soon = new boolean[1];
        guarded(() -> soon[0] = keeper.look());
        return soon[0] ? PolicyKeeper.settleNanos() : pollNanos;
    }

    /** Whatever happens, the file is looked at again. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) { // no memory, perhaps
            log.error("{}: the policy file could not be looked at; it is tried again", RbacEngine.PID, e);
        }
    }

    private Runnable next(long nanos) {
        try {
            return commands.poll(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) { // nobody of ours does that; go on
            return null;
        }
    }

    /** Another file, or another pause, from the next look on. */
    void change(PolicyFile file, long nanos) {
        commands.add(() -> {
            keeper.moveTo(file);
            pollNanos = nanos;
        });
    }

    /** Looks now, and waits for what becomes of it. Those that wait for their turn together are one, in the name of the first. */
    PolicyReload reload(String actor) {
        CompletableFuture<PolicyReload> answer = ask(actor);
        try {
            return closed
                    ? new PolicyReload.Unanswered(RbacEngine.PID + " stops")
                    : answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new PolicyReload.Unanswered("interrupted before it was known; it may still be put in force");
        } catch (TimeoutException | ExecutionException e) {
            log.debug("no answer", e);
            return new PolicyReload.Unanswered("the policy file was not read in " + PATIENCE_SECONDS
                    + " s; see to its file system; it may still be put in force");
        }
    }

    private synchronized CompletableFuture<PolicyReload> ask(String actor) {
        if (reload == null) {
            var asked = new CompletableFuture<PolicyReload>();
            reload = asked;
            commands.add(() -> answer(asked, actor));
        }
        return reload;
    }

    private void answer(CompletableFuture<PolicyReload> asked, String actor) {
        begun();
        try {
            asked.complete(keeper.reload(actor));
        } finally {
            asked.complete(new PolicyReload.Unanswered("the look at the policy failed; the log says why"));
        }
    }

    /** Who asks from now on wants a look that begins later. */
    private synchronized void begun() {
        reload = null;
    }

    /** Ends; what waits is not done. Waits for what runs, but not for long, and not for itself. */
    void close() {
        closed = true;
        commands.add(() -> {});
        if (thread == Thread.currentThread()) {
            return;
        }
        try {
            thread.join(END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package symphony.benchmarks.rig;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Ten FIFOs, the most urgent first, and two workers that run what is in them; who finds nothing parks. Thread-safe. */
final class Fifos implements AutoCloseable {
    private static final int PRIORITIES = 10;
    private static final int WORKERS = 2;

    private final List<Queue<Runnable>> fifos = Stream.<Queue<Runnable>>generate(ConcurrentLinkedQueue::new)
            .limit(PRIORITIES)
            .toList();
    private final Worker[] workers = new Worker[WORKERS];
    private volatile boolean closed;

    Fifos() {
        for (int i = 0; i < WORKERS; i++) {
            workers[i] = new Worker("worker-" + i);
        }
        for (Worker worker : workers) {
            worker.start();
        }
    }

    void push(int priority, Runnable call) {
        fifos.get(priority).add(call);
        for (Worker worker : workers) {
            if (worker.wakeIfIdle()) {
                return;
            }
        }
    }

    private Runnable poll() {
        for (Queue<Runnable> fifo : fifos) {
            Runnable call = fifo.poll();
            if (call != null) {
                return call;
            }
        }
        return null;
    }

    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    private final class Worker extends Thread {
        private volatile boolean idle;

        Worker(String name) {
            super(name);
        }

        boolean wakeIfIdle() {
            if (!idle) {
                return false;
            }
            idle = false;
            LockSupport.unpark(this);
            return true;
        }

        @Override
        public void run() {
            while (!closed) {
                Runnable call = poll();
                if (call == null) {
                    idle = true; // then look again: whoever pushed before may not have seen it
                    call = poll();
                    if (call == null) {
                        while (idle && !closed) {
                            LockSupport.park(this);
                        }
                    }
                    idle = false;
                }
                if (call != null) {
                    call.run();
                }
            }
        }
    }
}

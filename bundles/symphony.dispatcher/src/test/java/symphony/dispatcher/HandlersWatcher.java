package symphony.dispatcher;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.HandlerView;

/** Somebody who looks at the handlers all the time, from a thread of his own, for one that is not active. */
final class HandlersWatcher {
    private final Bench bench;
    private final AtomicReference<HandlerView> wrong = new AtomicReference<>();
    private final Thread thread = new Thread(this::run);
    private volatile boolean done;

    private HandlersWatcher(Bench bench) {
        this.bench = bench;
    }

    static HandlersWatcher of(Bench bench) {
        var watcher = new HandlersWatcher(bench);
        watcher.thread.start();
        return watcher;
    }

    private void run() {
        while (!done) {
            bench.engine.handlers().stream()
                    .filter(view -> view.state() != HandlerState.ACTIVE)
                    .forEach(wrong::set);
            LockSupport.parkNanos(20_000); // others want to run, too
        }
    }

    /** Ends; the last that was not active, null if there was none. */
    HandlerView end() throws InterruptedException {
        done = true;
        thread.join();
        return wrong.get();
    }
}

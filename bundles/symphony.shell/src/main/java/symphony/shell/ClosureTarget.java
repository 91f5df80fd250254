package symphony.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.felix.service.command.CommandSession;
import symphony.api.event.Delivery;

/** Gives events to a closure of the shell. The closures of one session run one after the other. Thread-safe. */
final class ClosureTarget implements Wiring.Target {
    private static final int MOST_KINDS = 50;

    private final String name;
    private final ClosureSession session;
    private final String source;
    private final boolean keep;
    private final ReentrantLock turn;
    private final Consumer<String> complaints;
    private final Maker maker;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final List<Runnable> afterwards = new ArrayList<>(); // guarded by itself, as the next
    private boolean calling;

    ClosureTarget(
            String name,
            ClosureSession session,
            String source,
            boolean keep,
            ReentrantLock turn,
            Consumer<String> complaints,
            Maker maker) {
        this.name = name;
        this.session = session;
        this.source = source;
        this.keep = keep;
        this.turn = turn;
        this.complaints = complaints;
        this.maker = maker;
    }

    @Override
    public void handle(Delivery delivery) throws Exception {
        maker.checkReceive(delivery.topic());
        synchronized (afterwards) {
            calling = true;
        }
        try {
            call(delivery);
        } finally {
            ended().forEach(Runnable::run);
        }
    }

    private List<Runnable> ended() {
        synchronized (afterwards) {
            calling = false;
            List<Runnable> all = List.copyOf(afterwards);
            afterwards.clear();
            return all;
        }
    }

    @Override
    public boolean afterCall(CommandSession there, Runnable what) {
        synchronized (afterwards) {
            return calling && session.isOwn(there) && afterwards.add(what);
        }
    }

    private void call(Delivery delivery) throws Exception {
        var event = new ShellEvent(delivery);
        // Held during the closure on purpose: it is what "one after the other" means. Nothing else takes this lock.
        turn.lockInterruptibly();
        try {
            session.run(List.of(event, event.topic(), event.data()));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            String reason = Text.line(e instanceof CommandException ? e.getMessage() : e.toString());
            complain(reason);
            throw new IllegalStateException("closure " + name + ": " + reason); // without e: it would keep the closure
        } finally {
            turn.unlock();
        }
    }

    private void complain(String reason) {
        if (known.size() < MOST_KINDS && known.add(reason)) {
            complaints.accept(name + ": " + reason + " (each kind of error is shown once)");
        }
    }

    @Override
    public String user() {
        return maker.name();
    }

    @Override
    public boolean isAlive() {
        return keep || session.isParentOpen();
    }

    @Override
    public String what() {
        return "{" + Text.cut(source, 200) + "}";
    }

    @Override
    public void close() {
        session.close();
    }
}

package symphony.shell;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.apache.felix.service.command.Job;

/** Runs one closure for a session of the shell. One call at a time. */
final class ClosureSession implements AutoCloseable {
    /*
     * A closure cannot run in the session it was typed in: Gogo allows one job in the foreground of a session, so a closure
     * that runs while the user looks at symphony:tail would fail with "A job is already in foreground". It runs in a session
     * of its own that sees the variables of the first one, and gives back those it changed; as long as its user is at work
     * there. Afterwards it would call in its user's name what somebody else set, and show and give to that one what is not his.
     */
    private final CommandProcessor processor;
    private final ChildSessions children;
    private final CommandSession parent;
    private final BooleanSupplier isShared;
    private final Globs globs;
    private volatile CommandSession own;
    private volatile boolean closed;
    private final SessionLines out;
    private final Function closure;

    /** @param isShared whether who made the closure is the one who is logged in in the parent, or nobody is either */
    ClosureSession(
            CommandProcessor processor,
            ChildSessions children,
            CommandSession parent,
            BooleanSupplier isShared,
            Function closure,
            Globs globs,
            LinePrinter printer) {
        this.processor = processor;
        this.children = children;
        this.parent = parent;
        this.isShared = isShared;
        this.closure = closure;
        this.out = new SessionLines(line -> {
            if (isShared.getAsBoolean()) {
                printer.print(parent, Text.clean(line.replace('\t', ' ')));
            }
        });
        this.globs = globs;
        this.own = newSession();
    }

    private CommandSession newSession() {
        CommandSession session = children.open(processor, parent, new PrintStream(out, true, StandardCharsets.UTF_8));
        globs.install(session);
        return session;
    }

    /** Whether the session that the closure was typed in is still open. There is no other way to ask Gogo. */
    boolean isParentOpen() {
        try {
            processor.createSession(parent).close();
            return true;
        } catch (IllegalArgumentException | IllegalStateException e) {
            return false; // what Gogo says for a session that is closed, or after its own end
        }
    }

    /** Whether it is the session in which the closure runs. */
    boolean isOwn(CommandSession session) {
        return session == own;
    }

    /** Calls the closure. */
    void run(List<Object> arguments) throws Exception {
        Map<String, Object> before = takeOver();
        try {
            closure.execute(own, arguments);
        } catch (InterruptedException e) {
            renew();
            throw e;
        } finally {
            out.end();
            giveBack(before);
        }
    }

    /** The thread that waits was interrupted, the one that runs was not; and an interrupt may close a session's streams. */
    private void renew() {
        CommandSession before = own;
        own = newSession();
        if (closed) {
            own.close();
        }
        new ArrayList<>(before.jobs()).forEach(Job::interrupt); // a job that ends takes itself out of the list
        before.close();
    }

    private Map<String, Object> takeOver() {
        Path folder = parent.currentDir();
        Map<String, Object> variables = Variables.of(parent);
        if (!isShared.getAsBoolean()) { // asked last: till now nobody else has set any
            return Map.of();
        }
        own.currentDir(folder);
        variables.forEach(own::put);
        return variables;
    }

    private void giveBack(Map<String, Object> before) {
        if (!isShared.getAsBoolean()) {
            return;
        }
        Variables.of(own).forEach((name, value) -> {
            if (!Objects.equals(before.get(name), value)) {
                parent.put(name, value);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        own.close();
    }
}

package symphony.shell;

import java.util.function.Consumer;

/**
 * Follows a script on standard input, to say which of its commands failed: Gogo prints the error and goes on, and tells
 * neither where it was nor, at the end, that there was one. Thread-safe.
 */
final class Script {
    private static final int MOST_SHOWN = 60;

    private final Consumer<String> failures;
    /** Guarded by this, as all that follows: what the command that is read or runs begins with, and its line, from 1. */
    private String command = "";

    private long line;
    private long nextLine = 1;
    private boolean complete = true;
    private int depth;
    private boolean stopped;
    private boolean ended;

    /** @param failures takes a line for each command that fails */
    Script(Consumer<String> failures) {
        this.failures = failures;
    }

    /** A command was read, all its lines; it will run next. */
    synchronized void read(String lines) {
        begin(lines);
        nextLine += 1 + lines.chars().filter(c -> c == '\n').count();
        complete = true;
    }

    /** The first lines of a command were read, and more must follow. */
    synchronized void readPart(String lines) {
        begin(lines);
        complete = false;
    }

    private void begin(String lines) {
        line = nextLine;
        command = lines.lines().findFirst().orElse("").strip();
    }

    /** Something begins to run: a command that was read, or what it executes itself. */
    synchronized void runs() {
        depth++;
    }

    /** It is over, well. Of what ran already when the first was heard of it, only this is heard. */
    synchronized void over() {
        depth = Math.max(0, depth - 1);
    }

    /** It is over, with an exception. An interrupt is no failure: the shell itself is stopped, as by exit. */
    void over(Exception exception) {
        if (fails(exception)) {
            tell("failed: ");
        }
    }

    private synchronized boolean fails(Exception exception) {
        stopped |= exception instanceof InterruptedException;
        boolean heard = depth > 0;
        over();
        return heard && depth == 0 && !stopped;
    }

    /**
     * The input is over. What is cut off is told once, though each session of the shell ends: the one that reads the lines
     * and the one that began it.
     *
     * @param unread what was read of a line whose end did not come
     */
    void end(String unread) {
        if (isCut(unread)) {
            tell("has no end, and was not run: ");
        }
    }

    private synchronized boolean isCut(String unread) {
        if (depth > 0 || stopped || ended) {
            return false; // what was read last is a command that ran, such as exit
        }
        ended = !complete || !unread.isBlank();
        if (ended && complete) {
            begin(unread);
        }
        return ended;
    }

    private void tell(String what) {
        String told = told(what);
        if (!told.isEmpty()) {
            failures.accept(told);
        }
    }

    /** Empty before the first line, for what the shell does by itself. */
    private synchronized String told(String what) {
        return line == 0 ? "" : "line " + line + " " + what + Text.cut(Text.clean(command), MOST_SHOWN);
    }
}

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

    /** It is over. */
    void over(boolean failed) {
        if (left() == 0 && failed) {
            tell("failed: ");
        }
    }

    private synchronized int left() {
        return --depth;
    }

    /** The input is over. */
    void end() {
        if (isCut()) {
            tell("is not complete, and was not run: ");
        }
    }

    private synchronized boolean isCut() {
        boolean cut = !complete;
        complete = true;
        return cut;
    }

    private void tell(String what) {
        String told;
        synchronized (this) {
            told = "line " + line + " " + what + Text.cut(Text.clean(command), MOST_SHOWN);
        }
        if (line > 0) {
            failures.accept(told);
        }
    }
}

package symphony.shell;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * What a closure prints, line by line, so that lines of several closures and the line that the user edits do not mix. A very
 * long line is given away in parts. Thread-safe.
 */
final class SessionLines extends OutputStream {
    private static final int MOST = 16 << 10;

    private final Consumer<String> lines;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(); // guarded by this

    SessionLines(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public void write(int b) {
        String full = null;
        synchronized (this) {
            if (b == '\n' || line.size() >= MOST) {
                full = take();
            }
            if (b != '\n') {
                line.write(b);
            }
        }
        if (full != null) {
            lines.accept(full);
        }
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
        for (int i = from; i < from + count; i++) {
            write(bytes[i]);
        }
    }

    /** Gives away what has no end of line yet. */
    void end() {
        String rest;
        synchronized (this) {
            rest = line.size() == 0 ? null : take();
        }
        if (rest != null) {
            lines.accept(rest);
        }
    }

    private String take() {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}

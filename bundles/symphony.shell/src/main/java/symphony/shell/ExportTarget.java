package symphony.shell;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintStream;

/**
 * Where an export goes that is printed. A stream that prints keeps its failures to itself, and the one who reads or writes the
 * trail looks at no interrupt: this one ends with either. One thread only.
 */
final class ExportTarget implements Appendable {
    /** Asking for failures flushes, so it is not done for each part of a line. */
    private static final int ASK_EVERY = 256;

    private final PrintStream out;
    private int parts;

    ExportTarget(PrintStream out) {
        this.out = out;
    }

    @Override
    public Appendable append(CharSequence text) throws IOException {
        checkInterrupt();
        out.append(text);
        askNowAndThen();
        return this;
    }

    @Override
    public Appendable append(CharSequence text, int from, int to) throws IOException {
        return append(text.subSequence(from, to));
    }

    @Override
    public Appendable append(char c) throws IOException {
        return append(String.valueOf(c));
    }

    private static void checkInterrupt() throws InterruptedIOException {
        if (Thread.interrupted()) {
            throw new InterruptedIOException("interrupted");
        }
    }

    private void askNowAndThen() throws IOException {
        if (++parts % ASK_EVERY == 0) {
            end();
        }
    }

    /** What was written is out, or it is said that it is not. */
    void end() throws IOException {
        checkInterrupt();
        if (out.checkError()) {
            throw new IOException("the output takes no more, so what it has is not all");
        }
    }
}

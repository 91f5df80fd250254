package symphony.shell;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.utils.NonBlockingReader;

/**
 * Reads a line that is not shown. Not by the line editor: that would parse it, as a command with quotes that may be open, and
 * remember it. Loaded only where jline is.
 */
final class SecretLine {
    private static final long LOOK_MILLIS = 100;
    private static final int MOST = 512;
    private static final int BACKSPACE = 8;
    private static final int DELETE = 127;
    private static final int CTRL_D = 4;
    private static final int CTRL_U = 21;

    private final char[] typed = new char[MOST];
    private int length;

    private SecretLine() {}

    /**
     * Reads one.
     *
     * @param isAlone whether nobody else reads there, looked at again and again
     */
    static char[] read(Terminal terminal, String prompt, BooleanSupplier isAlone)
            throws CommandException, InterruptedException {
        // Ctrl-Z would put the job into the background, and the next that reads would get the rest of the password.
        Terminal.SignalHandler suspend = terminal.handle(Terminal.Signal.TSTP, Terminal.SignalHandler.SIG_IGN);
        try {
            return readRaw(terminal, prompt, isAlone);
        } finally {
            terminal.handle(Terminal.Signal.TSTP, suspend);
        }
    }

    private static char[] readRaw(Terminal terminal, String prompt, BooleanSupplier isAlone)
            throws CommandException, InterruptedException {
        Attributes before = terminal.enterRawMode();
        var line = new SecretLine();
        try {
            terminal.writer().print(prompt);
            terminal.writer().flush();
            line.read(terminal.reader(), isAlone);
            return Arrays.copyOf(line.typed, line.length);
        } catch (InterruptedIOException e) {
            throw interrupted(e);
        } catch (IOException e) {
            throw new CommandException("the terminal cannot be read: " + e, e);
        } finally {
            Arrays.fill(line.typed, '\0');
            terminal.setAttributes(before);
            terminal.writer().println();
            terminal.writer().flush();
        }
    }

    /** What jline makes of an interrupt while it waits. */
    private static InterruptedException interrupted(InterruptedIOException e) {
        var interruption = new InterruptedException();
        interruption.initCause(e);
        return interruption;
    }

    private void read(NonBlockingReader in, BooleanSupplier isAlone)
            throws CommandException, InterruptedException, IOException {
        while (true) {
            if (!isAlone.getAsBoolean()) {
                throw new CommandException("the command went into the background; the password was not read");
            }
            int c = in.read(LOOK_MILLIS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            switch (c) {
                case NonBlockingReader.READ_EXPIRED -> {
                    // nobody has typed yet
                }
                case '\r', '\n' -> {
                    return;
                }
                case NonBlockingReader.EOF, CTRL_D -> throw new CommandException("nothing was typed");
                case BACKSPACE, DELETE -> takeBack();
                case CTRL_U -> length = 0;
                default -> add((char) c);
            }
        }
    }

    /** One letter, which may have two parts. */
    private void takeBack() {
        boolean isPair = length > 1 && Character.isSurrogatePair(typed[length - 2], typed[length - 1]);
        length = Math.max(0, length - (isPair ? 2 : 1));
    }

    private void add(char c) throws CommandException {
        if (length == MOST) {
            throw new CommandException("more than " + MOST + " characters were typed");
        }
        typed[length++] = c;
    }
}

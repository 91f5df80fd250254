package symphony.shell;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;

/**
 * The terminal of a script: standard input and output. Jline's own for what is no terminal writes byte by byte, so that lines
 * which the shell and a closure print at the same time would mix; this one writes at once what is given at once.
 */
final class ScriptTerminal {
    private ScriptTerminal() {}

    static Terminal open() throws IOException {
        return new DumbTerminal(
                "symphony script", Terminal.TYPE_DUMB, new Input(), new Output(), StandardCharsets.UTF_8);
    }

    /** Others read on when the terminal is closed. */
    private static final class Input extends FileInputStream {
        Input() {
            super(FileDescriptor.in);
        }

        @Override
        public void close() {
            // it is the process's
        }
    }

    /** Others write on when the terminal is closed. */
    private static final class Output extends FileOutputStream {
        Output() {
            super(FileDescriptor.out);
        }

        @Override
        public void close() {
            // it is the process's
        }
    }
}

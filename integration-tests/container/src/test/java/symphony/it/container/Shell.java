package symphony.it.container;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;

/** A session of the shell, as that of an operator. */
final class Shell implements AutoCloseable {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final CommandSession session;

    Shell(CommandProcessor processor) {
        var out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        session = processor.createSession(InputStream.nullInputStream(), out, out);
    }

    /** Runs a line; what it printed meanwhile, on standard error, too, and its result as the shell shows it. */
    String run(String line) {
        printed.reset();
        try {
            Object result = session.execute(line);
            return printed.toString(StandardCharsets.UTF_8)
                    + (result == null ? "" : session.format(result, Converter.INSPECT));
        } catch (Exception e) {
            throw new AssertionError("'" + line + "' fails: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}

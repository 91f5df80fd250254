package symphony.it.handler;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Has a {@code Function} that executes a line in a session of the shell, and gives what it printed. */
public final class CommandActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        CommandProcessor processor = context.getService(context.getServiceReference(CommandProcessor.class));
        Function<String, String> execute = line -> execute(processor, line);
        context.registerService(Function.class, execute, null);
    }

    @Override
    public void stop(BundleContext context) {
        // The framework unregisters the service.
    }

    private static String execute(CommandProcessor processor, String line) {
        var printed = new ByteArrayOutputStream();
        try (var out = new PrintStream(printed, true, StandardCharsets.UTF_8);
                CommandSession session = processor.createSession(new ByteArrayInputStream(new byte[0]), out, out)) {
            session.execute(line);
        } catch (Exception e) {
            throw new IllegalStateException(line, e);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}

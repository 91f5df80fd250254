package symphony.it.handler;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;

/** Writes down the topic of each event below {@code it/} that it gets, one a line. */
public final class DeliveredTopics implements BundleActivator, EventHandler {
    /** Environment variable: the file. */
    public static final String FILE = "DELIVERED_TOPICS";

    private final Path file = Path.of(System.getenv(FILE));

    @Override
    public void start(BundleContext context) {
        var properties = new Hashtable<String, Object>(Map.of("symphony.topics", "it/*"));
        context.registerService(EventHandler.class, this, properties);
    }

    @Override
    public void handle(Delivery delivery) throws IOException {
        Files.writeString(file, delivery.topic() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public void stop(BundleContext context) {
        // its service ends with it
    }
}

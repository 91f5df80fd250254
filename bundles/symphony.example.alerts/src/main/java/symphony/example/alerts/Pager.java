package symphony.example.alerts;

import java.time.Duration;
import java.time.Instant;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;
import symphony.api.event.propertytypes.Subscription;
import symphony.api.event.propertytypes.Topics;

/** Calls somebody for each alert. However many wait, the most urgent is next. */
@Component
@Topics("alerts/*")
@Subscription("pager")
public final class Pager implements EventHandler {
    private static final Logger log = LoggerFactory.getLogger(Pager.class);

    @Override
    public void handle(Delivery alert) {
        String page = "ALERT " + alert.priority() + " " + alert.topic() + ": " + alert.getString("text", "no details");
        System.out.println(page); // to the terminal, to be seen while trying it
        log.info("{} paged after {}", alert.id(), Duration.between(alert.publishedAt(), Instant.now()));
    }
}

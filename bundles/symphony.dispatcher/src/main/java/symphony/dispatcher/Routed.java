package symphony.dispatcher;

import java.util.List;
import symphony.api.event.TopicFilter;

/** Something events are routed to. The router knows it by identity. */
interface Routed {
    /** What it wants, as registered with the router. */
    List<TopicFilter> topics();
}

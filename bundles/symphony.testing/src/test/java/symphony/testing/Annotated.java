package symphony.testing;

import org.osgi.service.component.annotations.Component;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;
import symphony.api.event.propertytypes.Capacity;
import symphony.api.event.propertytypes.Concurrency;
import symphony.api.event.propertytypes.DuplicatesWindow;
import symphony.api.event.propertytypes.Filter;
import symphony.api.event.propertytypes.Full;
import symphony.api.event.propertytypes.Grace;
import symphony.api.event.propertytypes.OrderFailure;
import symphony.api.event.propertytypes.OrderKey;
import symphony.api.event.propertytypes.Retry;
import symphony.api.event.propertytypes.Subscription;
import symphony.api.event.propertytypes.TimeLimit;
import symphony.api.event.propertytypes.TimeToLive;
import symphony.api.event.propertytypes.Topics;

/** A component with as many annotations as a handler can have. */
@Component(name = "annotated")
@Topics({"a/+", "b"})
@Filter("(n>=1)")
@Concurrency(3)
@OrderKey("customer.id")
@Retry(
        attempts = 7,
        backoff_max = "9s",
        no_retry = {IllegalArgumentException.class, Annotated.Broken.class})
@Capacity(40_000)
@TimeLimit("5s")
@Grace("1m")
@DuplicatesWindow("5m")
@Full("dead-letter")
@OrderFailure("take-along")
@Subscription("many")
@TimeToLive("1h")
public final class Annotated implements EventHandler {
    /** Constants and members that the reader of class files must pass. */
    static final long LONG = 1L << 40;

    static final double DOUBLE = 0.1;

    /** Has a name with a dollar. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1;
    }

    @Deprecated
    final String field = "a" + LONG + DOUBLE;

    @Override
    public void handle(Delivery delivery) {
        throw new UnsupportedOperationException("only its properties are read");
    }
}

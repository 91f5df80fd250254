package symphony.testing;

import org.osgi.service.component.annotations.Component;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;
import symphony.api.event.propertytypes.Concurrency;
import symphony.api.event.propertytypes.Filter;
import symphony.api.event.propertytypes.Topics;

/** bnd does not process test classes; {@code src/test/resources/OSGI-INF} has what it would write for this one. */
@Component(name = "annotated")
@Topics({"a/+", "b"})
@Filter("(n>=1)")
@Concurrency(3)
public final class Annotated implements EventHandler {
    @Override
    public void handle(Delivery delivery) {
        throw new UnsupportedOperationException("only its properties are read");
    }
}

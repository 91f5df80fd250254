package symphony.it.handler;

import symphony.api.event.Delivery;
import symphony.api.event.TypedHandler;

/** A handler that says by its signature alone what it wants. */
public final class OrderHandler implements TypedHandler<Order> {
    @Override
    public void handle(Order order, Delivery delivery) {
        throw new IllegalStateException("not to be called: " + order);
    }
}

package symphony.dispatcher;

import symphony.api.crypto.OpenEvent;
import symphony.api.event.EventHandler;
import symphony.api.event.TypedHandler;
import symphony.api.rbac.SecurityContext;

/** A handler that was fetched, and how it is called. */
final class HandlerBinding {
    private final Object handler;
    private final Class<?> type;
    private final HandlerContexts contexts;

    private HandlerBinding(Object handler, Class<?> type, HandlerSource source) {
        this.handler = handler;
        this.type = type;
        this.contexts = new HandlerContexts(source.owner().name());
    }

    /**
     * Binds what a source gave.
     *
     * @throws UnusableHandlerException if it is no handler, or its type cannot be found
     */
    static HandlerBinding of(Object handler, HandlerSource source, String typeName) {
        if (handler instanceof EventHandler) {
            return new HandlerBinding(handler, null, source);
        }
        if (handler instanceof TypedHandler<?> typed) {
            return new HandlerBinding(handler, HandlerType.of(typed, source, typeName), source);
        }
        throw new UnusableHandlerException(
                "its class " + handler.getClass().getName() + " is neither an EventHandler nor a TypedHandler", null);
    }

    /** In whose name it handles an event of this publisher. */
    SecurityContext context(String publisher) {
        return contexts.via(publisher);
    }

    ClassLoader loader() {
        return handler.getClass().getClassLoader();
    }

    void call(HandlerDelivery delivery, OpenEvent event) throws Exception {
        if (type == null) {
            ((EventHandler) handler).handle(delivery);
        } else {
            callTyped(delivery, event);
        }
    }

    @SuppressWarnings("unchecked") // the value is of the handler's own type
    private void callTyped(HandlerDelivery delivery, OpenEvent event) throws Exception {
        Object value;
        try {
            value = event.as(type);
        } catch (IllegalArgumentException e) {
            throw new MismatchException(e);
        }
        ((TypedHandler<Object>) handler).handle(value, delivery);
    }
}

package symphony.dispatcher;

import java.lang.invoke.MethodHandles;
import symphony.api.rbac.SecurityContext;

/** In whose name one handler is called: in that of its bundle, via the publisher of the event. Thread-safe. */
final class HandlerContexts {
    private static final SecurityContext.Issuer ISSUER = SecurityContext.issuer(MethodHandles.lookup());

    private final SecurityContext own;

    /** Of the call before: mostly it is the same publisher again. */
    private volatile SecurityContext last;

    HandlerContexts(String owner) {
        this.own = ISSUER.of(owner);
        this.last = own;
    }

    SecurityContext via(String publisher) {
        SecurityContext before = last;
        if (before.via().filter(publisher::equals).isPresent()) {
            return before;
        }
        SecurityContext context = ISSUER.via(own, publisher);
        last = context;
        return context;
    }

    /**
     * Binds a context to the current thread, which is a worker.
     *
     * @return what was bound before
     */
    static SecurityContext bind(SecurityContext context) {
        return ISSUER.bind(context);
    }
}

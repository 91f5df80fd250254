package symphony.dispatcher;

import symphony.api.queue.DeadReason;

/**
 * What shall become of an event after a call.
 *
 * @param kind what
 * @param reason why it is given up; null unless it is
 * @param detail for people
 */
record Settlement(Kind kind, DeadReason reason, String detail) {
    /** It was handled. */
    static final Settlement HANDLED = new Settlement(Kind.HANDLED, null, "");
    /** It was not tried. */
    static final Settlement UNTRIED = new Settlement(Kind.UNTRIED, null, "");
    /** It failed, and there was not even the memory to say how. */
    static final Settlement FAILED = new Settlement(Kind.FAILED, null, "the call failed, and so did telling how");

    /** What becomes of it. */
    enum Kind {
        HANDLED,
        UNTRIED,
        FAILED,
        DEAD
    }

    /** Whether the handler threw. */
    boolean threw() {
        return kind == Kind.FAILED || reason == DeadReason.NOT_RETRYABLE;
    }

    static Settlement failed(String detail) {
        return new Settlement(Kind.FAILED, null, detail);
    }

    static Settlement dead(DeadReason reason, String detail) {
        return new Settlement(Kind.DEAD, reason, detail);
    }
}

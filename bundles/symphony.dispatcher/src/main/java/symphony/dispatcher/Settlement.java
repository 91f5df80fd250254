package symphony.dispatcher;

import symphony.api.queue.DeadReason;

/**
 * What shall become of an event after a call.
 *
 * @param kind what
 * @param reason why it is given up; null unless it is
 * @param exception class name of what the handler threw; empty if it threw nothing
 * @param detail for people
 */
record Settlement(Kind kind, DeadReason reason, String exception, String detail) {
    /** It was handled. */
    static final Settlement HANDLED = new Settlement(Kind.HANDLED, null, "", "");
    /** It was not tried. */
    static final Settlement UNTRIED = new Settlement(Kind.UNTRIED, null, "", "");
    /** Nobody could say whether it may be tried, or its handler do what it needs: as if it had not been tried. */
    static final Settlement UNDECIDED = new Settlement(Kind.UNDECIDED, null, "", "");
    /** It failed, and there was not even the memory to say how. */
    static final Settlement FAILED = new Settlement(Kind.FAILED, null, "", "the call failed, and so did telling how");

    /** What becomes of it. */
    enum Kind {
        HANDLED,
        UNTRIED,
        UNDECIDED,
        FAILED,
        DEAD
    }

    /** Whether anything was tried. */
    boolean wasCalled() {
        return kind != Kind.UNTRIED && kind != Kind.UNDECIDED;
    }

    /** Whether the handler threw. */
    boolean threw() {
        return kind == Kind.FAILED || reason == DeadReason.NOT_RETRYABLE;
    }

    static Settlement failed(String exception, String detail) {
        return new Settlement(Kind.FAILED, null, exception, detail);
    }

    static Settlement dead(DeadReason reason, String detail) {
        return dead(reason, "", detail);
    }

    static Settlement dead(DeadReason reason, String exception, String detail) {
        return new Settlement(Kind.DEAD, reason, exception, detail);
    }
}

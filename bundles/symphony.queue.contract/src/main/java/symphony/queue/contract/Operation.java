package symphony.queue.contract;

/**
 * What one thread did to a queue.
 *
 * @param kind what it asked for
 * @param priority of a push, else 0
 * @param sequence what it got: sequence that was pushed, leased or settled, {@link #NOTHING} if it got none
 * @param called ticket drawn before the call
 * @param returned ticket drawn after it
 */
record Operation(Kind kind, int priority, long sequence, long called, long returned) {
    /** A full queue, or nothing to take. */
    static final long NOTHING = -1;

    /** What can be asked of a queue. */
    enum Kind {
        PUSH,
        POP,
        ACK,
        RELEASE
    }
}

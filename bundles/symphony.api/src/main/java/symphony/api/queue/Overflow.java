package symphony.api.queue;

/** What to do with an event that finds a queue full. */
public enum Overflow {
    /** Refuse it: the publisher is told. */
    REFUSE,
    /** Accept it and make it a dead letter. */
    DEAD_LETTER
}

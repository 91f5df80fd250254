package symphony.dispatcher;

import symphony.component.HandlerProperties;

/** What reading a handler's properties gave. Immutable; two are equal if the handler says the same. */
sealed interface Reading {
    /** Before anything was read. */
    Reading NONE = new Refused("");

    /**
     * All of them are right.
     *
     * @param properties these
     */
    record Usable(HandlerProperties properties) implements Reading {}

    /**
     * The handler cannot be used with them.
     *
     * @param reason what is wrong and how to mend it, for people
     */
    record Refused(String reason) implements Reading {}
}

package symphony.dispatcher;

import java.util.List;
import symphony.component.HandlerProperties;

/** What reading a handler's properties gave. Immutable; two are equal if the handler says the same. */
sealed interface Reading {
    /** Before anything was read. */
    Reading NONE = new Refused("", List.of(), false);

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
     * @param topics those it names, also bad ones, where its properties cannot be read, as far as they can; else empty
     * @param denied whether a permission is missing
     */
    record Refused(String reason, List<String> topics, boolean denied) implements Reading {}

    /**
     * They are right, and whether its bundle may subscribe so cannot be told: access control is away, or failed as it was
     * asked.
     *
     * @param reason which permission, and why it cannot be told, for people
     */
    record Undecided(String reason) implements Reading {}
}

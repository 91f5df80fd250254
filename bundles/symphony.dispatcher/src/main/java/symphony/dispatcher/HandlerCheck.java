package symphony.dispatcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import symphony.api.event.HandlerConstants;
import symphony.api.event.TopicFilter;
import symphony.component.Excerpt;
import symphony.component.Guard;
import symphony.component.HandlerProperties;

/** Checks what a handler says about itself, before and without anything being changed. Thread-safe. */
final class HandlerCheck {
    private static final int MAX_TOPICS = 100;
    private static final int MAX_TOPIC_CHARS = 255;
    private static final String SUBSCRIPTION = "subscription";
    private static final String TAKE_OVER = "take-over";

    private final Guard guard;

    /**
     * What the check of a handler gave.
     *
     * @param seen its properties as they were read
     * @param permitted the same if its bundle may subscribe so and has the type that it names, else why not, or why that
     *     cannot be told
     */
    record Checked(Reading seen, Reading permitted) {}

    HandlerCheck(Guard guard) {
        this.guard = guard;
    }

    /**
     * Reads and checks properties.
     *
     * @throws IllegalArgumentException if one is wrong; says which and how to mend it
     */
    HandlerProperties read(Map<String, ?> properties) {
        return HandlerProperties.of(properties);
    }

    /**
     * Checks that a bundle may subscribe.
     *
     * @param takesOver whether it would take the place of another one
     * @throws symphony.api.rbac.AccessDeniedException if it may not
     */
    void permit(String principal, BooleanSupplier takesOver, HandlerProperties read) {
        if (guard.allowsAll()) {
            return;
        }
        if (takesOver.getAsBoolean()) {
            guard.check(principal, SUBSCRIPTION, TAKE_OVER, allOf(principal));
        }
        for (TopicFilter topic : read.topics()) {
            guard.check(principal, "event", "subscribe", topic.toString());
        }
    }

    /** What one bundle takes over from another of its symbolic name: all subscriptions, for only the newest is served. */
    private static String allOf(String principal) {
        return Identities.of(principal, "*");
    }

    /** Whether permissions can be decided at all. */
    boolean canDecide() {
        return guard.canDecide();
    }

    /** Reads a handler's properties, and checks what they ask for. Throws nothing that comes from the handler. */
    Checked checked(HandlerSource source) {
        Reading seen = read(source);
        return new Checked(seen, seen instanceof Reading.Usable usable ? permitted(source, usable) : seen);
    }

    /** Reads a handler's properties. Throws nothing that comes from the handler. */
    Reading read(HandlerSource source) {
        try {
            return new Reading.Usable(read(source.properties()));
        } catch (IllegalArgumentException e) {
            return new Reading.Refused(String.valueOf(e.getMessage()), topics(source), false);
        } catch (RuntimeException | Error e) { // properties may be objects of the handler's own
            return new Reading.Refused("its properties cannot be read: " + FailureText.of(e), topics(source), false);
        }
    }

    /** Topic filters as a handler wrote them, for people; here and now, since who shows them holds a lock. */
    private static List<String> topics(HandlerSource source) {
        try {
            Object raw = source.properties().get(HandlerConstants.TOPICS);
            return raw == null
                    ? List.of()
                    : HandlerProperties.elements(raw).stream()
                            .limit(MAX_TOPICS)
                            .map(topic -> Excerpt.of(topic, MAX_TOPIC_CHARS))
                            .toList();
        } catch (RuntimeException | Error e) { // the reason tells what is wrong with them
            return List.of();
        }
    }

    /**
     * Asks once more for what the bundle of a handler needs that is used with these properties. Throws nothing that comes
     * from the handler.
     *
     * @return whether it may still be so, if it is {@link Reading.Refused#denied} that it may not
     */
    Reading permission(HandlerSource source, HandlerProperties inForce) {
        try {
            return asked(source, new Reading.Usable(inForce));
        } catch (IllegalArgumentException e) {
            return new Reading.Refused(String.valueOf(e.getMessage()), List.of(), false);
        } catch (RuntimeException | Error e) { // what it needs is read from properties of its own
            return new Reading.Refused("it cannot be checked: " + FailureText.of(e), List.of(), false);
        }
    }

    /** The same if the bundle has all permissions that it needs, else why not, or why that cannot be told. */
    private Reading asked(HandlerSource source, Reading.Usable seen) {
        var topics = new ArrayList<>(seen.properties().topics());
        topics.addAll(source.needs()); // throws if one is none, whether anybody asks or not
        if (guard.allowsAll()) {
            return seen;
        }
        String principal = source.owner().name();
        if (source.takesOver()) {
            Reading answer = asked(principal, SUBSCRIPTION, TAKE_OVER, allOf(principal), seen);
            if (answer instanceof Reading.Refused refused) {
                return new Reading.Refused(
                        refused.reason() + ", and another bundle of its name was installed before it", List.of(), true);
            }
            if (answer != seen) {
                return answer;
            }
        }
        for (TopicFilter topic : topics) {
            Reading answer = asked(principal, "event", "subscribe", topic.toString(), seen);
            if (answer != seen) {
                return answer;
            }
        }
        return seen;
    }

    private Reading asked(String principal, String domain, String action, String instance, Reading.Usable seen) {
        String permission = domain + ':' + action + ':' + instance;
        return switch (guard.askForItself(principal, domain, action, instance)) {
            case YES -> seen;
            case NO -> new Reading.Refused(principal + " has no permission " + permission, List.of(), true);
            case UNKNOWN ->
                new Reading.Undecided("whether " + principal + " has the permission " + permission + " cannot be told, "
                        + (guard.canDecide()
                                ? "access control gave no answer"
                                : "security is required and no access control is there"));
        };
    }

    private Reading permitted(HandlerSource source, Reading.Usable seen) {
        try {
            Reading asked = asked(source, seen);
            if (!(asked instanceof Reading.Usable)) {
                return asked;
            }
            seen.properties().type().ifPresent(type -> HandlerType.load(source, type));
            return seen;
        } catch (IllegalArgumentException | UnusableHandlerException e) {
            return new Reading.Refused(String.valueOf(e.getMessage()), List.of(), false);
        } catch (RuntimeException | Error e) { // foreign code that was asked for a type
            return new Reading.Refused("it cannot be checked: " + FailureText.of(e), List.of(), false);
        }
    }
}

package symphony.component;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import symphony.api.event.HandlerConstants;
import symphony.api.event.TopicFilter;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;
import symphony.api.queue.QueueSpec;

/**
 * The service properties of a handler, read and checked. What a handler does not say is empty here, and configuration decides.
 *
 * @param topics what it wants, at least one
 * @param filter LDAP filter over the data, empty for none
 * @param subscription name of its subscription
 * @param durable whether what waits outlives the process
 * @param concurrency calls that may run at once
 * @param orderKey dotted path into the data
 * @param orderFailure what to do with the later events of a key when one is given up
 * @param pool name of its pool
 * @param timeLimit longest call
 * @param attempts attempts before an event is given up
 * @param backoff wait before the second attempt
 * @param mostBackoff longest wait between two attempts
 * @param noRetry names of exceptions after which the event is given up at once
 * @param timeToLive how long an event may wait
 * @param capacity most events that wait
 * @param full what to do with an event that finds the queue full
 * @param grace how long the subscription is kept after the handler left
 * @param duplicatesWindow how long it knows the ids of events that it has taken
 * @param type class name of its record
 */
public record HandlerProperties(
        List<TopicFilter> topics,
        String filter,
        Optional<String> subscription,
        boolean durable,
        int concurrency,
        Optional<String> orderKey,
        Optional<OrderFailure> orderFailure,
        String pool,
        Optional<Duration> timeLimit,
        OptionalInt attempts,
        Optional<Duration> backoff,
        Optional<Duration> mostBackoff,
        Set<String> noRetry,
        Optional<Duration> timeToLive,
        OptionalInt capacity,
        Optional<Overflow> full,
        Optional<Duration> grace,
        Optional<Duration> duplicatesWindow,
        Optional<String> type) {
    /*
     * Properties come from bundles that we do not know, as objects of any class, and are read on the thread that registers the
     * handler. So nothing of theirs is called, but for the copying of a collection: what is not a text, number or truth value
     * of the platform, or an array or collection of texts, is refused by its class alone. Each mistake ends in an
     * IllegalArgumentException with name, value and what it takes; the dispatcher shows that text beside the handler.
     */

    /** The pool of handlers that name none. */
    public static final String DEFAULT_POOL = "default";

    private static final int MAX_CONCURRENCY = 1024;
    private static final int MAX_ATTEMPTS = 1000;
    private static final int MAX_NAME_CHARS = 200;
    private static final int MAX_CLASSES = 100;
    private static final int MAX_FILTER_CHARS = 4_000;
    private static final int MAX_FILTER_DEPTH = 64;
    private static final int MAX_REASON_CHARS = 200;
    private static final Duration MAX_TIME = Duration.ofDays(365);
    private static final Pattern PATH = Pattern.compile("[^.\\s]+(\\.[^.\\s]+)*");
    private static final Pattern CLASS = Pattern.compile("\\p{javaJavaIdentifierStart}[\\p{javaJavaIdentifierPart}.]*");

    /** What is shown in logs and to operators as it is. */
    private static final Set<String> NAMES =
            Set.of(HandlerConstants.SUBSCRIPTION, HandlerConstants.POOL, HandlerConstants.TYPE);

    private static final Set<String> KNOWN = Set.of(
            HandlerConstants.TOPICS,
            HandlerConstants.FILTER,
            HandlerConstants.SUBSCRIPTION,
            HandlerConstants.DURABLE,
            HandlerConstants.CONCURRENCY,
            HandlerConstants.ORDER_KEY,
            HandlerConstants.ORDER_FAILURE,
            HandlerConstants.POOL,
            HandlerConstants.TIME_LIMIT,
            HandlerConstants.ATTEMPTS,
            HandlerConstants.BACKOFF,
            HandlerConstants.BACKOFF_MAX,
            HandlerConstants.NO_RETRY,
            HandlerConstants.TIME_TO_LIVE,
            HandlerConstants.CAPACITY,
            HandlerConstants.FULL,
            HandlerConstants.GRACE,
            HandlerConstants.DUPLICATES_WINDOW,
            HandlerConstants.TYPE);

    /** Copies the collections. */
    public HandlerProperties {
        topics = List.copyOf(topics);
        noRetry = Set.copyOf(noRetry);
    }

    /**
     * Reads service properties; those that are not ours are ignored.
     *
     * @param properties names and values as a service has them; numbers, times and truth values may be text
     * @return what they say
     * @throws IllegalArgumentException if one is unknown, missing or wrong; says which, its value and what it takes
     */
    public static HandlerProperties of(Map<String, ?> properties) {
        checkNames(properties.keySet());
        return new HandlerProperties(
                topics(properties.get(HandlerConstants.TOPICS)),
                filter(properties),
                text(properties, HandlerConstants.SUBSCRIPTION),
                flag(properties, HandlerConstants.DURABLE),
                number(properties, HandlerConstants.CONCURRENCY, MAX_CONCURRENCY)
                        .orElse(1),
                path(properties),
                orderFailure(properties),
                text(properties, HandlerConstants.POOL).orElse(DEFAULT_POOL),
                time(properties, HandlerConstants.TIME_LIMIT, Duration.ofMillis(1)),
                attempts(properties),
                timeOrNothing(properties, HandlerConstants.BACKOFF, Duration.ZERO),
                timeOrNothing(properties, HandlerConstants.BACKOFF_MAX, Duration.ofMillis(1)),
                noRetry(properties.get(HandlerConstants.NO_RETRY)),
                time(properties, HandlerConstants.TIME_TO_LIVE, Duration.ofMillis(1)),
                number(properties, HandlerConstants.CAPACITY, QueueSpec.MAX_CAPACITY),
                full(properties),
                time(properties, HandlerConstants.GRACE, Duration.ZERO),
                time(properties, HandlerConstants.DUPLICATES_WINDOW, Duration.ZERO),
                text(properties, HandlerConstants.TYPE));
    }

    /** An annotation writes all its members, so it needs a way to say nothing of one. */
    private static OptionalInt attempts(Map<String, ?> properties) {
        Object value = properties.get(HandlerConstants.ATTEMPTS);
        return value instanceof Integer number && number == 0
                ? OptionalInt.empty()
                : number(properties, HandlerConstants.ATTEMPTS, MAX_ATTEMPTS);
    }

    private static Optional<Duration> timeOrNothing(Map<String, ?> properties, String name, Duration least) {
        return "".equals(properties.get(name)) ? Optional.empty() : time(properties, name, least);
    }

    private static Set<String> noRetry(Object value) {
        var names = new LinkedHashSet<String>();
        for (Object one : value == null ? List.of() : elements(value)) {
            if (!(one instanceof String name)
                    || name.length() > MAX_NAME_CHARS
                    || !CLASS.matcher(name).matches()) {
                throw wrong(
                        HandlerConstants.NO_RETRY, one, "must be class names, as java.lang.IllegalArgumentException");
            }
            names.add(name);
        }
        if (names.size() > MAX_CLASSES) {
            throw wrong(HandlerConstants.NO_RETRY, names.size() + " names", "must be " + MAX_CLASSES + " at most");
        }
        return names;
    }

    private static void checkNames(Set<String> names) {
        for (String name : names) {
            if (name.startsWith(HandlerConstants.PREFIX) && !KNOWN.contains(name)) {
                throw new IllegalArgumentException("property " + Excerpt.of(name, 80) + " is unknown; known are "
                        + String.join(", ", new TreeSet<>(KNOWN)));
            }
        }
    }

    private static List<TopicFilter> topics(Object value) {
        if (value == null) {
            throw new IllegalArgumentException(
                    "property " + HandlerConstants.TOPICS + " is missing; name the topics, as @Topics(\"orders/*\")");
        }
        var topics = new LinkedHashSet<TopicFilter>();
        for (Object one : elements(value)) {
            if (!(one instanceof String text)) {
                throw wrong(HandlerConstants.TOPICS, one, "must be text, one or more");
            }
            topics.add(topic(text));
        }
        if (topics.isEmpty()) {
            throw wrong(HandlerConstants.TOPICS, "empty", "must name at least one topic");
        }
        return List.copyOf(topics);
    }

    private static TopicFilter topic(String text) {
        try {
            return TopicFilter.of(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("property " + HandlerConstants.TOPICS + ": " + e.getMessage(), e);
        }
    }

    /**
     * The elements of a property of type {@code String+}: text, an array of it or a collection. They are not looked at.
     *
     * @param value what the handler gave, not null
     * @return a copy, elements may be null
     */
    public static List<Object> elements(Object value) {
        if (value instanceof Collection<?> many) {
            return new ArrayList<>(many);
        }
        if (!value.getClass().isArray()) {
            return List.of(value);
        }
        var all = new ArrayList<Object>();
        for (int i = 0; i < Array.getLength(value); i++) {
            all.add(Array.get(value, i));
        }
        return all;
    }

    private static String filter(Map<String, ?> properties) {
        String filter = text(properties, HandlerConstants.FILTER).orElse("");
        if (!filter.isEmpty()) {
            checkSize(filter);
            try {
                FrameworkUtil.createFilter(filter);
            } catch (InvalidSyntaxException e) {
                throw new IllegalArgumentException(
                        wrong(
                                        HandlerConstants.FILTER,
                                        filter,
                                        "is no LDAP filter, as (amount>=100) is: "
                                                + Excerpt.of(e.getMessage(), MAX_REASON_CHARS))
                                .getMessage(),
                        e);
            }
        }
        return filter;
    }

    /** The framework's parser goes as deep as the filter does. */
    private static void checkSize(String filter) {
        int depth = 0;
        int deepest = 0;
        for (int i = 0; i < filter.length() && i < MAX_FILTER_CHARS; i++) {
            char c = filter.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            deepest = Math.max(deepest, depth);
        }
        if (filter.length() > MAX_FILTER_CHARS || deepest > MAX_FILTER_DEPTH) {
            throw wrong(
                    HandlerConstants.FILTER,
                    filter,
                    "must be at most " + MAX_FILTER_CHARS + " characters long and " + MAX_FILTER_DEPTH + " deep");
        }
    }

    private static Optional<String> path(Map<String, ?> properties) {
        Optional<String> path = text(properties, HandlerConstants.ORDER_KEY);
        path.filter(p -> !PATH.matcher(p).matches()).ifPresent(p -> {
            throw wrong(HandlerConstants.ORDER_KEY, p, "must be a dotted path into the data, as customer.id");
        });
        return path;
    }

    private static Optional<String> text(Map<String, ?> properties, String name) {
        Object value = properties.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof String text)
                || text.isBlank()
                || text.length() > MAX_NAME_CHARS && !name.equals(HandlerConstants.FILTER)) {
            throw wrong(name, value, "must be text of 1 to " + MAX_NAME_CHARS + " characters");
        }
        if (NAMES.contains(name) && !text.equals(Excerpt.printable(text))) {
            throw wrong(name, value, "must be text without control characters");
        }
        return Optional.of(text);
    }

    private static boolean flag(Map<String, ?> properties, String name) {
        Object value = properties.get(name);
        if (value == null) {
            return false;
        }
        return switch (plain(name, value, "must be true or false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(name, value, "must be true or false");
        };
    }

    private static OptionalInt number(Map<String, ?> properties, String name, int most) {
        Object value = properties.get(name);
        if (value == null) {
            return OptionalInt.empty();
        }
        String text = plain(name, value, "must be a whole number, 1 to " + most);
        try {
            int number = new BigDecimal(text.strip()).intValueExact();
            if (number >= 1 && number <= most) {
                return OptionalInt.of(number);
            }
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    wrong(name, value, "must be a whole number, 1 to " + most).getMessage(), e);
        }
        throw wrong(name, value, "must be 1 to " + most);
    }

    private static Optional<Duration> time(Map<String, ?> properties, String name, Duration least) {
        Object value = properties.get(name);
        if (value == null) {
            return Optional.empty();
        }
        String range = "must be a time like 250ms, 5s or 2m, " + Durations.format(least) + " to 365d";
        String text = plain(name, value, range);
        Duration time;
        try {
            time = Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(wrong(name, value, range).getMessage(), e);
        }
        if (time.compareTo(least) < 0 || time.compareTo(MAX_TIME) > 0) {
            throw wrong(name, value, range);
        }
        return Optional.of(time);
    }

    private static Optional<Overflow> full(Map<String, ?> properties) {
        return text(properties, HandlerConstants.FULL).map(value -> switch (value) {
            case HandlerConstants.FULL_REFUSE -> Overflow.REFUSE;
            case HandlerConstants.FULL_DEAD_LETTER -> Overflow.DEAD_LETTER;
            default -> throw wrong(HandlerConstants.FULL, value, "must be refuse or dead-letter");
        });
    }

    private static Optional<OrderFailure> orderFailure(Map<String, ?> properties) {
        return text(properties, HandlerConstants.ORDER_FAILURE).map(value -> switch (value) {
            case HandlerConstants.ORDER_FAILURE_HOLD_BACK -> OrderFailure.HOLD_BACK;
            case HandlerConstants.ORDER_FAILURE_TAKE_ALONG -> takeAlong(properties);
            default -> throw wrong(HandlerConstants.ORDER_FAILURE, value, "must be hold-back or take-along");
        });
    }

    private static OrderFailure takeAlong(Map<String, ?> properties) {
        if (!properties.containsKey(HandlerConstants.ORDER_KEY)) {
            throw wrong(
                    HandlerConstants.ORDER_FAILURE,
                    HandlerConstants.ORDER_FAILURE_TAKE_ALONG,
                    "which needs " + HandlerConstants.ORDER_KEY + ": without a key no event follows another");
        }
        return OrderFailure.TAKE_ALONG;
    }

    /** The text of a value of the platform's own types; another's {@code toString} is not asked. */
    private static String plain(String name, Object value, String what) {
        boolean own = value instanceof String || value instanceof Number || value instanceof Boolean;
        if (!own || value.getClass().getClassLoader() != null) {
            throw wrong(name, value, what);
        }
        return value.toString();
    }

    private static IllegalArgumentException wrong(String name, Object value, String what) {
        return new IllegalArgumentException("property " + name + " is " + Excerpt.of(value, 80) + ", " + what);
    }
}

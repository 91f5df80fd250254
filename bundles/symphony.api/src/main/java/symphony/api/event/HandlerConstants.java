package symphony.api.event;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Names of the service properties of handlers. Each has an annotation in {@code symphony.api.event.propertytypes}. A
 * handler with a property that starts with {@value #PREFIX} and is not listed here, or with a bad value, is not used; it
 * is listed with the reason.
 */
@ProviderType
public final class HandlerConstants {
    /** What the names start with. */
    public static final String PREFIX = "symphony.";

    /** Topic filters, {@code String+}, at least one; see {@link TopicFilter}. */
    public static final String TOPICS = "symphony.topics";

    /** LDAP filter over the data's top-level scalars and lists, {@code String}; default: everything. */
    public static final String FILTER = "symphony.filter";

    /** Name of the subscription within its bundle, {@code String}; default: component name, else class name. */
    public static final String SUBSCRIPTION = "symphony.subscription";

    /** Whether what waits outlives the process, {@code Boolean}; default false. */
    public static final String DURABLE = "symphony.durable";

    /** Calls that may run at once, {@code Integer} 1 to 1024; default 1. */
    public static final String CONCURRENCY = "symphony.concurrency";

    /**
     * Dotted path into the data; events with equal values there are handled one after the other. Where the data has no value
     * there the event's own {@link Event#key() key} counts; an event without both waits for no other and none waits for it.
     * {@code String}.
     */
    public static final String ORDER_KEY = "symphony.order.key";

    /**
     * What to do with the later events of an order key when one of them is given up, {@code hold-back} (they wait until then
     * and go on) or {@code take-along} (they become dead letters, too, until none of the key is one); default {@code hold-back}.
     */
    public static final String ORDER_FAILURE = "symphony.order.failure";

    /** Name of the pool whose threads call the handler, {@code String}; default {@code default}. */
    public static final String POOL = "symphony.pool";

    /** Longest call before it is interrupted, a duration as {@code 30s}; default 30 s. */
    public static final String TIME_LIMIT = "symphony.time.limit";

    /** Attempts before an event becomes a dead letter, {@code Integer} 1 to 1000; 0: as configured, default 5. */
    public static final String ATTEMPTS = "symphony.attempts";

    /** Wait before the second attempt, doubled before each further one, a duration; empty: as configured, default 100 ms. */
    public static final String BACKOFF = "symphony.backoff";

    /** Longest wait between two attempts, a duration; empty: as configured, default 30 s, or the first if that is longer. */
    public static final String BACKOFF_MAX = "symphony.backoff.max";

    /**
     * Class names of exceptions after which another attempt would not help, {@code String+}: an event whose handler throws one
     * of them, or of a subclass, becomes a dead letter at once; default none.
     */
    public static final String NO_RETRY = "symphony.no.retry";

    /**
     * How long an event may wait for this handler since it was published, a duration; one that is older expires, as one whose
     * own time to live is over. Default: only that counts.
     */
    public static final String TIME_TO_LIVE = "symphony.time.to.live";

    /** Most events that wait, {@code Integer} 1 to 10 000 000; default 10 000. */
    public static final String CAPACITY = "symphony.capacity";

    /** What to do with an event that finds the queue full, {@code refuse} or {@code dead-letter}; default {@code refuse}. */
    public static final String FULL = "symphony.full";

    /** How long a subscription is kept after its handler left, a duration; default 10 s, 0 for programmatic ones. */
    public static final String GRACE = "symphony.grace";

    /**
     * How long the subscription knows the id of an event that it has taken, and does not take the same one again when its
     * publisher repeats it, a duration; default 0, not at all.
     */
    public static final String DUPLICATES_WINDOW = "symphony.duplicates.window";

    /** Class name of the record of a {@link TypedHandler}, loaded by the handler's bundle, {@code String}. */
    public static final String TYPE = "symphony.type";

    /** Value of {@link #FULL}: the publisher is told. */
    public static final String FULL_REFUSE = "refuse";

    /** Value of {@link #FULL}: the event becomes a dead letter. */
    public static final String FULL_DEAD_LETTER = "dead-letter";

    /** Value of {@link #ORDER_FAILURE}: the later ones go on. */
    public static final String ORDER_FAILURE_HOLD_BACK = "hold-back";

    /** Value of {@link #ORDER_FAILURE}: the later ones become dead letters, too. */
    public static final String ORDER_FAILURE_TAKE_ALONG = "take-along";

    /** Name of the implementation that handlers require, see {@code RequireSymphony}. */
    public static final String IMPLEMENTATION = "symphony.events";

    /** Version of that implementation's contract. */
    public static final String IMPLEMENTATION_VERSION = "1.0.0";

    private HandlerConstants() {}
}

package symphony.dispatcher;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import symphony.component.HandlerProperties;

/** A handler service within a lane, or one that cannot be used. */
final class Member {
    /** Who decides how a lane is set up comes first. */
    static final Comparator<Member> ORDER =
            Comparator.comparingInt((Member m) -> -m.source.ranking()).thenComparingLong(m -> m.source.serviceId());

    final HandlerSource source;

    /** Calls that run, abandoned ones too. Guarded by the lane's lock. */
    final List<Call> calls = new ArrayList<>(0);

    private final AtomicReference<HandlerBinding> binding = new AtomicReference<>();

    // Written under the registry's lock, read by views and workers.
    private volatile HandlerProperties properties;
    private volatile Lane lane;
    private volatile String refusal = "";
    private volatile Reading seen = Reading.NONE;
    private volatile boolean undecided; // about its properties of now
    private volatile boolean doubted; // about those in force

    /** Name of the subscription before it was made unique; written and read under the registry's lock. */
    private String requestedName = "";

    Member(HandlerSource source) {
        this.source = source;
    }

    void join(Lane joined, HandlerProperties read, String name) {
        lane = joined;
        properties = read;
        requestedName = name;
        refusal = "";
    }

    /** It goes on with the properties of before, since those of now cannot be used. */
    void keptFor(String reason) {
        refusal = reason;
    }

    void refuse(String reason) {
        lane = null;
        refusal = reason;
    }

    /** What its properties were when they were read last. */
    Reading seen() {
        return seen;
    }

    void seen(Reading read) {
        seen = read;
    }

    boolean isRefused() {
        return lane == null && !refusal.isEmpty();
    }

    /** Its properties were read and checked. */
    void checked(HandlerCheck.Checked result) {
        seen = result.seen();
        undecided = result.permitted() instanceof Reading.Undecided;
    }

    /** It was asked for again, and whether its bundle may still subscribe as it does could be told, or not. */
    void doubted(boolean is) {
        doubted = is;
    }

    /** Whether it could not be told, as that was asked last, whether its bundle may subscribe so. */
    boolean isUndecided() {
        return undecided || doubted;
    }

    /** Whether it goes on as before, since its properties of now cannot be used. */
    boolean isKept() {
        return lane != null && !refusal.isEmpty();
    }

    /** Why it is not used, or, while it is, why its properties of now are not; empty if neither is so. */
    String refusal() {
        return refusal;
    }

    /** Null if it is refused. */
    Lane lane() {
        return lane;
    }

    HandlerProperties properties() {
        return properties;
    }

    String requestedName() {
        return requestedName;
    }

    int concurrency() {
        return properties.concurrency();
    }

    /** The handler if it was fetched, else null. */
    HandlerBinding bound() {
        return binding.get();
    }

    /** Fetches the handler: runs foreign code. Of several that fetch at once one wins, and gives to all. */
    HandlerBinding fetch() {
        Object handler = source.get();
        if (handler == null) {
            checkComponent();
            throw new IllegalStateException(
                    "the handler could not be had: its service is gone, or failed to start, and the log says why");
        }
        boolean kept = false;
        try {
            var mine = HandlerBinding.of(handler, source, properties.type().orElse(""));
            HandlerBinding first = binding.compareAndExchange(null, mine);
            kept = first == null;
            return kept ? mine : first;
        } finally {
            if (!kept) {
                source.unget();
            }
        }
    }

    /** A component that needs a class which its bundle cannot load will not start however often it is asked. */
    private void checkComponent() {
        if (source.properties().get(HandlerSource.COMPONENT_NAME) instanceof String name) {
            HandlerType.checkComponent(source, name);
        }
    }

    /** Takes the handler away, so that it can be given back; the lane's lock keeps fetching apart. Null if there is none. */
    HandlerBinding unbind() {
        return binding.getAndSet(null);
    }
}

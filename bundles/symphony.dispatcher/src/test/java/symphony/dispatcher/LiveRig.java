package symphony.dispatcher;

import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import symphony.api.event.Event;

/** A dispatcher under load, whose configuration and handlers a test changes; and what such tests look at. */
abstract class LiveRig {
    static final String MAIN = "acme/main";

    /** Small queues, so that what is changed shows soon; time enough to leave; no quarantine, unless a test asks. */
    private static final Object[] COMMON = {
        "workers",
        2,
        "workers.max",
        16,
        "watch.interval",
        "5ms",
        "capacity",
        100,
        "backoff.max",
        "2ms",
        "quarantine.failures",
        0,
        "quarantine.overruns",
        0,
        "quarantine.wait",
        "1h",
        "departure.deadline",
        "1m"
    };

    final SteeredHandler main = new SteeredHandler();
    final SteeredHandler beside = new SteeredHandler();
    Bench bench;
    Flow flow;

    /** Begins to publish; keys and values in turn. */
    void start(Object... pairs) {
        bench = new Bench(
                Stream.concat(Arrays.stream(COMMON), Arrays.stream(pairs)).toArray());
        flow = new Flow(bench);
    }

    @AfterEach
    void close() {
        main.relent();
        beside.relent();
        flow.end();
        bench.close();
    }

    TestHandler subscribe(String name, SteeredHandler handler, Object... properties) {
        return bench.handle(Flow.TOPIC, handler, named(name, properties));
    }

    /** Properties and a name. */
    static Object[] named(String name, Object... properties) {
        return Stream.concat(Stream.of("symphony.subscription", name), Arrays.stream(properties))
                .toArray();
    }

    /** Events flow on: a subscription handles so many more. */
    void progress(String identity, int events) {
        long before = bench.stats(identity).handled();
        Bench.await(() -> bench.stats(identity).handled() >= before + events);
    }

    /** The publisher goes on, and is told so many times more that it is refused. */
    void refused(int events) {
        long before = bench.stats(MAIN).refusals();
        Bench.await(() -> bench.stats(MAIN).refusals() >= before + events);
    }

    /** Publishes an event of topic twice two times; how often the subscription twice has taken it. */
    long takenOf(UUID id) {
        Event event = Event.on("twice").id(id).build();
        long before = bench.stats("acme/twice").accepted();
        for (int i = 0; i < 2; i++) {
            bench.engine
                    .dispatch(Bench.PUBLISHER, event, Bench.PUBLISHER, Duration.ofSeconds(10))
                    .orThrow();
        }
        return bench.stats("acme/twice").accepted() - before;
    }

    /** Why a handler is not used; empty if it is. */
    String reason(TestHandler handler) {
        return bench.engine.handlers().stream()
                .filter(view -> view.serviceId() == handler.serviceId())
                .findAny()
                .orElseThrow()
                .reason();
    }
}

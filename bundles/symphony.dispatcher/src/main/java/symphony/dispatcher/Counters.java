package symphony.dispatcher;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import symphony.api.event.Refusal;

/** What the dispatcher counts, from its start. Thread-safe. */
final class Counters {
    final RateMeter published;
    final RateMeter delivered;
    final LongAdder unhandled = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder overruns = new LongAdder();
    final LongAdder abandoned = new LongAdder();
    private final Map<Refusal.Reason, LongAdder> refused = new EnumMap<>(Refusal.Reason.class);

    Counters(LongSupplier nanos) {
        this.published = new RateMeter(nanos);
        this.delivered = new RateMeter(nanos);
        for (var reason : Refusal.Reason.values()) {
            refused.put(reason, new LongAdder());
        }
    }

    void refused(Refusal.Reason reason) {
        refused.get(reason).increment();
    }

    /** Refusals by reason, without those that never happened. */
    Map<Refusal.Reason, Long> refusals() {
        var counts = new EnumMap<Refusal.Reason, Long>(Refusal.Reason.class);
        refused.forEach((reason, count) -> {
            if (count.sum() > 0) {
                counts.put(reason, count.sum());
            }
        });
        return counts;
    }
}

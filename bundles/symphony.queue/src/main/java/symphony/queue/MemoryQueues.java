package symphony.queue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.SealedStore;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.EventQueue;
import symphony.api.queue.MemoryBudget;
import symphony.api.queue.Offer;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueueWatcher;
import symphony.api.queue.QueuedEvent;
import symphony.api.queue.Target;
import symphony.api.scheduler.Timer;

/** Queues in memory; what waits is lost when this component stops. Thread-safe. */
@Component(
        service = {QueueProvider.class, MemoryBudget.class, SealedStore.class},
        configurationPid = MemoryQueueEngine.PID,
        property = QueueProvider.KIND + "=" + MemoryQueueEngine.KIND_NAME)
@Designate(ocd = MemoryQueues.Config.class)
public final class MemoryQueues implements QueueProvider, MemoryBudget, SealedStore {
    /** Documents the keys and their defaults; the values are read by {@link MemoryQueueEngine#SETTINGS}. */
    @ObjectClassDefinition(name = "Symphony queue (memory)")
    @interface Config {
        @AttributeDefinition(
                name = "Memory budget",
                description =
                        "Most bytes of envelopes in this process (queues, schedules, dead letters), 1048576 to the "
                                + "heap's size; 0 is a quarter of the heap.")
        long memory_bytes() default 0;

        @AttributeDefinition(
                name = "Aging",
                description = "An event counts as one level more urgent for each such time waited, as 10s; 0 is never, "
                        + "at most 1d.")
        String aging() default "10s";

        @AttributeDefinition(
                name = "Dead letters",
                description = "Most dead letters kept, 0 to 10000000; the oldest are discarded and counted.")
        int dead_letters() default 10_000;

        @AttributeDefinition(
                name = "Ids of duplicates",
                description = "Most ids of events that one subscription with a window of duplicates remembers, 1 to "
                        + "10000000, about 140 bytes each; the oldest are forgotten and counted.")
        int duplicates_ids() default 100_000;

        @AttributeDefinition(
                name = "Bytes of dead letters",
                description = "Most bytes of dead letters kept, 0 or more; never more than half of the memory budget.")
        long dead_letters_bytes() default 67_108_864;
    }

    private final MemoryQueueEngine engine;

    /**
     * Starts without queues.
     *
     * @param config see {@link Config}
     */
    @Activate
    public MemoryQueues(Map<String, ?> config) {
        engine = new MemoryQueueEngine(
                MemoryQueueEngine.SETTINGS.orDefaults(config), InstantSource.system(), System::nanoTime);
    }

    @Modified
    void modified(Map<String, ?> config) {
        MemoryQueueEngine.SETTINGS.ifValid(config, engine::apply);
    }

    /* Dynamic and optional: a restart of the timer must not restart the queues, or what waits in them would be lost. */
    @Reference(
            name = "timer",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindTimer(Timer timer) {
        engine.bind(timer);
    }

    void unbindTimer(Timer timer) {
        engine.unbind(timer);
    }

    @Deactivate
    void deactivate() {
        engine.close();
    }

    @Override
    public String kind() {
        return engine.kind();
    }

    @Override
    public Set<Capability> capabilities() {
        return engine.capabilities();
    }

    @Override
    public EventQueue open(QueueSpec spec) {
        return engine.open(spec);
    }

    @Override
    public List<QueueSpec> queues() {
        return engine.queues();
    }

    @Override
    public void limitShares(Map<String, Integer> percents) {
        engine.limitShares(percents);
    }

    @Override
    public List<Offer> push(String topic, List<Target> targets, Duration maxWait) {
        return engine.push(topic, targets, maxWait);
    }

    @Override
    public List<QueuedEvent> find(UUID eventId) {
        return engine.find(eventId);
    }

    @Override
    public void watch(QueueWatcher watcher) {
        engine.watch(watcher);
    }

    @Override
    public void unwatch(QueueWatcher watcher) {
        engine.unwatch(watcher);
    }

    @Override
    public DeadLetters deadLetters() {
        return engine.deadLetters();
    }

    @Override
    public int forget(String identity) {
        return engine.forget(identity);
    }

    @Override
    public String name() {
        return engine.name();
    }

    @Override
    public Set<CryptoContext> contexts() {
        return engine.contexts();
    }

    @Override
    public long count(CryptoContext context, int keyId) {
        return engine.count(context, keyId);
    }

    @Override
    public long giveUp(CryptoContext context, int keyId) {
        return engine.giveUp(context, keyId);
    }

    @Override
    public boolean tryReserve(long bytes) {
        return engine.budget().tryReserve(bytes);
    }

    @Override
    public void reserve(long bytes) {
        engine.budget().reserve(bytes);
    }

    @Override
    public void release(long bytes) {
        engine.budget().release(bytes);
    }

    @Override
    public long used() {
        return engine.budget().used();
    }

    @Override
    public long limit() {
        return engine.budget().limit();
    }
}

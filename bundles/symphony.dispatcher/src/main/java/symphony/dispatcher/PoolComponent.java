package symphony.dispatcher;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import symphony.component.Settings;

/** A named pool for as long as its configuration is there, one component for each. Thread-safe. */
@Component(
        service = PoolComponent.class,
        immediate = true,
        configurationPid = PoolDefinitions.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = PoolComponent.Config.class, factory = true)
public final class PoolComponent {
    /** Documents the keys; the values are read by {@link PoolDefinitions#settings}. */
    @ObjectClassDefinition(
            name = "Symphony pool",
            description = "A pool of threads for handlers that name it. Every key is applied live.")
    @interface Config {
        /** Name. */
        @AttributeDefinition(
                name = "Name",
                description = "What handlers put into symphony.pool; if empty, the part of the PID after the tilde.")
        String name() default "";

        /** Threads. */
        @AttributeDefinition(
                name = "Workers",
                description =
                        "Threads when nothing holds them up, 0 to 100000; 0 is one per core, but no more than half of the most.")
        int workers() default 0;

        /** Most threads. */
        @AttributeDefinition(
                name = "Most workers",
                description = "Most threads, with those that stand in for others held up by long calls, 1 to 100000.")
        int workers_max() default 64;

        /** Virtual threads. */
        @AttributeDefinition(
                name = "Virtual",
                description = "Whether they are virtual threads; platform threads where the JVM has none.")
        boolean virtual() default false;
    }

    private final PoolDefinitions definitions;

    /**
     * Makes the pool.
     *
     * @param config configuration
     * @param dispatcher whose pool it is
     */
    @Activate
    public PoolComponent(Map<String, ?> config, @Reference(name = "dispatcher") DispatcherComponent dispatcher) {
        this.definitions = dispatcher.engine().poolDefinitions();
        String pid = Settings.pidOf(config, PoolDefinitions.PID);
        definitions.put(this, pid, PoolDefinitions.settings(pid).orDefaults(config));
    }

    @Modified
    void modified(Map<String, ?> config) {
        String pid = Settings.pidOf(config, PoolDefinitions.PID);
        PoolDefinitions.settings(pid).ifValid(config, values -> definitions.put(this, pid, values));
    }

    @Deactivate
    void deactivate() {
        definitions.remove(this);
    }
}

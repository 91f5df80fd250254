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

/** The limits of a publisher for as long as their configuration is there, one component for each. Thread-safe. */
@Component(
        service = PublisherComponent.class,
        immediate = true,
        configurationPid = PublisherLimits.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = PublisherComponent.Config.class, factory = true)
public final class PublisherComponent {
    /** Documents the keys; the values are read by {@link PublisherLimits#settings}. */
    @ObjectClassDefinition(
            name = "Symphony publisher",
            description = "How much a bundle may publish. Every key is applied live.")
    @interface Config {
        /** Symbolic name. */
        @AttributeDefinition(
                name = "Bundle",
                description = "Symbolic name of the bundle; if empty, the part of the PID after the tilde.")
        String bundle() default "";

        /** Events a second. */
        @AttributeDefinition(
                name = "Events per second",
                description = "Most events a second, 0 to 1000000000; 0 is no limit.")
        long events_per_second() default 0;

        /** Bytes a second. */
        @AttributeDefinition(
                name = "Bytes per second",
                description = "Most bytes of sealed events a second, 0 to 1000000000; 0 is no limit.")
        long bytes_per_second() default 0;

        /** Share of queues. */
        @AttributeDefinition(
                name = "Share of a queue",
                description =
                        "Most percent of the capacity of each queue that may be its events, 1 to 100; 100 is no limit.")
        int queue_share() default 100;
    }

    private final PublisherLimits limits;

    /**
     * Sets the limits.
     *
     * @param config configuration
     * @param dispatcher who keeps to them
     */
    @Activate
    public PublisherComponent(Map<String, ?> config, @Reference(name = "dispatcher") DispatcherComponent dispatcher) {
        this.limits = dispatcher.engine().publisherLimits();
        String pid = Settings.pidOf(config, PublisherLimits.PID);
        limits.put(this, pid, PublisherLimits.settings(pid).orDefaults(config));
    }

    @Modified
    void modified(Map<String, ?> config) {
        String pid = Settings.pidOf(config, PublisherLimits.PID);
        PublisherLimits.settings(pid).ifValid(config, values -> limits.put(this, pid, values));
    }

    @Deactivate
    void deactivate() {
        limits.remove(this);
    }
}

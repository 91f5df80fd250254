package symphony.nlp;

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

/** A list of words for slots for as long as its configuration is there, one component for each. Thread-safe. */
@Component(
        service = SlotListComponent.class,
        immediate = true,
        configurationPid = SlotLists.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = SlotListComponent.Config.class, factory = true)
public final class SlotListComponent {
    /** Documents the keys; the values are read by {@link SlotLists#settings}. */
    @ObjectClassDefinition(
            name = "Symphony NLP list",
            description = "Words that are found in utterances, as the rooms of a house. Every key is applied live.")
    @interface Config {
        @AttributeDefinition(name = "Name", description = "Of the slot; if empty, the part of the PID after the tilde.")
        String name() default "";

        @AttributeDefinition(
                name = "Entries",
                description =
                        "With semicolons between, each with other words for it: living room = lounge, den; kitchen.")
        String entries() default "";
    }

    private final SlotLists lists;

    /**
     * Declares the list.
     *
     * @param config configuration
     * @param nlp whose list it is
     */
    @Activate
    public SlotListComponent(Map<String, ?> config, @Reference(name = "nlp") Nlp nlp) {
        this.lists = nlp.lists();
        String pid = Settings.pidOf(config, SlotLists.PID);
        lists.put(this, SlotLists.list(pid, SlotLists.settings(pid).orDefaults(config)));
    }

    @Modified
    void modified(Map<String, ?> config) {
        String pid = Settings.pidOf(config, SlotLists.PID);
        SlotLists.settings(pid).ifValid(config, values -> lists.put(this, SlotLists.list(pid, values)));
    }

    @Deactivate
    void deactivate() {
        lists.remove(this);
    }
}

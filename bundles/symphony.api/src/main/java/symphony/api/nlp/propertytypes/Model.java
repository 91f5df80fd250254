package symphony.api.nlp.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;
import symphony.api.event.propertytypes.RequireSymphony;

/** The model whose intents a recogniser recognises, service property {@code symphony.nlp.model}. */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface Model {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.nlp.";

    /**
     * Name of the model.
     *
     * @return the name
     */
    String value();
}

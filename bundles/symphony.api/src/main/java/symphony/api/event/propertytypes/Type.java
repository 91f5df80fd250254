package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * The record type of a {@code TypedHandler} whose class does not tell, service property {@code symphony.type}.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface Type {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * Name of a class of the handler's bundle.
     *
     * @return the class name
     */
    String value();
}

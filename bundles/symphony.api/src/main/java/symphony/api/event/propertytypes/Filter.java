package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * Which events of its topics a handler wants, service property {@code symphony.filter}: {@code @Filter("(amount>=100)")}.
 */
@ComponentPropertyType
@RequireSymphony
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@ProviderType
public @interface Filter {
    /** Prefix of the property's name. */
    String PREFIX_ = "symphony.";

    /**
     * LDAP filter (RFC 1960, as in OSGi) over the data's top-level scalars and lists.
     *
     * @return the filter
     */
    String value();
}

package symphony.api.event.propertytypes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.event.HandlerConstants;

/**
 * A bundle needs an implementation of Symphony Events. Resolvers of applications (bnd, Karaf features) add one; the
 * framework itself does not enforce it ({@code effective:=active}), so that an implementation can be replaced while the
 * handlers stay.
 */
@Requirement(
        namespace = "osgi.implementation",
        name = HandlerConstants.IMPLEMENTATION,
        version = HandlerConstants.IMPLEMENTATION_VERSION,
        effective = "active")
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.PACKAGE})
@ProviderType
public @interface RequireSymphony {}

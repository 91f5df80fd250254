package symphony.api.rbac;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Everybody may call, deliberately: what types demand by {@link RequiresPermission} is not demanded of this method, and not of
 * the methods that override it; on a class, what its superclasses demand is not demanded of the methods that it and its
 * subclasses declare. A class of its own that demands something below, does.
 *
 * <p>It takes away nothing that is demanded of a method itself, or of one that it overrides or implements: whoever calls by
 * another type relies on that. Both annotations at one place contradict each other, and the class is not loaded.
 */
@Requirement(
        namespace = RequiresPermission.NAMESPACE,
        name = RequiresPermission.EXTENDER,
        version = RequiresPermission.EXTENDER_VERSION)
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@ProviderType
public @interface Unrestricted {}

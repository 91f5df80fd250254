package symphony.api.rbac;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.annotation.versioning.ProviderType;

/** Several {@link RequiresPermission} at one place, all of which hold. Written by compilers. */
@Requirement(
        namespace = RequiresPermission.NAMESPACE,
        name = RequiresPermission.EXTENDER,
        version = RequiresPermission.EXTENDER_VERSION)
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@ProviderType
public @interface RequiresPermissions {
    /**
     * What is demanded.
     *
     * @return each of them
     */
    RequiresPermission[] value();
}

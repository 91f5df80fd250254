package symphony.api.rbac;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Whoever calls needs permissions: {@code @RequiresPermission("payments:pay:{0}")}. The check is woven into the called method,
 * so that it cannot be gone round: it is the first thing that the method does, whoever got hold of the object and however the
 * method is called. It throws {@link AccessDeniedException}.
 *
 * <p>Who calls is what {@link SecurityContext#current()} says: its principal needs the permissions, and its user, if it has
 * one, needs them, too. Nobody has any, unless no {@link AccessControl} is there and security is not required.
 *
 * <p>Each annotation is a demand, and demands add up: a method has those of its own, of the methods that it overrides or
 * implements, of its class and of its class's superclasses. On a type it is a demand of each method that the type declares,
 * except for private ones, constructors, {@code values()} and {@code valueOf(String)} of an enum, and synthetic ones, but not for
 * the accessors of a record; on a class also of those that its subclasses declare; on an
 * interface of what implements its methods. Methods without code pass their demands on to those that implement them. What
 * runs without an object is guarded, too: static methods. {@link Unrestricted} makes exceptions from what types demand. An
 * annotation type demands nothing of what it stands on, so a class that uses one which has this annotation is not loaded.
 *
 * <p>Enforced by the bundle {@code symphony.rbac.weaver}. The annotation makes bnd write a requirement into the manifest, so
 * that a bundle which uses it does not resolve without that. A class that cannot be guarded is not loaded.
 */
@Requirement(
        namespace = RequiresPermission.NAMESPACE,
        name = RequiresPermission.EXTENDER,
        version = RequiresPermission.EXTENDER_VERSION)
@Documented
@Repeatable(RequiresPermissions.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@ProviderType
public @interface RequiresPermission {
    /** Namespace of the capability that a bundle requires by using the annotation. */
    String NAMESPACE = "osgi.extender";

    /** Name of that capability. */
    String EXTENDER = "symphony.rbac.weaver";

    /** Its version. */
    String EXTENDER_VERSION = "1.0.0";

    /**
     * Permissions, written {@code domain:action:instance}. In the instance {@code {0}}, {@code {1}} … stand for arguments,
     * counted from 0. What stands for {@code {0}} is one segment: where an argument is null, empty, {@code .} or {@code ..}, or
     * has a {@code /}, nobody has the permission, since the method would make something else of it than a policy does. An
     * argument that is a path is written {@code {0*}}: then it may have {@code /}, but no segment of it is empty, {@code .} or
     * {@code ..}. What a method makes of backslashes or of other names for the same thing is for the method to see to.
     *
     * <p>Such a parameter is of a type whose text no caller can bring along or change after the check: a primitive type or its
     * box, {@code String}, an enum, {@code UUID}, {@code Instant}, {@code LocalDate}, {@code Currency}. A class with another one
     * is not loaded. An instance is at most 1 024 characters long, with its arguments.
     *
     * @return one or more, see {@link Permission}
     */
    String[] value();

    /**
     * How many of the permissions are needed.
     *
     * @return all of them, or any one
     */
    Mode mode() default Mode.ALL;

    /** How many of several permissions are needed. */
    enum Mode {
        /** Each of them. */
        ALL,
        /** At least one; a principal and its user need the same one. */
        ANY
    }
}

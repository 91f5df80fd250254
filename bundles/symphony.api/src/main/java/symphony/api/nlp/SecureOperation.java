package symphony.api.nlp;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.rbac.RequiresPermission;

/**
 * A method is an operation on what people say, and is treated as those of {@link IntentRecognizer} are: whoever calls needs a
 * permission, its input and its time are limited, and the audit trail has a record when it begins and one when it ends.
 *
 * <pre>{@code
 * @SecureOperation(permission = "nlp:summarise:{0}", maxInput = 20_000, timeLimitMillis = 500)
 * public String summarise(String model, String text) throws InterruptedException
 * }</pre>
 *
 * <p>That is woven into the called method, as with {@link RequiresPermission}, so that it cannot be gone round. The method may
 * be static or private, of a class or an interface. The annotation reaches all methods that override or implement this one.
 * A method that gets several, of its own and of those that it overrides, has the smallest of their limits; the permission must
 * be the same in all. Whatever {@link RequiresPermission} demands of it is demanded, too.
 *
 * <p>In order: the permissions are asked for, and nothing is done with the input until they are there. Then
 * {@link NlpOperations#runMethod} runs the method on the current thread, in the name of whom the thread acts for. What the
 * method throws comes out as it is. Also come an {@link symphony.api.rbac.AccessDeniedException}, an
 * {@code IllegalArgumentException} if the input is too long, a {@link TimeLimitException} if the method took too long, also if it
 * returned in the end, and an {@link symphony.api.audit.AuditUnavailableException} if it could not be audited. A method that
 * does not heed interrupts holds its caller up for as long as it likes. While {@code symphony.nlp} is not there the method does
 * not run: an {@link symphony.api.rbac.AccessUndecidedException} says so.
 *
 * <p>The input are the arguments that are a {@code CharSequence}, a {@code char[]} or a {@code byte[]}, as they are when the
 * method is called, and such elements of an argument that is an array, as of {@code String...}. What is within other arguments,
 * as in lists and records, is not counted: hand texts over as texts. The trail has the length of the input and a keyed hash,
 * never the input.
 *
 * <p>A class is not loaded if its operation is native, or abstract for a lambda, has two different permissions, has more than 250
 * words of arguments ({@code long} and {@code double} are two), or limits an input that none of its parameters can have.
 */
@Requirement(
        namespace = RequiresPermission.NAMESPACE,
        name = RequiresPermission.EXTENDER,
        version = SecureOperation.EXTENDER_VERSION)
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@ProviderType
public @interface SecureOperation {
    /** Version of the capability {@link RequiresPermission#EXTENDER} that a bundle requires by using the annotation. */
    String EXTENDER_VERSION = "1.1.0";

    /**
     * What is needed to call the method, written {@code domain:action:instance}, and what the trail calls it. In the instance
     * {@code {0}} and {@code {0*}} stand for arguments, see {@link RequiresPermission#value}.
     *
     * @return one permission
     */
    String permission();

    /**
     * Most characters and bytes of the input, in all. What the configuration allows holds besides.
     *
     * @return 1 or more; 0 for as much as the configuration allows
     */
    int maxInput() default 0;

    /**
     * Longest time that the method may take, in milliseconds; then it is interrupted. What the configuration allows holds
     * besides.
     *
     * @return 1 to 86 400 000, a day; 0 for as long as the configuration allows
     */
    long timeLimitMillis() default 0;
}

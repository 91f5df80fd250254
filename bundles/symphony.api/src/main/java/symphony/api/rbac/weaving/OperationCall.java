package symphony.api.rbac.weaving;

import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.rbac.Permission;

/** One call of a method that is an operation: what is asked before it runs, and what runs. One thread only. */
@ProviderType
public final class OperationCall implements Callable<Object> {
    private final OperationMethod method;
    private final Permission permission;
    private final OperationInput input;
    private final Object[] arguments;

    OperationCall(OperationMethod method, Permission permission, OperationInput input, Object[] arguments) {
        this.method = method;
        this.permission = permission;
        this.input = input;
        this.arguments = arguments;
    }

    /**
     * What is called.
     *
     * @return class and method
     */
    public String method() {
        return method.toString();
    }

    /**
     * What it needs, its arguments filled in.
     *
     * @return as it is audited; with {@code {n}} for an argument that cannot stand there, if it was allowed nevertheless
     */
    public Permission permission() {
        return permission;
    }

    /**
     * All texts, characters and bytes among its arguments, one after the other; a byte counts as a character.
     *
     * @return its length costs nothing; the text is copied each time that it is asked for
     */
    public CharSequence input() {
        return input;
    }

    /**
     * How long the input may be.
     *
     * @return most characters, 1 or more
     */
    public int maxInput() {
        return method.maxInput();
    }

    /**
     * How long it may take.
     *
     * @return 1 ms or more
     */
    public Duration timeLimit() {
        return method.timeLimit();
    }

    /** Runs the method's own code. */
    @Override
    public Object call() throws Exception {
        MethodHandle code = method.code();
        try {
            return code.invokeExact(arguments);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable t) { // one of neither kind, which a Callable cannot throw
            throw new Carried(t);
        }
    }

    /** Has it run, and throws what it threw. */
    Object runBy(OperationRunner runner) throws Throwable {
        try {
            return runner.run(this);
        } catch (Carried e) {
            throw e.getCause();
        }
    }

    private static final class Carried extends Exception {
        private static final long serialVersionUID = 1L;

        Carried(Throwable thrown) {
            super("an operation threw " + thrown.getClass().getName(), Objects.requireNonNull(thrown, "thrown"));
        }
    }
}

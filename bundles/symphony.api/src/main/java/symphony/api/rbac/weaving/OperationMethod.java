package symphony.api.rbac.weaving;

import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.List;
import symphony.api.rbac.Permission;

/** A method that is an operation. Immutable; thread-safe. */
final class OperationMethod {
    private final GuardedMethod guarded;
    private final List<Integer> numbers;
    private final MethodHandle code;
    private final int receivers;
    private final int maxInput;
    private final Duration timeLimit;

    /**
     * Of a class.
     *
     * @param name class and method
     * @param pattern its permission
     * @param code takes an array: the object, unless it is static, and the arguments
     * @param receivers how many objects come before the arguments: 0 or 1
     */
    OperationMethod(
            String name, DemandPattern pattern, MethodHandle code, int receivers, int maxInput, Duration timeLimit) {
        this.guarded = new GuardedMethod(name, List.of(pattern));
        this.numbers = List.copyOf(pattern.arguments());
        this.code = code;
        this.receivers = receivers;
        this.maxInput = maxInput;
        this.timeLimit = timeLimit;
    }

    int maxInput() {
        return maxInput;
    }

    Duration timeLimit() {
        return timeLimit;
    }

    MethodHandle code() {
        return code;
    }

    /** What the woven method does. */
    Object run(Object[] arguments) throws Throwable {
        var input = OperationInput.of(toString(), arguments, receivers);
        return new OperationCall(this, permission(arguments), input, arguments).runBy(OperationCalls.runner());
    }

    private Permission permission(Object[] arguments) {
        var needed =
                numbers.stream().map(number -> arguments[receivers + number]).toArray();
        return guarded.demands(needed).get(0).wanted().get(0).permission();
    }

    /** Class and method. */
    @Override
    public String toString() {
        return guarded.toString();
    }
}

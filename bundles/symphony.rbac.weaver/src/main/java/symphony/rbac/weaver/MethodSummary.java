package symphony.rbac.weaver;

import java.util.List;
import java.util.Optional;
import org.objectweb.asm.Opcodes;

/**
 * What a class file says of a method.
 *
 * @param access flags
 * @param rules of its own annotations
 * @param unrestricted whether it is marked so
 * @param bridgedTo the method that it calls, in its own class or one above, if a compiler made it to do just that
 * @param bridgedAbove whether it calls one of the superclass, that one or, if there is none, the one that it overrides
 */
record MethodSummary(
        int access, List<Rule> rules, boolean unrestricted, Optional<Signature> bridgedTo, boolean bridgedAbove) {
    boolean is(int flag) {
        return (access & flag) != 0;
    }

    /** Whether it is anybody's way in, and not something that a compiler added for itself. */
    boolean isOpen() {
        return !is(Opcodes.ACC_PRIVATE) && (!is(Opcodes.ACC_SYNTHETIC) || is(Opcodes.ACC_BRIDGE));
    }

    /** Whether subclasses can override it, if they see it. */
    boolean isInherited() {
        return !is(Opcodes.ACC_PRIVATE) && !is(Opcodes.ACC_STATIC);
    }
}

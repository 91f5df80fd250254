package symphony.rbac.weaver;

import java.util.List;
import java.util.Optional;
import org.objectweb.asm.Opcodes;
import symphony.api.rbac.weaving.DemandPattern;

/**
 * What a class file says of a method.
 *
 * @param access flags
 * @param demands of its own annotations
 * @param unrestricted whether it is marked so
 * @param bridgedTo the method that it calls, in its own class or one above, if a compiler made it to do just that
 */
record MethodSummary(int access, List<DemandPattern> demands, boolean unrestricted, Optional<Signature> bridgedTo) {
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

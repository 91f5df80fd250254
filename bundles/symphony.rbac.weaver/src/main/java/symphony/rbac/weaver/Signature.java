package symphony.rbac.weaver;

import org.objectweb.asm.Type;

/**
 * By which a method overrides another.
 *
 * @param name the method's
 * @param descriptor its erased parameters and result, as class files have them
 */
record Signature(String name, String descriptor) {
    int parameters() {
        return Type.getArgumentTypes(descriptor).length;
    }

    @Override
    public String toString() {
        return name + descriptor;
    }
}

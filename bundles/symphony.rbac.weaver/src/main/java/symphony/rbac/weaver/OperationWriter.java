package symphony.rbac.weaver;

import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Set;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import symphony.api.rbac.weaving.OperationCalls;

/** Makes methods of one class operations. One thread only. */
final class OperationWriter {
    /*
     * The code of the method moves as it is to a private method of the same class, of the same parameters. All else stays: name,
     * modifiers, annotations, generic signature, names of parameters. What the method has for code is its checks, and one
     * invokedynamic that is given all arguments and, as a constant, the private method, and whose result it returns: again no
     * branch, and no frame to compute. What the JVM links there is OperationCalls.link.
     */
    static final Handle LINK = new Handle(
            Opcodes.H_INVOKESTATIC,
            Type.getInternalName(OperationCalls.class),
            "link",
            MethodType.methodType(
                            CallSite.class,
                            MethodHandles.Lookup.class,
                            String.class,
                            MethodType.class,
                            MethodHandle.class,
                            String.class,
                            int.class,
                            long.class)
                    .descriptorString(),
            false);

    /** What a method handle takes is 255, less what the JDK needs for its own. */
    private static final int MOST_WORDS = 250;

    private static final String SUFFIX = "$operation";

    private final ClassVisitor next;
    private final ClassSummary type;

    OperationWriter(ClassVisitor next, ClassSummary type) {
        this.next = next;
        this.type = type;
    }

    /** Whether a method handle can be made of the method. */
    static void checkSize(String place, Signature signature) {
        int words = Type.getArgumentsAndReturnSizes(signature.descriptor()) >> 2;
        if (words > MOST_WORDS) {
            throw new UnguardableException(place + " has " + words + " words of arguments, must be at most "
                    + MOST_WORDS + " for an operation: join some in an object, or in an array");
        }
    }

    /** Pushes the object, unless the method is static, and all arguments. */
    static void loadAll(MethodVisitor code, int access, Signature method) {
        int at = 0;
        if ((access & Opcodes.ACC_STATIC) == 0) {
            code.visitVarInsn(Opcodes.ALOAD, 0);
            at = 1;
        }
        for (Type parameter : Type.getArgumentTypes(method.descriptor())) {
            code.visitVarInsn(parameter.getOpcode(Opcodes.ILOAD), at);
            at += parameter.getSize();
        }
    }

    /**
     * Takes a method as it is read.
     *
     * @param outer writes the method that others call
     * @return writes its code to another one
     */
    MethodVisitor splitting(MethodVisitor outer, int access, Signature method, Duties.Operation operation) {
        var inner = new Signature(innerName(method), method.descriptor());
        int flags = Opcodes.ACC_PRIVATE | Opcodes.ACC_SYNTHETIC | access & (Opcodes.ACC_STATIC | Opcodes.ACC_STRICT);
        return new MethodVisitor(ClassSummary.ASM, outer) {
            private int firstLine;

            @Override
            public void visitCode() {
                mv = next.visitMethod(flags, inner.name(), inner.descriptor(), null, null);
                super.visitCode();
            }

            @Override
            public void visitLineNumber(int line, Label start) {
                firstLine = firstLine == 0 ? line : firstLine;
                super.visitLineNumber(line, start);
            }

            @Override
            public void visitEnd() {
                super.visitEnd();
                outer.visitCode();
                if (firstLine > 0) { // for stack traces
                    var start = new Label();
                    outer.visitLabel(start);
                    outer.visitLineNumber(firstLine, start);
                }
                call(outer, access, method, inner, operation);
                outer.visitEnd();
            }
        };
    }

    /** One that the class has not. */
    private String innerName(Signature method) {
        Set<Signature> taken = type.methods().keySet();
        String name = method.name() + SUFFIX;
        while (taken.contains(new Signature(name, method.descriptor()))) {
            name += '$';
        }
        return name;
    }

    private void call(MethodVisitor code, int access, Signature method, Signature inner, Duties.Operation operation) {
        boolean isStatic = (access & Opcodes.ACC_STATIC) != 0;
        loadAll(code, access, method);
        code.visitInvokeDynamicInsn(
                method.name(),
                isStatic
                        ? method.descriptor()
                        : "(L" + type.name() + ';' + method.descriptor().substring(1),
                LINK,
                new Handle(
                        isStatic ? Opcodes.H_INVOKESTATIC : Opcodes.H_INVOKESPECIAL,
                        type.name(),
                        inner.name(),
                        inner.descriptor(),
                        type.isInterface()),
                operation.permission().toString(),
                operation.limits().maxChars(),
                operation.limits().timeLimit().toMillis());
        code.visitInsn(Type.getReturnType(method.descriptor()).getOpcode(Opcodes.IRETURN));
        code.visitMaxs(0, 0);
    }
}

package symphony.rbac.weaver;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import symphony.api.nlp.SecureOperation;
import symphony.api.rbac.RequiresPermission;

/** Class files that have all that a class file may have for the weaver, and one that is none. */
final class Samples {
    private static final String GUARDED = "warm/Guarded";
    private static final String CLASS = "warm/Up";
    private static final String HEIR = "warm/Heir";
    private static final String OPERATION = "warm/Operation";
    private static final String METHOD = "(Ljava/lang/Object;J)Ljava/lang/Object;";
    private static final String BRIDGED = "(Ljava/lang/String;J)Ljava/lang/Object;";

    private Samples() {}

    /** By their names. */
    static Map<String, byte[]> all() {
        var all = new LinkedHashMap<String, byte[]>();
        all.put(GUARDED, guarded());
        all.put(CLASS, implementation());
        all.put(HEIR, heir());
        all.put(OPERATION, operation());
        all.put("warm/Broken", new byte[] {1, 2, 3});
        return all;
    }

    static Types types() {
        return new Types() {
            @Override
            public Optional<KnownType> find(String name) {
                return Optional.ofNullable(all().get(name))
                        .map(bytes -> new KnownType(ClassSummary.of(name, bytes), this));
            }
        };
    }

    private static byte[] guarded() {
        var writer =
                begin(GUARDED, "java/lang/Object", Opcodes.ACC_PUBLIC | Opcodes.ACC_INTERFACE | Opcodes.ACC_ABSTRACT);
        MethodVisitor method =
                writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_ABSTRACT, "call", METHOD, null, null);
        AnnotationVisitor annotation = method.visitAnnotation(Type.getDescriptor(RequiresPermission.class), true);
        AnnotationVisitor permissions = annotation.visitArray("value");
        permissions.visit(null, "warm:up:{0}-{1}");
        permissions.visitEnd();
        annotation.visitEnum("mode", Type.getDescriptor(RequiresPermission.Mode.class), "ANY");
        annotation.visitEnd();
        method.visitEnd();
        return writer.toByteArray();
    }

    private static byte[] implementation() {
        var writer = begin(CLASS, "java/lang/Object", Opcodes.ACC_PUBLIC);
        MethodVisitor bridge = code(writer, Opcodes.ACC_PUBLIC | Opcodes.ACC_BRIDGE | Opcodes.ACC_SYNTHETIC, METHOD);
        bridge.visitVarInsn(Opcodes.ALOAD, 0);
        bridge.visitVarInsn(Opcodes.ALOAD, 1);
        bridge.visitTypeInsn(Opcodes.CHECKCAST, "java/lang/String");
        bridge.visitVarInsn(Opcodes.LLOAD, 2);
        bridge.visitMethodInsn(Opcodes.INVOKEVIRTUAL, CLASS, "call", BRIDGED, false);
        end(bridge);
        MethodVisitor method = code(writer, Opcodes.ACC_PUBLIC, BRIDGED);
        method.visitInvokeDynamicInsn(
                "run",
                "()Ljava/lang/Runnable;",
                new Handle(
                        Opcodes.H_INVOKESTATIC,
                        "java/lang/invoke/LambdaMetafactory",
                        "metafactory",
                        "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;"
                                + "Ljava/lang/invoke/MethodType;Ljava/lang/invoke/MethodHandle;"
                                + "Ljava/lang/invoke/MethodType;)Ljava/lang/invoke/CallSite;",
                        false),
                Type.getMethodType("()V"),
                new Handle(Opcodes.H_INVOKESTATIC, CLASS, "nothing", "()V", false),
                Type.getMethodType("()V"));
        end(method);
        return writer.toByteArray();
    }

    /** Inherits for an interface what was not made for it. */
    private static byte[] heir() {
        return begin(HEIR, "java/util/ArrayList", Opcodes.ACC_PUBLIC | Opcodes.ACC_ABSTRACT)
                .toByteArray();
    }

    /** Has a method that is one. */
    private static byte[] operation() {
        var writer = begin(OPERATION, "java/lang/Object", Opcodes.ACC_PUBLIC | Opcodes.ACC_ABSTRACT);
        MethodVisitor method = writer.visitMethod(Opcodes.ACC_PUBLIC, "call", BRIDGED, null, null);
        AnnotationVisitor annotation = method.visitAnnotation(Type.getDescriptor(SecureOperation.class), true);
        annotation.visit("permission", "warm:up:{0}-{1}");
        annotation.visit("maxInput", 1);
        annotation.visit("timeLimitMillis", 1L);
        annotation.visitEnd();
        method.visitCode();
        var start = new Label();
        method.visitLabel(start);
        method.visitLineNumber(1, start);
        method.visitVarInsn(Opcodes.ALOAD, 1);
        end(method);
        return writer.toByteArray();
    }

    private static ClassWriter begin(String name, String above, int access) {
        var writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        String[] interfaces = name.equals(GUARDED) || name.equals(OPERATION) ? null : new String[] {GUARDED};
        writer.visit(Opcodes.V17, access, name, null, above, interfaces);
        return writer;
    }

    private static MethodVisitor code(ClassWriter writer, int access, String descriptor) {
        MethodVisitor method = writer.visitMethod(access, "call", descriptor, null, null);
        method.visitCode();
        return method;
    }

    private static void end(MethodVisitor method) {
        method.visitInsn(Opcodes.ARETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
    }
}

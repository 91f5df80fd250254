package symphony.rbac.weaver;

import java.lang.invoke.CallSite;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import symphony.api.rbac.weaving.DemandPattern;
import symphony.api.rbac.weaving.GuardedMethod;
import symphony.api.rbac.weaving.PermissionChecks;

/** Gives a class the checks that are demanded of its methods, and makes methods operations. Stateless. */
final class ClassWeaver {
    /*
     * A check is one instruction, invokedynamic, and before it those that push the arguments it needs. It stands before all
     * else, also before the target of a loop that begins with the method, and does not branch: so no frame of the method
     * changes, and none has to be computed, which would need the classes that the method uses. What the JVM links there is
     * PermissionChecks.link, with the demands as constants.
     */
    private static final Handle LINK = new Handle(
            Opcodes.H_INVOKESTATIC,
            Type.getInternalName(PermissionChecks.class),
            "link",
            MethodType.methodType(
                            CallSite.class, MethodHandles.Lookup.class, String.class, MethodType.class, String[].class)
                    .descriptorString(),
            false);
    private static final ConstantPool.Texts WOVEN = new ConstantPool.Texts(Set.of(LINK.getOwner()));
    private static final String LAMBDAS = Type.getInternalName(LambdaMetafactory.class);
    private static final int FIRST_WITH_INVOKEDYNAMIC = Opcodes.V1_7;
    private static final int VERSION = 0xffff;

    /** Final classes of the JDK, whose texts are plain. */
    private static final Set<String> TEXTS = new TreeSet<>(Set.of(
            "java.lang.String", "java.util.UUID", "java.util.Currency", "java.time.Instant", "java.time.LocalDate"));

    private static final Set<String> BOXES = Set.of(
            "java.lang.Boolean",
            "java.lang.Byte",
            "java.lang.Character",
            "java.lang.Short",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Float",
            "java.lang.Double");

    /** What the JVM takes for a bootstrap method, less those that each has. */
    private static final int MOST_DEMANDS = 200;

    private ClassWeaver() {}

    /**
     * Weaves a class.
     *
     * @param bytes its class file
     * @param types finds its supertypes
     * @return the class file with checks; empty if nothing is demanded of its methods
     * @throws UnguardableException if a method cannot be guarded, or it cannot be told whether it must be
     */
    static Optional<byte[]> weave(byte[] bytes, ClassSummary summary, Types types) {
        var type = new KnownType(summary, types);
        var demands = new Demands(type);
        Map<Signature, Duties> guarded = guarded(summary, demands);
        Map<Signature, Demands.Forwarder> forwarders = demands.forwarders();
        var reader = new ClassReader(bytes);
        checkAnnotations(summary, type);
        checkLambdas(reader, type);
        if (ConstantPool.names(bytes, WOVEN)) { // as where two of this bundle are there, before and after an update
            leaveOut(guarded, reader);
        }
        if (guarded.isEmpty() && forwarders.isEmpty()) {
            return Optional.empty();
        }
        if ((summary.version() & VERSION) < FIRST_WITH_INVOKEDYNAMIC) {
            throw new UnguardableException("the class file of " + type
                    + " is of a Java older than 7, which cannot be guarded: compile it anew");
        }
        var writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(new Weaving(writer, type, guarded, forwarders), 0);
        return Optional.of(writer.toByteArray());
    }

    private static Map<Signature, Duties> guarded(ClassSummary summary, Demands demands) {
        var guarded = new LinkedHashMap<Signature, Duties>();
        summary.methods().forEach((signature, method) -> {
            boolean leadsToAnother =
                    method.bridgedTo().filter(summary.methods()::containsKey).isPresent();
            Set<Rule> rules = demands.of(signature);
            if (!rules.isEmpty() && !method.is(Opcodes.ACC_ABSTRACT) && !leadsToAnother) {
                String place = summary.label() + '.' + signature.name();
                var duties = Duties.of(place, rules);
                check(place, signature, method.access(), duties);
                // What a bridge is given is cast to what is behind it, or gets no further.
                checkArguments(demands.type(), place, method.bridgedTo().orElse(signature), duties);
                guarded.put(signature, duties);
            }
        });
        return guarded;
    }

    /** Methods that have all of it already. */
    private static void leaveOut(Map<Signature, Duties> guarded, ClassReader reader) {
        Set<Signature> checked = calling(reader, LINK);
        Set<Signature> run = calling(reader, OperationWriter.LINK);
        guarded.entrySet()
                .removeIf(entry -> checked.contains(entry.getKey())
                        && (entry.getValue().operation().isEmpty() || run.contains(entry.getKey())));
    }

    private static Set<Signature> calling(ClassReader reader, Handle link) {
        Set<Signature> calling = new HashSet<>();
        reader.accept(
                new ClassVisitor(ClassSummary.ASM) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        return new MethodVisitor(ClassSummary.ASM) {
                            @Override
                            public void visitInvokeDynamicInsn(
                                    String called, String type, Handle bootstrap, Object... arguments) {
                                if (bootstrap.equals(link)) {
                                    calling.add(new Signature(name, descriptor));
                                }
                            }
                        };
                    }
                },
                ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return calling;
    }

    private static void check(String place, Signature signature, int access, Duties duties) {
        if ((access & Opcodes.ACC_NATIVE) != 0) {
            throw new UnguardableException(
                    place + " is native and cannot be guarded: call it from a method that is not, and guard that");
        }
        int count = duties.demands().size();
        if (count > MOST_DEMANDS) {
            throw new UnguardableException(
                    place + " has " + count + " demands, must be at most " + MOST_DEMANDS + ": join some");
        }
        if (duties.operation().isPresent()) {
            OperationWriter.checkSize(place, signature);
        }
    }

    private static void checkArguments(KnownType type, String place, Signature signature, Duties duties) {
        Type[] parameters = Type.getArgumentTypes(signature.descriptor());
        boolean limitsInput =
                duties.operation().filter(Duties.Operation::limitsInput).isPresent();
        if (limitsInput && Stream.of(parameters).noneMatch(parameter -> canHoldInput(type, parameter))) {
            throw new UnguardableException(
                    "@SecureOperation of " + place + " has a maxInput, which limits nothing, as no"
                            + " parameter is a text, a char[], a byte[], or an array of those: hand texts over as texts, or take"
                            + " maxInput away");
        }
        for (int number : GuardedMethod.numbers(List.copyOf(duties.demands()))) {
            if (number >= parameters.length) {
                throw new UnguardableException("a permission for " + place + " names {" + number
                        + "}, but there are only " + parameters.length + " arguments, counted from 0");
            }
            if (!hasTextOfItsOwn(type, parameters[number])) {
                throw new UnguardableException("a permission for " + place + " names {" + number
                        + "}, which is of type "
                        + parameters[number].getClassName() + "; its text is whatever the caller makes it: must be a"
                        + " primitive type or its box, an enum, or one of " + String.join(", ", TEXTS));
            }
        }
    }

    /** Whether nobody can bring along an argument of this type that has a text of its own choice. */
    private static boolean hasTextOfItsOwn(KnownType type, Type parameter) {
        if (parameter.getSort() < Type.ARRAY || TEXTS.contains(parameter.getClassName())) {
            return true;
        }
        return parameter.getSort() == Type.OBJECT
                && (BOXES.contains(parameter.getClassName())
                        || type.find(parameter.getInternalName())
                                .filter(ClassWeaver::isEnum)
                                .isPresent());
    }

    /** Whether an argument can be what counts as input, or an array of that. */
    private static boolean canHoldInput(KnownType type, Type parameter) {
        if (parameter.getSort() != Type.ARRAY) {
            return isText(type, parameter);
        }
        Type element = parameter.getElementType();
        boolean letters = element.getSort() == Type.CHAR || element.getSort() == Type.BYTE;
        return letters && parameter.getDimensions() <= 2 || parameter.getDimensions() == 1 && isText(type, element);
    }

    private static boolean isText(KnownType type, Type parameter) {
        return parameter.getSort() == Type.OBJECT
                && (parameter.getInternalName().equals("java/lang/Object")
                        || type.find(parameter.getInternalName())
                                .filter(ClassWeaver::isText)
                                .isPresent());
    }

    private static boolean isText(KnownType type) {
        return type.isPlatform()
                ? PlatformMethods.isText(type.platformName())
                : type.withSupertypes().stream()
                        .anyMatch(each -> each.summary().interfaces().contains("java/lang/CharSequence"));
    }

    private static boolean isEnum(KnownType type) {
        return type.isPlatform()
                ? PlatformMethods.isEnum(type.platformName())
                : type.summary().is(Opcodes.ACC_ENUM)
                        && type.summary().superName().equals("java/lang/Enum");
    }

    // ---- annotations that have annotations, which count for nothing ----

    private static void checkAnnotations(ClassSummary summary, KnownType type) {
        if (summary.is(Opcodes.ACC_ANNOTATION)
                && (!summary.rules().isEmpty()
                        || summary.methods().values().stream()
                                .anyMatch(member -> !member.rules().isEmpty()))) {
            throw inVain(summary.label(), "it is an annotation");
        }
        for (String name : summary.annotations()) {
            type.findWired(name)
                    .filter(annotation -> !annotation.summary().rules().isEmpty())
                    .ifPresent(annotation -> {
                        throw inVain(annotation.toString(), type + " is annotated with it");
                    });
        }
    }

    private static UnguardableException inVain(String annotation, String why) {
        return new UnguardableException("what stands on " + annotation + " demands nothing, since " + why
                + ": put it on the types and methods themselves");
    }

    // ---- lambdas, for which the JVM makes classes that nobody can weave ----

    private static void checkLambdas(ClassReader reader, KnownType type) {
        if (hasInvokeDynamic(reader)) {
            reader.accept(
                    new ClassVisitor(ClassSummary.ASM) {
                        @Override
                        public MethodVisitor visitMethod(
                                int access, String name, String descriptor, String signature, String[] exceptions) {
                            return new Lambdas(type, name);
                        }
                    },
                    ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        }
    }

    private static boolean hasInvokeDynamic(ClassReader reader) {
        final int tag = 18; // of CONSTANT_InvokeDynamic, JVMS 4.4
        for (int i = 1; i < reader.getItemCount(); i++) {
            int at = reader.getItem(i);
            if (at > 0 && reader.readByte(at - 1) == tag) {
                return true;
            }
        }
        return false;
    }

    private static final class Lambdas extends MethodVisitor {
        private final KnownType type;
        private final String method;

        Lambdas(KnownType type, String method) {
            super(ClassSummary.ASM);
            this.type = type;
            this.method = method;
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            if (!bootstrap.getOwner().equals(LAMBDAS) || !(arguments[0] instanceof Type erased)) {
                return;
            }
            var sought = new Signature(name, erased.getDescriptor());
            check(Type.getReturnType(descriptor), sought);
            for (Object argument : arguments) { // interfaces that the lambda is of as well
                if (argument instanceof Type also && also.getSort() == Type.OBJECT) {
                    check(also, sought);
                }
            }
        }

        /** An interface that is not there is none: the lambda cannot be made then. */
        private void check(Type functional, Signature sought) {
            boolean guards = type.find(functional.getInternalName())
                    .filter(found -> new Demands(found).guards(sought))
                    .isPresent();
            if (guards) {
                throw new UnguardableException(type + "." + method + " has a lambda or method reference for "
                        + functional.getClassName()
                        + ", of which a permission is demanded; that cannot be guarded: write"
                        + " a class");
            }
        }
    }

    // ---- weaving ----

    private static final class Weaving extends ClassVisitor {
        private final KnownType type;
        private final Map<Signature, Duties> guarded;
        private final Map<Signature, Demands.Forwarder> forwarders;
        private final OperationWriter operations;

        Weaving(
                ClassVisitor next,
                KnownType type,
                Map<Signature, Duties> guarded,
                Map<Signature, Demands.Forwarder> forwarders) {
            super(ClassSummary.ASM, next);
            this.type = type;
            this.guarded = guarded;
            this.forwarders = forwarders;
            this.operations = new OperationWriter(next, type.summary());
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            var method = new Signature(name, descriptor);
            Duties duties = guarded.get(method);
            return duties == null ? next : doing(next, access, method, duties); // or copied as it is
        }

        private MethodVisitor doing(MethodVisitor next, int access, Signature method, Duties duties) {
            var checking = new MethodVisitor(ClassSummary.ASM, next) {
                @Override
                public void visitCode() {
                    super.visitCode();
                    check(mv, access, method, duties.demands());
                }
            };
            return duties.operation()
                    .map(operation -> operations.splitting(checking, access, method, operation))
                    .orElse(checking);
        }

        @Override
        public void visitEnd() {
            forwarders.forEach(this::forward);
            super.visitEnd();
        }

        private void forward(Signature method, Demands.Forwarder forwarder) {
            String place = type + "." + method.name();
            var duties = Duties.of(place, forwarder.demands());
            ClassWeaver.check(place, method, forwarder.access(), duties);
            checkArguments(type, place, method, duties);
            MethodVisitor made = doing(
                    super.visitMethod(forwarder.access(), method.name(), method.descriptor(), null, null),
                    forwarder.access(),
                    method,
                    duties);
            made.visitCode();
            OperationWriter.loadAll(made, forwarder.access(), method);
            made.visitMethodInsn(
                    Opcodes.INVOKESPECIAL, type.summary().superName(), method.name(), method.descriptor(), false);
            made.visitInsn(Type.getReturnType(method.descriptor()).getOpcode(Opcodes.IRETURN));
            made.visitMaxs(0, 0);
            made.visitEnd();
        }

        private static void check(MethodVisitor code, int access, Signature method, Set<DemandPattern> demands) {
            Type[] parameters = Type.getArgumentTypes(method.descriptor());
            List<Integer> numbers = GuardedMethod.numbers(List.copyOf(demands));
            var types = new StringBuilder("(");
            int at = (access & Opcodes.ACC_STATIC) == 0 ? 1 : 0;
            for (int i = 0; i < parameters.length; i++) {
                if (numbers.contains(i)) {
                    code.visitVarInsn(parameters[i].getOpcode(Opcodes.ILOAD), at);
                    boolean primitive = parameters[i].getSort() < Type.ARRAY;
                    types.append(primitive ? parameters[i].getDescriptor() : "Ljava/lang/Object;");
                }
                at += parameters[i].getSize();
            }
            code.visitInvokeDynamicInsn(
                    method.name(),
                    types.append(")V").toString(),
                    LINK,
                    demands.stream().map(DemandPattern::toString).toArray());
        }
    }
}

package symphony.rbac.weaver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import symphony.api.nlp.OperationLimits;
import symphony.api.nlp.SecureOperation;
import symphony.api.rbac.RequiresPermission;
import symphony.api.rbac.RequiresPermission.Mode;
import symphony.api.rbac.RequiresPermissions;
import symphony.api.rbac.Unrestricted;
import symphony.api.rbac.weaving.DemandPattern;

/**
 * What a class file says of permissions. Names are internal ones, with slashes. Immutable.
 *
 * @param name the class
 * @param version of the class file
 * @param access flags
 * @param superName its superclass, empty if it has none
 * @param interfaces its direct interfaces
 * @param rules of its own annotations
 * @param unrestricted whether it is marked so
 * @param methods without constructors and static initialisers
 * @param annotations types of all other annotations, of the class and its methods
 */
record ClassSummary(
        String name,
        int version,
        int access,
        String superName,
        List<String> interfaces,
        List<Rule> rules,
        boolean unrestricted,
        Map<Signature, MethodSummary> methods,
        Set<String> annotations) {
    /** Of ASM: the one that the methods of its visitors are of. */
    static final int ASM = Opcodes.ASM9;

    private static final String ONE = Type.getDescriptor(RequiresPermission.class);
    private static final String SEVERAL = Type.getDescriptor(RequiresPermissions.class);
    private static final String OPERATION = Type.getDescriptor(SecureOperation.class);
    private static final String NONE = Type.getDescriptor(Unrestricted.class);
    private static final int LITTLE = ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES;

    /**
     * Reads a class file.
     *
     * @throws UnguardableException if it is broken, too new, or its annotations are
     */
    static ClassSummary of(String name, byte[] bytes) {
        try {
            return of(new ClassReader(bytes));
        } catch (UnguardableException e) {
            throw e;
        } catch (RuntimeException e) { // whatever ASM runs into
            throw new UnguardableException(
                    "the class file of " + name.replace('/', '.')
                            + " cannot be read: it is broken, or of a newer Java than symphony.rbac.weaver knows ("
                            + e + ")",
                    e);
        }
    }

    private static ClassSummary of(ClassReader reader) {
        var outline = new Outline();
        reader.accept(outline, LITTLE | ClassReader.SKIP_CODE);
        if (outline.methods.values().stream().anyMatch(method -> method.is(Opcodes.ACC_BRIDGE))) {
            reader.accept(new Bridges(outline), LITTLE);
        }
        return outline.summary();
    }

    boolean is(int flag) {
        return (access & flag) != 0;
    }

    boolean isInterface() {
        return is(Opcodes.ACC_INTERFACE);
    }

    /** Whether it is {@code values()} or {@code valueOf(String)} of an enum: who switches over one calls them, too. */
    boolean isMadeForEnum(Signature signature) {
        String type = 'L' + name + ';';
        return is(Opcodes.ACC_ENUM)
                && (signature.equals(new Signature("values", "()[" + type))
                        || signature.equals(new Signature("valueOf", "(Ljava/lang/String;)" + type)));
    }

    /** Where it lies, which is where its methods without a modifier can be overridden. */
    String packageName() {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }

    /** As people write it. */
    String label() {
        return name.replace('/', '.');
    }

    // ---- reading ----

    private static final class Outline extends ClassVisitor {
        private final Map<Signature, MethodSummary> methods = new LinkedHashMap<>();
        private final Set<String> others = new TreeSet<>();
        private final Marks marks = new Marks(others);
        private String name = "";
        private int version;
        private int access;
        private String superName = "";
        private List<String> interfaces = List.of();

        Outline() {
            super(ASM);
        }

        ClassSummary summary() {
            List<Rule> rules = marks.rulesOfType(name);
            return new ClassSummary(
                    name,
                    version,
                    access,
                    superName,
                    interfaces,
                    rules,
                    marks.unrestricted,
                    Map.copyOf(methods),
                    Set.copyOf(others));
        }

        @Override
        public void visit(
                int fileVersion, int flags, String ownName, String signature, String above, String[] implemented) {
            version = fileVersion;
            access = flags;
            name = ownName;
            superName = above == null ? "" : above;
            interfaces = implemented == null ? List.of() : List.of(implemented);
        }

        @Override
        public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            return marks.visit(descriptor);
        }

        @Override
        public MethodVisitor visitMethod(
                int flags, String method, String descriptor, String signature, String[] exceptions) {
            if (method.startsWith("<")) {
                return new Constructor(name);
            }
            var own = new Marks(others);
            return new MethodVisitor(ASM) {
                @Override
                public AnnotationVisitor visitAnnotation(String type, boolean visible) {
                    return own.visit(type);
                }

                @Override
                public void visitEnd() {
                    List<Rule> rules = own.rules(name + '.' + method);
                    methods.put(
                            new Signature(method, descriptor),
                            new MethodSummary(flags, rules, own.unrestricted, Optional.empty(), false));
                }
            };
        }
    }

    /** Compilers let nobody make one an operation. */
    private static final class Constructor extends MethodVisitor {
        private final String type;

        Constructor(String type) {
            super(ASM);
            this.type = type;
        }

        @Override
        public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
            if (descriptor.equals(OPERATION)) {
                throw new UnguardableException("@SecureOperation stands on a constructor of " + type.replace('/', '.')
                        + ", which is no operation: put it on a method that the constructor does not call");
            }
            return null;
        }
    }

    /** What bridges lead to: the last method of that name that they call, in their class or its superclass. */
    private static final class Bridges extends ClassVisitor {
        private final Outline outline;

        Bridges(Outline outline) {
            super(ASM);
            this.outline = outline;
        }

        @Override
        public MethodVisitor visitMethod(
                int flags, String method, String descriptor, String signature, String[] exceptions) {
            var bridge = new Signature(method, descriptor);
            if ((flags & Opcodes.ACC_BRIDGE) == 0 || !outline.methods.containsKey(bridge)) {
                return null;
            }
            return new MethodVisitor(ASM) {
                @Override
                public void visitMethodInsn(int opcode, String owner, String called, String type, boolean ofInterface) {
                    if (opcode != Opcodes.INVOKESTATIC
                            && (owner.equals(outline.name) || owner.equals(outline.superName))
                            && called.equals(method)) {
                        lead(bridge, new Signature(called, type), opcode == Opcodes.INVOKESPECIAL);
                    }
                }
            };
        }

        /** One that makes a method visible leads above, to the same signature. */
        private void lead(Signature bridge, Signature target, boolean above) {
            if (above || !target.equals(bridge)) {
                outline.methods.computeIfPresent(
                        bridge,
                        (key, known) -> new MethodSummary(
                                known.access(),
                                known.rules(),
                                known.unrestricted(),
                                target.equals(bridge) ? known.bridgedTo() : Optional.of(target),
                                above));
            }
        }
    }

    /** The annotations of one place. */
    private static final class Marks {
        private final List<Members> demands = new ArrayList<>(0);
        private final List<OperationMembers> operations = new ArrayList<>(0);
        private final List<Container> containers = new ArrayList<>(0);
        private final Set<String> others;
        private boolean unrestricted;

        /** Adds those that are not ours. */
        Marks(Set<String> others) {
            this.others = others;
        }

        /** Null for what it does not want to see, as ASM has it. */
        AnnotationVisitor visit(String descriptor) {
            if (descriptor.equals(NONE)) {
                unrestricted = true;
                return null;
            }
            if (descriptor.equals(ONE)) {
                return one();
            }
            if (descriptor.equals(OPERATION)) {
                var operation = new OperationMembers();
                operations.add(operation);
                return operation;
            }
            if (descriptor.equals(SEVERAL)) {
                var container = new Container();
                containers.add(container);
                return container;
            }
            others.add(Type.getType(descriptor).getInternalName());
            return null;
        }

        private AnnotationVisitor one() {
            var members = new Members();
            demands.add(members);
            return members;
        }

        private final class Container extends AnnotationVisitor {
            private boolean empty = true;

            Container() {
                super(ASM);
            }

            @Override
            public AnnotationVisitor visitArray(String member) {
                return this;
            }

            @Override
            public AnnotationVisitor visitAnnotation(String member, String descriptor) {
                empty = false;
                return descriptor.equals(ONE) ? one() : null;
            }
        }

        List<Rule> rulesOfType(String place) {
            if (!operations.isEmpty()) {
                throw new UnguardableException("@SecureOperation stands on the type " + place.replace('/', '.')
                        + ", which is no operation: put it on methods");
            }
            return rules(place);
        }

        List<Rule> rules(String place) {
            String label = place.replace('/', '.');
            checkSense(label);
            var rules = new ArrayList<Rule>(0);
            try {
                demands.forEach(members -> rules.add(new Rule(members.pattern(), Optional.empty())));
            } catch (IllegalArgumentException e) {
                throw new UnguardableException("@RequiresPermission of " + label + ": " + e.getMessage(), e);
            }
            try {
                operations.forEach(members -> rules.add(members.rule()));
            } catch (IllegalArgumentException e) {
                throw new UnguardableException("@SecureOperation of " + label + ": " + e.getMessage(), e);
            }
            return List.copyOf(rules);
        }

        private void checkSense(String label) {
            if (unrestricted && !(demands.isEmpty() && operations.isEmpty())) {
                throw new UnguardableException(label + " is both @Unrestricted and "
                        + (operations.isEmpty() ? "@RequiresPermission" : "@SecureOperation")
                        + "; take one of them away");
            }
            if (containers.stream().anyMatch(container -> container.empty)) {
                throw new UnguardableException("@RequiresPermissions of " + label
                        + " is empty, and demands nothing; name a permission, or take it away");
            }
        }
    }

    private static final class Members extends AnnotationVisitor {
        private final List<String> texts = new ArrayList<>(1);
        private Mode mode = Mode.ALL;

        Members() {
            super(ASM);
        }

        DemandPattern pattern() {
            return new DemandPattern(mode, texts);
        }

        @Override
        public AnnotationVisitor visitArray(String member) {
            return new AnnotationVisitor(ASM) {
                @Override
                public void visit(String none, Object text) {
                    texts.add(String.valueOf(text));
                }
            };
        }

        @Override
        public void visitEnum(String member, String descriptor, String value) {
            mode = Mode.valueOf(value);
        }
    }

    private static final class OperationMembers extends AnnotationVisitor {
        private String permission = "";
        private int maxInput;
        private long timeLimitMillis;

        OperationMembers() {
            super(ASM);
        }

        @Override
        public void visit(String member, Object value) {
            switch (member) {
                case "permission" -> permission = (String) value;
                case "maxInput" -> maxInput = (Integer) value;
                case "timeLimitMillis" -> timeLimitMillis = (Long) value;
                default -> {
                    // of a later version
                }
            }
        }

        Rule rule() {
            return new Rule(new DemandPattern(Mode.ALL, List.of(permission)), Optional.of(limits()));
        }

        private OperationLimits limits() {
            OperationLimits most = OperationLimits.CONFIGURED;
            long longest = most.timeLimit().toMillis();
            if (maxInput < 0) {
                throw new IllegalArgumentException("maxInput is " + maxInput
                        + ", must be 1 or more, or 0 for as much as the configuration allows");
            }
            if (timeLimitMillis < 0 || timeLimitMillis > longest) {
                throw new IllegalArgumentException("timeLimitMillis is " + timeLimitMillis + ", must be 1 to " + longest
                        + ", or 0 for as long as the configuration allows");
            }
            return new OperationLimits(
                    maxInput == 0 ? most.maxChars() : maxInput,
                    timeLimitMillis == 0 ? most.timeLimit() : Duration.ofMillis(timeLimitMillis));
        }
    }
}

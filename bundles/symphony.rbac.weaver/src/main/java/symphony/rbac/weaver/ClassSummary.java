package symphony.rbac.weaver;

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
 * @param demands of its own annotations
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
        List<DemandPattern> demands,
        boolean unrestricted,
        Map<Signature, MethodSummary> methods,
        Set<String> annotations) {
    /** Of ASM: the one that the methods of its visitors are of. */
    static final int ASM = Opcodes.ASM9;

    private static final String ONE = Type.getDescriptor(RequiresPermission.class);
    private static final String SEVERAL = Type.getDescriptor(RequiresPermissions.class);
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
            List<DemandPattern> demands = marks.demands(name);
            return new ClassSummary(
                    name,
                    version,
                    access,
                    superName,
                    interfaces,
                    demands,
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
                return null;
            }
            var own = new Marks(others);
            return new MethodVisitor(ASM) {
                @Override
                public AnnotationVisitor visitAnnotation(String type, boolean visible) {
                    return own.visit(type);
                }

                @Override
                public void visitEnd() {
                    List<DemandPattern> demands = own.demands(name + '.' + method);
                    methods.put(
                            new Signature(method, descriptor),
                            new MethodSummary(flags, demands, own.unrestricted, Optional.empty()));
                }
            };
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
                    var target = new Signature(called, type);
                    if (opcode != Opcodes.INVOKESTATIC
                            && (owner.equals(outline.name) || owner.equals(outline.superName))
                            && called.equals(method)
                            && !target.equals(bridge)) {
                        outline.methods.computeIfPresent(
                                bridge,
                                (key, known) -> new MethodSummary(
                                        known.access(), known.demands(), known.unrestricted(), Optional.of(target)));
                    }
                }
            };
        }
    }

    /** The annotations of one place. */
    private static final class Marks {
        private final List<Members> demands = new ArrayList<>(0);
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

        List<DemandPattern> demands(String place) {
            String label = place.replace('/', '.');
            if (unrestricted && !demands.isEmpty()) {
                throw new UnguardableException(
                        label + " is both @Unrestricted and @RequiresPermission; take one of them away");
            }
            if (containers.stream().anyMatch(container -> container.empty)) {
                throw new UnguardableException("@RequiresPermissions of " + label
                        + " is empty, and demands nothing; name a permission, or take it away");
            }
            try {
                return demands.stream().map(Members::pattern).toList();
            } catch (IllegalArgumentException e) {
                throw new UnguardableException("@RequiresPermission of " + label + ": " + e.getMessage(), e);
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
}

package symphony.rbac.weaver;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import symphony.api.nlp.SecureOperation;
import symphony.api.rbac.RequiresPermission;
import symphony.api.rbac.Unrestricted;

/**
 * Classes and interfaces by chance, woven and called: of each call is demanded what a model says that knows the rules and
 * nothing of class files.
 */
class HierarchyModelTest {
    private static final int METHODS = 3;

    private enum Code {
        NONE,
        ABSTRACT,
        CONCRETE,
        FINAL,
        PRIVATE
    }

    /** As an operation it may take so many seconds; 0 if it is none. */
    private record Method(String name, Code code, boolean demands, boolean unrestricted, int seconds) {
        boolean isInherited() {
            return code != Code.NONE && code != Code.PRIVATE;
        }
    }

    /** One of the model: a class or an interface, its superclass if it is a class that has one, its interfaces. */
    private record Node(
            String name,
            boolean isInterface,
            Optional<Node> above,
            List<Node> interfaces,
            boolean demands,
            boolean unrestricted,
            List<Method> methods) {
        Set<Node> withSupertypes() {
            var all = new LinkedHashSet<Node>();
            all.add(this);
            above.ifPresent(node -> all.addAll(node.withSupertypes()));
            interfaces.forEach(node -> all.addAll(node.withSupertypes()));
            return all;
        }

        /** What the types from here upwards demand of a method, up to the first exception. */
        Set<String> ofTypes(int method) {
            var all = new TreeSet<String>();
            if (methods.get(method).code() != Code.NONE && methods.get(method).unrestricted()) {
                return all;
            }
            if (demands) {
                all.add("type:of:" + name);
            }
            if (!unrestricted) {
                above.ifPresent(node -> all.addAll(node.ofTypes(method)));
            }
            return all;
        }

        /** What is demanded of whoever calls a method of an object of this class. */
        Set<String> expected(int method) {
            var all = new TreeSet<String>();
            for (Node node : withSupertypes()) {
                Method declared = node.methods.get(method);
                if (declared.isInherited()) {
                    if (declared.demands()) {
                        all.add("method:of:" + node.name + '.' + declared.name());
                    }
                    all.addAll(node.ofTypes(method));
                }
            }
            if (!seconds(method).isEmpty()) {
                all.add("operation:of:m" + method);
            }
            return all;
        }

        /** How long it may take, as each says that has a say; empty if it is no operation. */
        List<Integer> seconds(int method) {
            return withSupertypes().stream()
                    .map(node -> node.methods.get(method))
                    .filter(declared -> declared.isInherited() && declared.seconds() > 0)
                    .map(Method::seconds)
                    .toList();
        }
    }

    @Property(tries = 2_000)
    void demandsWhatTheModelSays(@ForAll Random random) throws Exception {
        List<Node> interfaces = new ArrayList<>();
        List<Node> classes = new ArrayList<>();
        var loader = new WovenLoader("none");
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            add(interfaces, node(random, "model/I" + i, true, Optional.empty(), some(random, interfaces)), loader);
        }
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            Optional<Node> above = classes.isEmpty() || random.nextInt(4) == 0
                    ? Optional.empty()
                    : Optional.of(classes.get(random.nextInt(classes.size())));
            add(classes, node(random, "model/C" + i, false, above, some(random, interfaces)), loader);
        }
        try (var recorder = new Recorder();
                var runner = new RecordingRunner()) {
            for (Node node : classes) {
                Statistics.collect(call(loader, node, recorder, runner));
            }
        }
        Statistics.coverage(came -> {
            came.check("called").percentage(share -> share > 20);
            came.check("refused").count(count -> count > 0);
        });
    }

    // ---- methods that only their package sees ----

    /** One of a line of classes, each the subclass of the one before. */
    private record Link(String name, boolean declares, boolean isPublic, boolean demands, boolean typeDemands) {
        String packageName() {
            return name.substring(0, name.indexOf('/'));
        }
    }

    /** By JVMS 5.4.5: by itself, or by one between. */
    private static boolean overrides(List<Link> line, int below, int above) {
        Link lower = line.get(below);
        Link upper = line.get(above);
        if (!lower.declares() || !upper.declares()) {
            return false;
        }
        return upper.isPublic()
                || upper.packageName().equals(lower.packageName())
                || IntStream.range(above + 1, below)
                        .anyMatch(between -> overrides(line, below, between) && overrides(line, between, above));
    }

    /** Of the code of a class's method. */
    private static Set<String> expected(List<Link> line, int at) {
        var all = new TreeSet<String>();
        for (int i = 0; i <= at; i++) {
            if (i == at || overrides(line, at, i)) {
                if (line.get(i).demands()) {
                    all.add("method:of:" + i);
                }
                IntStream.rangeClosed(0, i)
                        .filter(type -> line.get(type).typeDemands())
                        .forEach(type -> all.add("type:of:" + type));
            }
        }
        return all;
    }

    @Property(tries = 1_000)
    void demandsOfOverridesWhatTheModelSaysWhateverPackageTheyAreOf(@ForAll Random random) throws Exception {
        List<Link> line = new ArrayList<>();
        var loader = new WovenLoader("none");
        for (int i = 0; i < 2 + random.nextInt(4); i++) {
            boolean opened = line.stream().anyMatch(above -> above.declares() && above.isPublic());
            var link = new Link(
                    (random.nextBoolean() ? "p" : "q") + "/K" + i,
                    random.nextInt(5) > 0,
                    opened || random.nextInt(3) == 0,
                    random.nextInt(3) == 0,
                    random.nextInt(6) == 0);
            loader.with(
                    link.name(),
                    bytes(link, i, i == 0 ? "java/lang/Object" : line.get(i - 1).name()));
            line.add(link);
        }
        try (var recorder = new Recorder()) {
            for (int type = 0; type < line.size(); type++) {
                Object object = loader.loadClass(line.get(type).name().replace('/', '.'))
                        .getDeclaredConstructor()
                        .newInstance();
                for (int by = 0; by <= type; by++) {
                    if (line.get(by).declares()) {
                        recorder.asked();
                        call(loader, line.get(by), object);
                        assertThat(recorder.asked())
                                .as(line + ": K" + type + " called by K" + by)
                                .isEqualTo(expected(line, selected(line, type, by)));
                    }
                }
            }
        }
    }

    /** Whose method runs. */
    private static int selected(List<Link> line, int type, int by) {
        return IntStream.rangeClosed(by, type)
                .filter(at -> at == by || overrides(line, at, by))
                .max()
                .orElseThrow();
    }

    private static byte[] bytes(Link link, int number, String above) {
        var writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC | Opcodes.ACC_SUPER, link.name(), null, above, null);
        if (link.typeDemands()) {
            demand(writer.visitAnnotation(Type.getDescriptor(RequiresPermission.class), true), "type:of:" + number);
        }
        constructor(writer, above);
        if (link.declares()) {
            MethodVisitor method = writer.visitMethod(link.isPublic() ? Opcodes.ACC_PUBLIC : 0, "m", "()V", null, null);
            if (link.demands()) {
                demand(
                        method.visitAnnotation(Type.getDescriptor(RequiresPermission.class), true),
                        "method:of:" + number);
            }
            method.visitCode();
            end(method);
        }
        return writer.toByteArray();
    }

    private static void call(WovenLoader loader, Link by, Object object) throws Exception {
        String caller = by.packageName() + "/Call" + object.getClass().getSimpleName()
                + by.name().substring(2);
        callVirtually(loader, caller, by.name(), "m", object);
    }

    private static void add(List<Node> all, Node node, WovenLoader loader) {
        all.add(node);
        loader.with(node.name(), bytes(node));
    }

    private static List<Node> some(Random random, List<Node> of) {
        return of.stream().filter(node -> random.nextInt(3) == 0).toList();
    }

    private static Node node(Random random, String name, boolean isInterface, Optional<Node> above, List<Node> of) {
        boolean demands = random.nextInt(4) == 0;
        List<Method> methods = IntStream.range(0, METHODS)
                .mapToObj(i -> method(random, "m" + i, isInterface))
                .toList();
        return new Node(name, isInterface, above, of, demands, !demands && random.nextInt(6) == 0, methods);
    }

    private static Method method(Random random, String name, boolean isInterface) {
        Code code = random.nextInt(3) == 0 ? Code.NONE : Code.values()[random.nextInt(Code.values().length)];
        if (isInterface && code == Code.FINAL || !isInterface && code == Code.ABSTRACT) {
            code = Code.CONCRETE;
        }
        boolean demands = random.nextInt(3) == 0;
        int seconds = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0;
        return new Method(name, code, demands, !demands && seconds == 0 && random.nextInt(4) == 0, seconds);
    }

    /** Calls each method, as somebody does who knows the object's class; tells what came of it. */
    private static String call(WovenLoader loader, Node node, Recorder recorder, RecordingRunner runner)
            throws Exception {
        Object object;
        try {
            object = loader.loadClass(node.name().replace('/', '.'))
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (UnguardableException e) {
            assertThat(e.getMessage()).containsAnyOf("by the final method of", "by the default method of");
            return "refused";
        } catch (IncompatibleClassChangeError | VerifyError e) { // a final method is overridden
            return "no class";
        }
        int called = 0;
        for (int i = 0; i < METHODS; i++) {
            recorder.asked();
            runner.runs();
            try {
                invoke(loader, object, "m" + i);
            } catch (IncompatibleClassChangeError e) { // nothing to call
                continue;
            }
            called++;
            if (node.methods().get(i).code() != Code.PRIVATE) {
                assertThat(recorder.asked()).as(node + " m" + i).isEqualTo(node.expected(i));
                checkRuns(node, i, runner.runs());
            }
        }
        return called == 0 ? "nothing to call" : "called";
    }

    /** All limits hold. It is one operation, but for what is inherited for an interface, which may be one of its own. */
    private static void checkRuns(Node node, int method, List<RecordingRunner.Run> runs) {
        List<Integer> seconds = node.seconds(method);
        String call = node + " m" + method;
        if (seconds.isEmpty()) {
            assertThat(runs).as(call).isEmpty();
            return;
        }
        assertThat(runs).as(call).isNotEmpty().allMatch(run -> run.permission().equals("operation:of:m" + method));
        assertThat(runs.stream().mapToLong(RecordingRunner.Run::millis).min())
                .as(call)
                .hasValue(1_000L * Collections.min(seconds));
        if (node.methods().get(method).code() != Code.NONE) {
            assertThat(runs).as(call).hasSize(1);
        }
    }

    /** By invokevirtual, so that the JVM selects the method. */
    private static void invoke(WovenLoader loader, Object object, String method) throws Exception {
        String caller = "model/Call" + object.getClass().getName().substring("model.".length()) + method;
        callVirtually(loader, caller, Type.getInternalName(object.getClass()), method, object);
    }

    private static void callVirtually(WovenLoader loader, String caller, String by, String method, Object object)
            throws Exception {
        var writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, caller, null, "java/lang/Object", null);
        MethodVisitor code = writer.visitMethod(
                Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, "call", "(Ljava/lang/Object;)V", null, null);
        code.visitCode();
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitTypeInsn(Opcodes.CHECKCAST, by);
        code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, by, method, "()V", false);
        code.visitInsn(Opcodes.RETURN);
        code.visitMaxs(0, 0);
        code.visitEnd();
        loader.with(caller, writer.toByteArray());
        try {
            loader.loadClass(caller.replace('/', '.'))
                    .getMethod("call", Object.class)
                    .invoke(null, object);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    // ---- class files ----

    private static byte[] bytes(Node node) {
        var writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        String above = node.above().map(Node::name).orElse("java/lang/Object");
        int flags = node.isInterface() ? Opcodes.ACC_INTERFACE | Opcodes.ACC_ABSTRACT : Opcodes.ACC_SUPER;
        writer.visit(
                Opcodes.V17,
                Opcodes.ACC_PUBLIC | flags,
                node.name(),
                null,
                above,
                node.interfaces().stream().map(Node::name).toArray(String[]::new));
        if (node.demands()) {
            demand(
                    writer.visitAnnotation(Type.getDescriptor(RequiresPermission.class), true),
                    "type:of:" + node.name());
        }
        if (node.unrestricted()) {
            writer.visitAnnotation(Type.getDescriptor(Unrestricted.class), true).visitEnd();
        }
        if (!node.isInterface()) {
            constructor(writer, above);
        }
        node.methods().stream()
                .filter(method -> method.code() != Code.NONE)
                .forEach(method -> add(writer, node.name(), method));
        return writer.toByteArray();
    }

    private static void constructor(ClassWriter writer, String above) {
        MethodVisitor constructor = writer.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
        constructor.visitCode();
        constructor.visitVarInsn(Opcodes.ALOAD, 0);
        constructor.visitMethodInsn(Opcodes.INVOKESPECIAL, above, "<init>", "()V", false);
        end(constructor);
    }

    private static void add(ClassWriter writer, String owner, Method method) {
        int flags =
                switch (method.code()) {
                    case PRIVATE -> Opcodes.ACC_PRIVATE;
                    case FINAL -> Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL;
                    case ABSTRACT -> Opcodes.ACC_PUBLIC | Opcodes.ACC_ABSTRACT;
                    default -> Opcodes.ACC_PUBLIC;
                };
        MethodVisitor visitor = writer.visitMethod(flags, method.name(), "()V", null, null);
        if (method.demands()) {
            demand(
                    visitor.visitAnnotation(Type.getDescriptor(RequiresPermission.class), true),
                    "method:of:" + owner + '.' + method.name());
        }
        if (method.seconds() > 0) {
            AnnotationVisitor operation = visitor.visitAnnotation(Type.getDescriptor(SecureOperation.class), true);
            operation.visit("permission", "operation:of:" + method.name());
            operation.visit("timeLimitMillis", 1_000L * method.seconds());
            operation.visitEnd();
        }
        if (method.unrestricted()) {
            visitor.visitAnnotation(Type.getDescriptor(Unrestricted.class), true)
                    .visitEnd();
        }
        if (method.code() == Code.ABSTRACT) {
            visitor.visitEnd();
        } else {
            visitor.visitCode();
            end(visitor);
        }
    }

    private static void demand(AnnotationVisitor annotation, String permission) {
        AnnotationVisitor value = annotation.visitArray("value");
        value.visit(null, permission);
        value.visitEnd();
        annotation.visitEnd();
    }

    private static void end(MethodVisitor code) {
        code.visitInsn(Opcodes.RETURN);
        code.visitMaxs(0, 0);
        code.visitEnd();
    }
}

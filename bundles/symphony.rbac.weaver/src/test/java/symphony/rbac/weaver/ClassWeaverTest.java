package symphony.rbac.weaver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.RequiresPermission;
import symphony.api.rbac.RequiresPermission.Mode;
import symphony.api.rbac.RequiresPermissions;
import symphony.api.rbac.Unrestricted;

/** Classes as the compiler makes them, woven and called. */
class ClassWeaverTest {
    private final Recorder recorder = new Recorder();
    private final WovenLoader loader = new WovenLoader(ClassWeaverTest.class);

    @AfterEach
    void end() {
        recorder.close();
    }

    private Object make(Class<?> type) throws Exception {
        var constructor = loader.loadClass(type.getName()).getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    @SuppressWarnings("unchecked")
    private <T> T make(Class<?> type, Class<T> as) throws Exception {
        return (T) make(type);
    }

    /** Calls it by its name and returns what it returned. */
    static Object call(Object target, String name, Object... arguments) throws Exception {
        Class<?> type = target instanceof Class<?> of ? of : target.getClass();
        Method method = Stream.<Class<?>>iterate(type, above -> above != null, Class::getSuperclass)
                .flatMap(above -> Stream.of(above.getDeclaredMethods()))
                .filter(found -> found.getName().equals(name)
                        && found.getParameterCount() == arguments.length
                        && !found.isBridge())
                .findFirst()
                .orElseThrow();
        method.setAccessible(true);
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception thrown) {
                throw thrown;
            }
            throw e;
        }
    }

    private void demands(String... permissions) {
        assertThat(recorder.asked()).containsExactlyInAnyOrder(permissions);
    }

    private void refuses(Class<?> type, String... reasons) {
        assertThatExceptionOfType(UnguardableException.class)
                .isThrownBy(() -> loader.loadClass(type.getName()))
                .withMessageContainingAll(reasons);
    }

    // ---- where annotations stand ----

    interface Payments {
        @RequiresPermission("pay:by:interface")
        String pay(String to);
    }

    @RequiresPermission("pay:by:type")
    interface Refunds {
        String refund(String to);

        static String help() {
            return "help";
        }
    }

    abstract static class Base {
        @RequiresPermission("pay:by:superclass")
        public abstract String pay(String to);
    }

    static class Bank extends Base implements Payments, Refunds {
        @Override
        @RequiresPermission("pay:by:method")
        public String pay(String to) {
            return "paid " + to;
        }

        @Override
        public String refund(String to) {
            return "refunded " + to;
        }

        public String free() {
            return "free";
        }
    }

    @Test
    void addsUpWhatMethodInterfaceAndSuperclassDemand() throws Exception {
        Object bank = make(Bank.class);
        assertThat(call(bank, "pay", "ada")).isEqualTo("paid ada");
        demands("pay:by:method", "pay:by:interface", "pay:by:superclass");
        assertThat(call(bank, "refund", "ada")).isEqualTo("refunded ada");
        demands("pay:by:type");
        call(bank, "free");
        demands();
        call(loader.loadClass(Refunds.class.getName()), "help");
        demands("pay:by:type");
    }

    @Test
    void runsNothingOfAMethodThatIsDenied() throws Exception {
        Object counter = make(Counter.class);
        recorder.deny();
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(counter, "count"));
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(counter, "loop"));
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(counter, "tries"));
        assertThat(call(counter, "calls")).isEqualTo(0);
    }

    static class Counter {
        private int calls;

        @RequiresPermission("a:b:c")
        public void count() {
            calls++;
        }

        /** Begins with the target of a jump. */
        @RequiresPermission("a:b:c")
        public void loop() {
            do {
                calls++;
            } while (calls < 3);
        }

        /** Begins with a block that catches all. */
        @RequiresPermission("a:b:c")
        public void tries() {
            try {
                calls++;
            } catch (RuntimeException e) {
                calls = -1;
            } finally {
                calls++;
            }
        }

        public int calls() {
            return calls;
        }
    }

    @Test
    void checksOncePerCallAndNotPerRoundOfALoop() throws Exception {
        Object counter = make(Counter.class);
        call(counter, "loop");
        demands("a:b:c");
        call(counter, "tries");
        assertThat(call(counter, "calls")).isEqualTo(5);
    }

    @Test
    void demandsAllOfSeveralAnnotations() throws Exception {
        call(make(Repeated.class), "call");
        demands("a:b:1", "a:b:2", "a:b:3", "a:b:4");
    }

    @RequiresPermission("a:b:1")
    @RequiresPermission("a:b:2")
    static class Repeated {
        @RequiresPermission({"a:b:3", "a:b:4"})
        @RequiresPermission(value = "a:b:1", mode = Mode.ALL)
        public void call() {}
    }

    // ---- types ----

    @RequiresPermission("type:of:above")
    static class Above {
        protected Above() {
            inside();
        }

        public void inherited() {}

        @Unrestricted
        public void open() {}

        public void overridden() {}

        private void inside() {}

        protected void guarded() {}

        void ofPackage() {}

        static void forAll() {}

        @RequiresPermission("private:of:above")
        private void marked() {}

        @Override
        public String toString() {
            return "Above";
        }
    }

    @RequiresPermission("type:of:below")
    static class Below extends Above {
        static int initialised = 1;

        @Override
        public void open() {}

        @Override
        @Unrestricted
        public void overridden() {}

        public void own() {
            Runnable inside = () -> initialised++;
            inside.run();
        }
    }

    @Unrestricted
    static class Open extends Above {
        public void own() {}

        @Override
        public void overridden() {}
    }

    static class BelowOpen extends Open {
        public void another() {}
    }

    @Test
    void guardsAllThatATypeDeclaresButWhatNobodyCallsFromOutside() throws Exception {
        Object above = make(Above.class);
        demands(); // neither constructor nor private method
        for (String method : List.of("inherited", "guarded", "ofPackage", "forAll", "toString")) {
            call(above, method);
            demands("type:of:above");
        }
        call(above, "open");
        demands();
        call(above, "marked");
        demands("private:of:above");
        assertThat(above.hashCode()).isEqualTo(System.identityHashCode(above));
        demands(); // it declares none
    }

    @Test
    void guardsWhatSubclassesDeclareAsTheirSuperclassesDemand() throws Exception {
        Object below = make(Below.class);
        demands();
        call(below, "own");
        demands("type:of:above", "type:of:below");
        call(below, "inherited");
        demands("type:of:above");
        call(below, "open");
        demands("type:of:below"); // an exception above is no exception from what is demanded here
    }

    @Test
    void takesAwayNothingThatIsDemandedOfAnOverriddenMethod() throws Exception {
        call(make(Below.class), "overridden");
        demands("type:of:above");
        Object open = make(Open.class);
        call(open, "own");
        demands();
        call(open, "overridden");
        demands("type:of:above");
        call(make(BelowOpen.class), "another");
        demands();
    }

    @Test
    void refusesBothAtOnePlace() {
        refuses(Contradicting.class, "Contradicting.call", "@Unrestricted");
        refuses(ContradictingType.class, "ContradictingType", "@Unrestricted");
    }

    static class Contradicting {
        @Unrestricted
        @RequiresPermission("a:b:c")
        public void call() {}
    }

    @Unrestricted
    @RequiresPermission("a:b:c")
    static class ContradictingType {}

    @RequiresPermission("a:b:c")
    record Amount(long cents) {
        @Unrestricted
        @Override
        public long cents() {
            return cents;
        }

        @Override
        @Unrestricted
        public String toString() {
            return "";
        }

        @Override
        @Unrestricted
        public int hashCode() {
            return 1;
        }

        public boolean equals(Object other) {
            return other instanceof Amount;
        }
    }

    @RequiresPermission("a:b:c")
    enum Colour {
        RED {
            @Override
            public void paint() {}
        };

        public void paint() {}

        static Colour valueOf(String name, int times) {
            return RED;
        }
    }

    @Test
    void guardsRecordsAndEnums() throws Exception {
        var constructor = loader.loadClass(Amount.class.getName()).getDeclaredConstructor(long.class);
        constructor.setAccessible(true);
        assertThat(constructor.newInstance(5L).equals("ada")).isFalse();
        demands("a:b:c");
        Class<?> colour = loader.loadClass(Colour.class.getName());
        Object red = colour.getEnumConstants()[0];
        assertThat(call(colour, "valueOf", "RED")).isSameAs(red);
        demands(); // as it is by who switches over it: or nobody could any more
        call(colour, "valueOf", "RED", 1);
        demands("a:b:c"); // of its own
        call(red, "paint");
        demands("a:b:c");
    }

    // ---- generics and what compilers add ----

    interface Sink<T> {
        @RequiresPermission("sink:put:{0}")
        void put(T value);
    }

    interface NumberSink<N extends Number> extends Sink<N> {
        @Override
        void put(N value);
    }

    static class Ints implements NumberSink<Integer> {
        @Override
        public void put(Integer value) {}
    }

    static class MoreInts extends Ints {
        @Override
        public void put(Integer value) {}
    }

    static class Puts {
        public void put(String value) {}

        public Object get() {
            return "got";
        }
    }

    static class Strings extends Puts implements Sink<String> {}

    abstract static class HalfSink<T> implements Sink<List<T>> {
        @Override
        public abstract void put(List<T> value);
    }

    static class WholeSink extends HalfSink<String> {
        @Override
        public void put(List<String> value) {}
    }

    @Test
    void guardsWhatOverridesByAnotherDescriptor() throws Exception {
        for (Class<?> type : List.of(Ints.class, MoreInts.class)) {
            Object ints = make(type);
            call(ints, "put", 7);
            demands("sink:put:7");
        }
        refuses(WholeSink.class, "WholeSink.put", "{0}", "java.util.List");
    }

    /** The method is not the class's own, and its declaring class does not know the interface. */
    @Test
    void guardsWhatAClassInheritsForAnInterface() throws Exception {
        Object strings = make(Strings.class);
        call(strings, "put", "x");
        demands("sink:put:x");
        Method bridge = strings.getClass().getMethod("put", Object.class);
        bridge.setAccessible(true);
        bridge.invoke(strings, "y");
        demands("sink:put:y");
        call(make(Puts.class), "put", "x");
        demands();
        assertThat(call(make(Getter.class), "get")).isEqualTo("got");
        demands("get:it:now");
    }

    interface Gets {
        @RequiresPermission("get:it:now")
        Object get();
    }

    static class Getter extends Puts implements Gets {}

    interface Sized {
        @RequiresPermission("size:of:{0}")
        Object set(int index, Object element);

        @RequiresPermission("size:of:it")
        int size();
    }

    @SuppressWarnings("serial")
    static class Elements extends ArrayList<Object> implements Sized {}

    @Test
    void guardsWhatAClassInheritsFromThePlatformForAnInterface() throws Exception {
        @SuppressWarnings("unchecked")
        List<Object> elements = make(Elements.class, List.class);
        elements.add("a");
        demands();
        assertThat(elements.set(0, "b")).isEqualTo("a");
        demands("size:of:0");
        assertThat(elements).hasSize(1);
        assertThat(recorder.asked()).contains("size:of:it");
    }

    static class Locked {
        public final Object get() {
            return "got";
        }
    }

    static class LockedGetter extends Locked implements Gets {}

    @Test
    void refusesAFinalMethodThatIsInheritedForAnInterface() {
        refuses(LockedGetter.class, "LockedGetter", "get", "final", "Locked");
    }

    static class Covariant implements Gets {
        @Override
        public String get() {
            return "got";
        }
    }

    @Test
    void guardsWhatReturnsMoreThanIsDeclared() throws Exception {
        Object covariant = make(Covariant.class);
        call(covariant, "get");
        demands("get:it:now");
        Method bridge = Stream.of(covariant.getClass().getDeclaredMethods())
                .filter(Method::isBridge)
                .findAny()
                .orElseThrow();
        bridge.setAccessible(true);
        assertThat(bridge.invoke(covariant)).isEqualTo("got");
        demands("get:it:now");
    }

    // ---- methods of a package ----

    /** A class with a method m() that is not public, and with a way to call that. */
    private byte[] inPackage(String name, String above, String permission, boolean calls) {
        var writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC | Opcodes.ACC_SUPER, name, null, above, null);
        MethodVisitor constructor = writer.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
        constructor.visitCode();
        constructor.visitVarInsn(Opcodes.ALOAD, 0);
        constructor.visitMethodInsn(Opcodes.INVOKESPECIAL, above, "<init>", "()V", false);
        returnFrom(constructor);
        MethodVisitor method =
                writer.visitMethod(name.startsWith("q/") ? Opcodes.ACC_PUBLIC : 0, "m", "()V", null, null);
        if (!permission.isEmpty()) {
            var annotation = method.visitAnnotation("Lsymphony/api/rbac/RequiresPermission;", true);
            var value = annotation.visitArray("value");
            value.visit(null, permission);
            value.visitEnd();
            annotation.visitEnd();
        }
        method.visitCode();
        returnFrom(method);
        if (calls) {
            MethodVisitor go = writer.visitMethod(Opcodes.ACC_PUBLIC, "go", "()V", null, null);
            go.visitCode();
            go.visitVarInsn(Opcodes.ALOAD, 0);
            go.visitMethodInsn(Opcodes.INVOKEVIRTUAL, name, "m", "()V", false);
            returnFrom(go);
        }
        return writer.toByteArray();
    }

    private static void returnFrom(MethodVisitor method) {
        method.visitInsn(Opcodes.RETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
    }

    /** The last one does not override the first one by itself, being of another package; but by the one between. */
    @Test
    void guardsWhatOverridesAMethodThatOverridesOneOfItsPackage() throws Exception {
        loader.with("p/A", inPackage("p/A", "java/lang/Object", "vault:open:x", true))
                .with("p/B", publicM(inPackage("p/B", "p/A", "", false)))
                .with("q/C", inPackage("q/C", "p/B", "", false));
        call(loader.loadClass("p.B").getDeclaredConstructor().newInstance(), "go");
        demands("vault:open:x");
        Object c = loader.loadClass("q.C").getDeclaredConstructor().newInstance();
        call(c, "go");
        demands("vault:open:x");
        call(c, "m");
        demands("vault:open:x");
    }

    /** Opens it to other packages. */
    private static byte[] publicM(byte[] bytes) {
        var writer = new ClassWriter(0);
        new ClassReader(bytes)
                .accept(
                        new ClassVisitor(ClassSummary.ASM, writer) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] exceptions) {
                                return super.visitMethod(
                                        access | Opcodes.ACC_PUBLIC, name, descriptor, signature, exceptions);
                            }
                        },
                        0);
        return writer.toByteArray();
    }

    // ---- interfaces with code ----

    interface WithCode {
        @RequiresPermission("code:of:default")
        default String byDefault() {
            return inside();
        }

        @RequiresPermission("code:of:static")
        static String ofAll() {
            return "static";
        }

        @RequiresPermission("code:of:private")
        private String inside() {
            return "inside";
        }
    }

    static class OfCode implements WithCode {}

    static class ForItself implements WithCode {
        @Override
        public String byDefault() {
            return WithCode.super.byDefault();
        }
    }

    @Test
    void guardsTheCodeOfInterfaces() throws Exception {
        Method byDefault = loader.loadClass(WithCode.class.getName()).getMethod("byDefault");
        byDefault.setAccessible(true);
        for (Class<?> type : List.of(OfCode.class, ForItself.class)) {
            assertThat(byDefault.invoke(make(type))).isEqualTo("inside");
            demands("code:of:default", "code:of:private");
        }
        call(loader.loadClass(WithCode.class.getName()), "ofAll");
        demands("code:of:static");
    }

    // ---- arguments ----

    static class Arguments {
        @RequiresPermission("args:of:{0}/{2}/{4}")
        public synchronized String several(long a, double b, String c, int d, Object... e) {
            return a + " " + b + " " + c + " " + d + " " + e.length;
        }

        @RequiresPermission("args:of:{0}/{2}/{3}/{1}")
        public String all(long a, double b, String c, byte d) {
            return a + " " + b + " " + c + " " + d;
        }

        @RequiresPermission("args:of:{6}{5}{4}{3}{2}{1}{0}")
        public static String primitives(boolean a, char b, short c, byte d, int e, float f, double g) {
            return "" + a + b + c + d + e + f + g;
        }
    }

    @Test
    void takesTheArgumentsThatAreNamed() throws Exception {
        Class<?> arguments = loader.with(internal(Arguments.class), without(Arguments.class, "several"))
                .loadClass(Arguments.class.getName());
        var constructor = arguments.getDeclaredConstructor();
        constructor.setAccessible(true);
        assertThat(call(constructor.newInstance(), "all", 1L, 2.5, "x", (byte) 3))
                .isEqualTo("1 2.5 x 3");
        demands("args:of:1/x/3/2.5");
        call(constructor.newInstance(), "all", 1L, 2.5, null, (byte) 3);
        demands("args:of:{0}/{2}/{3}/{1}"); // there is no such permission
        assertThat(call(arguments, "primitives", true, 'c', (short) 1, (byte) 2, 3, 4f, 5d))
                .isEqualTo("truec1234.05.0");
        demands("args:of:5.04.0321ctrue");
    }

    /** The class file without one of its methods. */
    private static byte[] without(Class<?> type, String method) {
        var writer = new ClassWriter(0);
        new ClassReader(bytes(type))
                .accept(
                        new ClassVisitor(ClassSummary.ASM, writer) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] exceptions) {
                                return name.equals(method)
                                        ? null
                                        : super.visitMethod(access, name, descriptor, signature, exceptions);
                            }
                        },
                        0);
        return writer.toByteArray();
    }

    private static String internal(Class<?> type) {
        return type.getName().replace('.', '/');
    }

    private static byte[] bytes(Class<?> type) {
        return LoaderTypes.bytes(type.getClassLoader(), internal(type)).orElseThrow();
    }

    @Test
    void refusesArgumentsThatAreNotThereOrSayNothing() {
        refuses(Arguments.class, "Arguments.several", "{4}", "java.lang.Object[]");
        for (Class<?> type : List.of(OfAnything.class, OfNumber.class, OfText.class, OfEnum.class, OfOpen.class)) {
            refuses(type, ".call", "{0}", "must be a primitive type or its box, an enum, or one of");
        }
        refuses(Missing.class, "Missing.call", "{1}", "1 arguments");
        refuses(Malformed.class, "Malformed.call", "a:b:{x}");
        refuses(Empty.class, "Empty.call", "names no permission");
        refuses(EmptyContainer.class, "EmptyContainer.call", "@RequiresPermissions", "empty");
        refuses(NeverGranted.class, "NeverGranted.call", "pay ments:pay:x", "could never be granted");
    }

    static class EmptyContainer {
        @RequiresPermissions({})
        public void call() {}
    }

    static class NeverGranted {
        @RequiresPermission("pay ments:pay:x")
        public void call() {}
    }

    // ---- annotations of annotations ----

    @RequiresPermission("admin:do:x")
    @Retention(RetentionPolicy.RUNTIME)
    @interface AdminOnly {}

    static class MethodForAdmins {
        @AdminOnly
        public void wipe() {}
    }

    @AdminOnly
    static class ForAdmins {
        public void wipe() {}
    }

    @Deprecated
    static class ForAll {
        @Retained
        public void wipe() {}
    }

    @interface Retained {}

    @Test
    void refusesAnAnnotationThatWouldDemandInVain() throws Exception {
        refuses(MethodForAdmins.class, "AdminOnly", "MethodForAdmins is annotated with it");
        refuses(ForAdmins.class, "AdminOnly", "ForAdmins is annotated with it");
        refuses(AdminOnly.class, "AdminOnly", "it is an annotation");
        call(make(ForAll.class), "wipe");
        demands();
    }

    static class OfAnything {
        @RequiresPermission("a:b:{0}")
        public void call(Object any) {}
    }

    static class OfNumber {
        @RequiresPermission("a:b:{0}")
        public void call(java.math.BigInteger anybodysSubclass) {}
    }

    static class OfText {
        @RequiresPermission("a:b:{0*}")
        public void call(CharSequence changing) {}
    }

    static class OfEnum {
        @RequiresPermission("a:b:{0}")
        public void call(Enum<?> any) {}
    }

    static class OfOpen {
        @RequiresPermission("a:b:{0}")
        public void call(OfOpen any) {}
    }

    static class OfPlain {
        @RequiresPermission("a:b:{0}/{1}/{2}/{3}/{4}")
        public void call(Colour enumOfOurs, TimeUnit enumOfTheJdk, UUID id, Character box, LocalDate day) {}
    }

    @Test
    void takesArgumentsOfWhichNobodyMakesTheText() throws Exception {
        Object plain = make(OfPlain.class);
        Object red = loader.loadClass(Colour.class.getName()).getEnumConstants()[0];
        call(plain, "call", red, TimeUnit.DAYS, new UUID(0, 1), 'c', LocalDate.EPOCH);
        demands("a:b:RED/DAYS/00000000-0000-0000-0000-000000000001/c/1970-01-01");
    }

    static class Missing {
        @RequiresPermission("a:b:{1}")
        public void call(String only) {}
    }

    static class Malformed {
        @RequiresPermission("a:b:{x}")
        public void call(String only) {}
    }

    static class Empty {
        @RequiresPermission({})
        public void call() {}
    }

    // ---- what cannot be guarded ----

    static class Native {
        @RequiresPermission("a:b:c")
        public native void call();
    }

    @Test
    void refusesNativeMethods() {
        refuses(Native.class, "Native.call", "native");
    }

    interface Guarded<T> extends Supplier<T>, Serializable {
        @Override
        @RequiresPermission("a:b:c")
        T get();
    }

    interface Narrower extends Guarded<String> {
        @Override
        String get();
    }

    static class WithLambda {
        public Object make() {
            Guarded<String> guarded = () -> "unguarded";
            return guarded;
        }
    }

    static class WithReference {
        public Object make() {
            Guarded<String> guarded = String::new;
            return guarded;
        }
    }

    static class WithNarrowerLambda {
        public Object make() {
            Narrower guarded = () -> "unguarded";
            return guarded;
        }
    }

    static class WithIntersection {
        public Object make() {
            return (Supplier<String> & Guarded<String>) () -> "unguarded";
        }
    }

    static class WithOther {
        public Object make() {
            Function<String, String> other = "a"::concat;
            Comparator<String> another = (Comparator<String> & Serializable) (a, b) -> 0;
            return List.of(other, another);
        }
    }

    static class WithClass {
        public Object make() {
            return new Guarded<String>() {
                private static final long serialVersionUID = 1L;

                @Override
                public String get() {
                    return "guarded";
                }
            };
        }
    }

    @Test
    void refusesLambdasOfWhatIsGuarded() throws Exception {
        refuses(WithLambda.class, "WithLambda.make", "Guarded", "write a class");
        refuses(WithReference.class, "WithReference.make");
        refuses(WithNarrowerLambda.class, "WithNarrowerLambda.make");
        refuses(WithIntersection.class, "WithIntersection.make");
        call(make(WithOther.class), "make");
        assertThat(((Supplier<?>) call(make(WithClass.class), "make")).get()).isEqualTo("guarded");
        demands("a:b:c");
    }

    @Test
    void refusesClassFilesThatCannotHaveTheCheck() {
        byte[] old = bytes(Counter.class);
        old[7] = Opcodes.V1_6;
        loader.with(internal(Counter.class), old);
        refuses(Counter.class, "Counter", "older than 7");
    }

    @Test
    void refusesWhatItCannotRead() {
        byte[] tooNew = bytes(Counter.class);
        tooNew[7] = (byte) 200;
        loader.with(internal(Counter.class), tooNew);
        refuses(Counter.class, "Counter", "newer Java");
        loader.with(internal(Payments.class), tooNew);
        refuses(Bank.class, "Payments", "newer Java");
    }

    static class Unguarded implements Callable<String> {
        @Override
        public String call() {
            return "unguarded";
        }
    }

    @Test
    void leavesAClassAsItIsOfWhichNothingIsDemanded() {
        assertThat(loader.weave(internal(Unguarded.class))).isEmpty();
        assertThat(loader.weave(internal(Payments.class))).isEmpty();
        assertThat(loader.weave(internal(Bank.class))).isPresent();
    }

    /** As where two weavers are there, before and after an update. */
    @Test
    void checksOnceWhatIsWovenTwice() throws Exception {
        for (Class<?> type : List.of(Bank.class, Strings.class, Elements.class)) {
            byte[] woven = loader.weave(internal(type)).orElseThrow();
            assertThat(loader.with(internal(type), woven).weave(internal(type))).isEmpty();
        }
        var fresh = new WovenLoader(ClassWeaverTest.class);
        fresh.with(internal(Bank.class), fresh.weave(internal(Bank.class)).orElseThrow());
        var constructor = fresh.loadClass(Bank.class.getName()).getDeclaredConstructor();
        constructor.setAccessible(true);
        call(constructor.newInstance(), "pay", "ada");
        demands("pay:by:method", "pay:by:interface", "pay:by:superclass");
        assertThat(recorder.checks()).isEqualTo(1);
    }

    /** That is as new as the JDK that runs: nobody needs to read its class files. */
    @Test
    void readsNoClassFileOfTheJdk() throws Exception {
        byte[] tooNew = bytes(Counter.class);
        tooNew[7] = (byte) 200;
        var newer = new ClassLoader(null) {
            @Override
            public InputStream getResourceAsStream(String name) {
                return new ByteArrayInputStream(tooNew);
            }
        };
        assertThat(new LoaderTypes(newer).find("javax/sql/DataSource"))
                .hasValueSatisfying(type -> assertThat(type.isPlatform()).isTrue());
        assertThatExceptionOfType(UnguardableException.class)
                .isThrownBy(() -> new LoaderTypes(newer).find("javax/sql/DataSauce"));
    }

    /** Guarded methods as they are declared, and those that must be added; nothing else is new. */
    @Test
    void changesNothingElse() {
        byte[] woven = loader.weave(internal(Bank.class)).orElseThrow();
        assertThat(methods(woven)).isEqualTo(methods(bytes(Bank.class)));
        var more = methods(loader.weave(internal(Strings.class)).orElseThrow());
        more.removeAll(methods(bytes(Strings.class)));
        assertThat(more).containsExactly("put(Ljava/lang/String;)V");
    }

    private static Set<String> methods(byte[] bytes) {
        var methods = new LinkedHashSet<String>();
        new ClassReader(bytes)
                .accept(
                        new ClassVisitor(ClassSummary.ASM) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] exceptions) {
                                methods.add(name + descriptor);
                                return null;
                            }
                        },
                        0);
        return methods;
    }
}

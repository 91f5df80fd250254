package symphony.rbac.weaver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.osgi.framework.hooks.weaving.WeavingException;
import org.osgi.framework.hooks.weaving.WovenClass;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.FrameworkWiring;
import symphony.api.nlp.SecureOperation;
import symphony.api.rbac.RequiresPermission;

/** Whatever a class file is, nothing but a WeavingException leaves the hook: else it would be the last one that it saw. */
class GuardHookTest {
    private static final ClassLoader LOADER = GuardHookTest.class.getClassLoader();

    private static final String CHECKS = "symphony.api.rbac.weaving";

    /** Finds all but the checks, as a bundle that has no wire for them. */
    private static final ClassLoader WITHOUT_CHECKS = new ClassLoader(LOADER) {
        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith(CHECKS)) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    };

    private final TestWiring api = new TestWiring("symphony.api");
    private final TestWiring own = new TestWiring("symphony.rbac.weaver").importing(CHECKS, api);
    private final List<BundleCapability> exporters = new ArrayList<>();
    private final FrameworkWiring framework =
            TestWiring.proxy(FrameworkWiring.class, Map.of("findProviders", () -> exporters));
    private final Weaving weaving = new Weaving(own.wiring, framework);
    private final GuardHook hook = new GuardHook(weaving);

    /** Imports dynamically, so that it counts as one that inherits demands, and finds all classes itself. */
    private TestWiring shop = new TestWiring("shop").importingDynamically("*").loadingBy(WITHOUT_CHECKS);

    private final List<String> imports = new ArrayList<>();

    private WovenClass woven(Supplier<byte[]> bytes) {
        return TestWiring.proxy(
                WovenClass.class,
                Map.of(
                        "getBundleWiring", () -> shop.wiring,
                        "getClassName", () -> "shop.Subject",
                        "getBytes", bytes,
                        "getDynamicImports", () -> imports,
                        "getState", () -> WovenClass.DEFINED,
                        "setBytes", () -> null));
    }

    private static byte[] bytes(Class<?> type) {
        return LoaderTypes.bytes(LOADER, type.getName().replace('.', '/')).orElseThrow();
    }

    static class Subject implements Supplier<String> {
        @Override
        @RequiresPermission("a:b:{0}")
        @RequiresPermission("a:b:c")
        public String get() {
            return "got";
        }
    }

    static class Good implements Supplier<String> {
        @Override
        @RequiresPermission("a:b:c")
        public String get() {
            for (Object o : List.of(1, "a")) {
                Runnable run = () -> System.identityHashCode(o);
                run.run();
            }
            return "got";
        }
    }

    static class Operation {
        @SecureOperation(permission = "a:b:{0}", maxInput = 10, timeLimitMillis = 5)
        public String ask(String text) {
            for (Object o : List.of(text, "a")) {
                Runnable run = () -> System.identityHashCode(o);
                run.run();
            }
            return text;
        }
    }

    /** Of a bundle that is wired to nothing of ours; both are of one package. */
    @Test
    void importsOnceForChecksAndOperations() {
        shop = new TestWiring("shop").loadingBy(WITHOUT_CHECKS);
        hook.weave(woven(() -> bytes(Operation.class)));
        assertThat(imports)
                .containsExactly(
                        "symphony.api.rbac.weaving;bundle-symbolic-name=symphony.api;bundle-version=\"[1.2.3,1.2.3]\"");
    }

    /** The warm-up is of no use where it stops half-way. */
    @Test
    void canWeaveItsSamples() {
        Map<String, byte[]> samples = Samples.all();
        byte[] operation = samples.get("warm/Operation");
        byte[] woven = ClassWeaver.weave(operation, ClassSummary.of("warm/Operation", operation), Samples.types())
                .orElseThrow();
        assertThat(ClassWeaver.weave(woven, ClassSummary.of("warm/Operation", woven), Samples.types()))
                .isEmpty();
    }

    @Test
    void weavesAndImportsTheChecksFromOurOwnApi() {
        assertThatCode(() -> hook.weave(woven(() -> bytes(Good.class)))).doesNotThrowAnyException();
        assertThat(imports)
                .containsExactly(
                        "symphony.api.rbac.weaving;bundle-symbolic-name=symphony.api;bundle-version=\"[1.2.3,1.2.3]\"");
    }

    /** It has a wire already, or one that its own dynamic imports have made. */
    @Test
    void importsNothingWhereTheChecksAreThere() {
        shop = new TestWiring("shop").loadingBy(LOADER);
        hook.weave(woven(() -> bytes(Good.class)));
        assertThat(imports).isEmpty();
    }

    /** Whose dynamic import led to somebody who exports a package of that name. */
    @Test
    void refusesAClassWhoseChecksWouldBeSomebodyElses() {
        var evil = new TestWiring("evil");
        shop = new TestWiring("shop").importing(CHECKS, evil).loadingBy(new ClassLoader(LOADER) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                return name.equals(CHECKS + ".PermissionChecks") ? own() : super.loadClass(name, resolve);
            }

            private Class<?> own() {
                var writer = new ClassWriter(0);
                writer.visit(
                        Opcodes.V17, 0, CHECKS.replace('.', '/') + "/PermissionChecks", null, "java/lang/Object", null);
                byte[] bytes = writer.toByteArray();
                return defineClass(CHECKS + ".PermissionChecks", bytes, 0, bytes.length);
            }
        });
        assertThatExceptionOfType(WeavingException.class)
                .isThrownBy(() -> hook.weave(woven(() -> bytes(Good.class))))
                .withMessageContainingAll("comes from evil", "must come from symphony.api");
    }

    @Test
    void refusesAClassWhoseImportCouldLeadToSomebodyElse() {
        exporters.add(api.capability("osgi.wiring.package", CHECKS));
        hook.weave(woven(() -> bytes(Good.class)));
        exporters.add(new TestWiring("symphony.api.of.another").capability("osgi.wiring.package", CHECKS));
        assertThatExceptionOfType(WeavingException.class)
                .isThrownBy(() -> hook.weave(woven(() -> bytes(Good.class))))
                .withMessageContainingAll("is exported by symphony.api.of.another, too", "uninstall that");
    }

    @Test
    void doesNotStartWhereTheApiIsOfNoBundle() {
        var framework = new TestWiring("framework", 0);
        var weaver = new TestWiring("symphony.rbac.weaver").importing(CHECKS, framework);
        assertThatIllegalStateException()
                .isThrownBy(() -> new Weaving(weaver.wiring, this.framework))
                .withMessageContainingAll("comes from framework", "must come from the bundle symphony.api");
    }

    /** Of a bundle that is wired to nothing of ours. */
    @Test
    void weavesAClassThatNamesTheAnnotationsWhateverItsBundleIsWiredTo() {
        shop = new TestWiring("shop").loadingBy(WITHOUT_CHECKS);
        hook.weave(woven(() -> bytes(Free.class)));
        assertThat(imports).isEmpty();
        hook.weave(woven(() -> bytes(Good.class)));
        assertThat(imports).hasSize(1);
    }

    static class Free {
        public String get() {
            return "got";
        }
    }

    @Test
    void readsNoClassOfOthersOfWhichNothingIsDemanded() {
        shop = new TestWiring("shop").loadingBy(WITHOUT_CHECKS);
        byte[] tooNew = bytes(Free.class);
        tooNew[7] = (byte) 200;
        assertThatCode(() -> hook.weave(woven(() -> tooNew))).doesNotThrowAnyException();
        assertThatCode(() -> hook.weave(woven(() -> new byte[0]))).doesNotThrowAnyException();
    }

    @Test
    void saysWhichClassOfWhichBundleIsNotLoadedAndWhy() {
        assertThatExceptionOfType(WeavingException.class)
                .isThrownBy(() -> hook.weave(woven(() -> bytes(Subject.class))))
                .withMessageContainingAll("class shop.Subject of shop is not loaded", "{0}", "0 arguments");
    }

    /** A thousand that cannot be woven, and then one that can. */
    @Test
    void goesOnAfterAnyNumberOfBrokenClasses() {
        var random = new Random(1);
        byte[] good = bytes(Good.class);
        for (int i = 0; i < 1_000; i++) {
            byte[] broken = Arrays.copyOf(good, random.nextInt(good.length));
            assertThatExceptionOfType(WeavingException.class).isThrownBy(() -> hook.weave(woven(() -> broken)));
        }
        assertThat(imports).isEmpty();
        hook.weave(woven(() -> good));
        assertThat(imports).hasSize(1);
    }

    @Property(tries = 5_000)
    void throwsNothingElseWhateverTheClassFileHolds(@ForAll Random random) {
        byte[] bytes = bytes(random.nextBoolean() ? Good.class : Operation.class);
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        try {
            hook.weave(woven(() -> bytes));
        } catch (WeavingException e) {
            assertThat(e).hasMessageContaining("is not loaded");
        }
    }

    @Test
    void refusesAMethodThatIsTooLargeWithTheCheck() {
        var writer = new ClassWriter(0);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "shop/Large", null, "java/lang/Object", null);
        MethodVisitor method = writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, "large", "()V", null, null);
        var annotation = method.visitAnnotation("Lsymphony/api/rbac/RequiresPermission;", true);
        var value = annotation.visitArray("value");
        value.visit(null, "a:b:c");
        value.visitEnd();
        annotation.visitEnd();
        method.visitCode();
        for (int i = 0; i < 65_533; i++) {
            method.visitInsn(Opcodes.NOP);
        }
        method.visitInsn(Opcodes.RETURN);
        method.visitMaxs(0, 0);
        method.visitEnd();
        assertThatExceptionOfType(WeavingException.class)
                .isThrownBy(() -> hook.weave(woven(writer::toByteArray)))
                .withMessageContaining("could not be woven");
    }

    @ParameterizedTest
    @ValueSource(classes = {OutOfMemoryError.class, StackOverflowError.class, LinkageError.class, Error.class})
    void throwsNothingElseWhereTheMachineFails(Class<? extends Error> type) throws Exception {
        Error failure = type.getDeclaredConstructor().newInstance();
        assertThatExceptionOfType(WeavingException.class)
                .isThrownBy(() -> hook.weave(woven(() -> {
                    throw failure;
                })));
    }

    /** It fails again while it says so. */
    @Test
    void throwsNothingElseWhereItCannotEvenSayWhy() {
        WovenClass hopeless = TestWiring.proxy(
                WovenClass.class,
                Map.of(
                        "getBundleWiring", () -> shop.wiring,
                        "getClassName",
                                () -> {
                                    throw new OutOfMemoryError("a test says");
                                },
                        "getBytes", () -> new byte[0]));
        assertThatExceptionOfType(WeavingException.class)
                .isThrownBy(() -> hook.weave(hopeless))
                .withMessageContaining("no memory or no stack");
    }

    @Test
    void leavesItsOwnClassesAlone() {
        for (TestWiring wiring : List.of(own, api)) {
            WovenClass ours = TestWiring.proxy(
                    WovenClass.class, Map.of("getBundleWiring", () -> wiring.wiring, "getBytes", () -> {
                        throw new AssertionError("was looked at");
                    }));
            assertThatCode(() -> hook.weave(ours)).doesNotThrowAnyException();
        }
    }

    @Test
    void warmsUp() {
        assertThatCode(() -> weaving.warmUp()).doesNotThrowAnyException();
    }
}

package symphony.rbac.weaver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.reflect.Proxy;
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
import org.osgi.framework.Bundle;
import org.osgi.framework.hooks.weaving.WeavingException;
import org.osgi.framework.hooks.weaving.WovenClass;
import org.osgi.framework.wiring.BundleWiring;
import symphony.api.rbac.RequiresPermission;

/** Whatever a class file is, nothing but a WeavingException leaves the hook: else it would be the last one that it saw. */
class GuardHookTest {
    private static final ClassLoader LOADER = GuardHookTest.class.getClassLoader();

    private final BundleWiring weaver = wiring(1, "symphony.rbac.weaver", () -> List.of());
    private final GuardHook hook = new GuardHook(new Weaving(weaver));

    /** Not in use, so that it counts as one that demands permissions, and finds all classes itself. */
    private final BundleWiring shop = wiring(7, "shop", () -> List.of());

    private static BundleWiring wiring(long id, String name, Supplier<List<?>> wires) {
        Bundle bundle = proxy(Bundle.class, Map.of("getBundleId", () -> id, "getSymbolicName", () -> name));
        return proxy(
                BundleWiring.class,
                Map.of(
                        "getBundle",
                        () -> bundle,
                        "isInUse",
                        () -> id == 1,
                        "getRequiredWires",
                        wires,
                        "getCapabilities",
                        List::of,
                        "getRequirements",
                        List::of,
                        "listResources",
                        List::of,
                        "getClassLoader",
                        () -> LOADER));
    }

    private static <T> T proxy(Class<T> type, Map<String, Supplier<?>> answers) {
        return type.cast(Proxy.newProxyInstance(LOADER, new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return switch (method.getName()) {
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> 1;
                    default -> type.getSimpleName();
                };
            }
            return answers.get(method.getName()).get();
        }));
    }

    private final List<String> imports = new ArrayList<>();

    private WovenClass woven(Supplier<byte[]> bytes) {
        return proxy(
                WovenClass.class,
                Map.of(
                        "getBundleWiring", () -> shop,
                        "getClassName", () -> "shop.Subject",
                        "getBytes", bytes,
                        "getDynamicImports", () -> imports,
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

    @Test
    void weavesAndImportsTheChecksFromOurOwnApi() {
        assertThatCode(() -> hook.weave(woven(() -> bytes(Good.class)))).doesNotThrowAnyException();
        assertThat(imports)
                .containsExactly("symphony.api.rbac.weaving;bundle-symbolic-name=symphony.api;version=\"[1.0,2)\"");
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
        byte[] bytes = bytes(Good.class);
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
        WovenClass hopeless = proxy(
                WovenClass.class,
                Map.of(
                        "getBundleWiring", () -> shop,
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
        WovenClass own = proxy(WovenClass.class, Map.of("getBundleWiring", () -> weaver, "getBytes", () -> {
            throw new AssertionError("was looked at");
        }));
        assertThatCode(() -> hook.weave(own)).doesNotThrowAnyException();
    }

    @Test
    void warmsUp() {
        assertThatCode(() -> new Weaving(weaver).warmUp()).doesNotThrowAnyException();
    }
}

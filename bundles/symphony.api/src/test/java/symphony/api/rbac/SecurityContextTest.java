package symphony.api.rbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleReference;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

class SecurityContextTest {
    private final SecurityContext.Issuer issuer = SecurityContext.issuer(MethodHandles.lookup());
    private final SecurityContext shop = issuer.of("shop");
    private final SecurityContext bank = issuer.of("bank");

    @Test
    void isNobodysWhereNoneIsBound() {
        assertThat(SecurityContext.current().principal()).isEmpty();
        assertThat(SecurityContext.current().user()).isEmpty();
        assertThat(SecurityContext.current().via()).isEmpty();
        assertThat(SecurityContext.current()).hasToString("nobody");
    }

    @Test
    void isBoundForABlockAndNoLonger() throws Exception {
        shop.run(() -> {
            assertThat(SecurityContext.current()).isSameAs(shop);
            bank.run(() -> assertThat(SecurityContext.current()).isSameAs(bank));
            assertThat(SecurityContext.current()).isSameAs(shop);
        });
        assertThat(SecurityContext.current().principal()).isEmpty();
        assertThat(shop.call(SecurityContext::current)).isSameAs(shop);
        assertThat(SecurityContext.current().principal()).isEmpty();
    }

    @Test
    void isBoundNoLongerWhateverTheBlockThrows() {
        shop.run(() -> {
            assertThatIllegalStateException()
                    .isThrownBy(() -> bank.run(() -> {
                        throw new IllegalStateException("a test says");
                    }));
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> bank.call(() -> {
                        throw new IOException("a test says");
                    }));
            assertThat(SecurityContext.current()).isSameAs(shop);
        });
        assertThat(SecurityContext.current().principal()).isEmpty();
    }

    /** Unbinding must need no stack: otherwise whoever catches the error goes on in a name that is not its own. */
    @Test
    @Timeout(60)
    void isBoundNoLongerThoughTheStackRanOut() throws Exception {
        var wrong = new AtomicInteger();
        var deep = new FutureTask<>(
                () -> {
                    for (int padding = 0; padding < 200; padding++) { // to run out of it at other places
                        pad(padding, wrong);
                    }
                },
                null);
        new Thread(null, deep, "little stack", 256 << 10).start();
        deep.get(50, TimeUnit.SECONDS);
        assertThat(wrong).hasValue(0);
    }

    private void pad(int padding, AtomicInteger wrong) {
        if (padding > 0) {
            pad(padding - 1, wrong);
        } else {
            shop.run(() -> sink(shop, bank, wrong));
        }
    }

    private void sink(SecurityContext mine, SecurityContext next, AtomicInteger wrong) {
        try {
            next.run(() -> sink(next, mine, wrong));
        } catch (StackOverflowError e) {
            if (SecurityContext.current() != mine) {
                wrong.incrementAndGet();
            }
        }
    }

    @Test
    void leavesNothingOnAThread() throws Exception {
        Field bound = SecurityContext.class.getDeclaredField("BOUND");
        bound.setAccessible(true);
        var local = (ThreadLocal<?>) bound.get(null);
        shop.run(() -> bank.run(() -> assertThat(local.get()).isNotNull()));
        assertThat(local.get()).isNull();
    }

    @Test
    void reachesNoOtherThreadUnlessItIsCarriedOver() throws Exception {
        shop.run(() -> {
            SecurityContext mine = SecurityContext.current();
            assertThat(onAThread(() -> {})).isEqualTo("nobody");
            assertThat(CompletableFuture.supplyAsync(
                                    () -> SecurityContext.current().toString())
                            .join())
                    .isEqualTo("nobody");
            var carried = new CompletableFuture<String>();
            onAThread(() ->
                    mine.run(() -> carried.complete(SecurityContext.current().toString())));
            assertThat(carried).isCompletedWithValue("shop");
        });
    }

    /** What is bound there after it ran something. */
    private static String onAThread(Runnable something) {
        var task = new FutureTask<>(() -> {
            something.run();
            return SecurityContext.current().toString();
        });
        new Thread(task).start();
        try {
            return task.get(50, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void tellsWhoAndForWhomAndViaWhom() {
        SecurityContext full = issuer.via(issuer.forUser(shop, "user:ada"), "web");
        assertThat(full.principal()).contains("shop");
        assertThat(full.user()).contains("user:ada");
        assertThat(full.via()).contains("web");
        assertThat(full.by()).isEmpty();
        assertThat(full).hasToString("shop for user:ada via web");
        SecurityContext taken = issuer.via(issuer.forUser(issuer.by(shop, "bank"), "user:ada"), "web");
        assertThat(taken.by()).contains("bank");
        assertThat(issuer.by(full, "bank")).hasToString("shop for user:ada via web by bank");
        assertThatIllegalArgumentException().isThrownBy(() -> issuer.of(""));
    }

    @Test
    void isBoundByAnIssuerUntilItBindsWhatWasBefore() {
        SecurityContext before = issuer.bind(shop);
        assertThat(SecurityContext.current()).isSameAs(shop);
        assertThat(issuer.bind(before)).isSameAs(shop);
        assertThat(SecurityContext.current().principal()).isEmpty();
    }

    // ---- who may make contexts ----

    @Test
    void isMadeByNobodyWithoutALookupOfItsOwn() {
        assertThatExceptionOfType(SecurityException.class)
                .isThrownBy(() -> SecurityContext.issuer(MethodHandles.publicLookup()));
        assertThatExceptionOfType(SecurityException.class)
                .isThrownBy(() -> SecurityContext.issuer(MethodHandles.lookup().in(String.class)));
    }

    /** A loader that says that its classes are of one of our bundles: anybody can write one. */
    @Test
    void isMadeByNoClassWhoseLoaderOnlyCallsItselfOurs() throws Exception {
        for (String name : List.of("symphony.dispatcher", "symphony.rbac.weaver", "shop")) {
            Class<?> asking = new Pretending(name).loadClass(Asking.class.getName());
            assertThat(FrameworkUtil.getBundle(asking).getSymbolicName()).isEqualTo(name);
            assertThatExceptionOfType(InvocationTargetException.class)
                    .isThrownBy(() -> asking.getMethod("ask").invoke(null))
                    .havingCause()
                    .isInstanceOf(SecurityException.class)
                    .withMessageContainingAll(
                            "Asking may not make security contexts", "symphony.api.rbac.SecurityContexts");
        }
    }

    /** As the framework has wired them; without a framework, here, that of the test stands for a bundle's. */
    @Test
    void isMadeByTheBundlesOfOursThatAreWiredAndByNoOther() {
        ClassLoader dispatcher = new Pretending("any");
        ClassLoader shop = new Pretending("symphony.dispatcher");
        List<BundleWiring> api = List.of(
                providing(null),
                providing(List.of(
                        requirer("symphony.dispatcher", dispatcher),
                        requirer("shop", shop),
                        requirer(null, new Pretending("none")))));
        assertThat(Issuers.contain(dispatcher, api)).isTrue();
        assertThat(Issuers.contain(shop, api)).isFalse();
        assertThat(Issuers.contain(new Pretending("symphony.dispatcher"), api)).isFalse();
        assertThat(Issuers.contain(null, api)).isFalse();
        assertThat(Issuers.contain(dispatcher, List.of())).isFalse();
    }

    private static BundleWiring providing(List<BundleWire> wires) {
        return proxy(BundleWiring.class, "getProvidedWires", wires);
    }

    private static BundleWire requirer(String symbolicName, ClassLoader loader) {
        var wiring = (BundleWiring) Proxy.newProxyInstance(
                SecurityContextTest.class.getClassLoader(),
                new Class<?>[] {BundleWiring.class},
                (proxy, method, arguments) -> method.getName().equals("getClassLoader")
                        ? loader
                        : proxy(Bundle.class, "getSymbolicName", symbolicName));
        return proxy(BundleWire.class, "getRequirerWiring", wiring);
    }

    private static <T> T proxy(Class<T> type, String name, Object answer) {
        return type.cast(Proxy.newProxyInstance(
                SecurityContextTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> method.getName().equals(name) ? answer : null));
    }

    /** Is loaded by {@link Pretending}. */
    public static final class Asking {
        public static Object ask() {
            return SecurityContext.issuer(MethodHandles.lookup());
        }
    }

    private static final class Pretending extends ClassLoader implements BundleReference {
        private final String symbolicName;

        Pretending(String symbolicName) {
            super(Pretending.class.getClassLoader());
            this.symbolicName = symbolicName;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(Asking.class.getName())) {
                return super.loadClass(name, resolve);
            }
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }

        @Override
        public Bundle getBundle() {
            return proxy(Bundle.class, "getSymbolicName", symbolicName);
        }
    }
}

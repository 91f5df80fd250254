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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleReference;

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
        assertThat(full).hasToString("shop for user:ada via web");
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

    @Test
    void isMadeByTheBundlesThatBindContextsAndByNoOther() throws Exception {
        assertThat(issuerFor("symphony.dispatcher")).isNotNull();
        assertThatExceptionOfType(SecurityException.class)
                .isThrownBy(() -> issuerFor("shop"))
                .withMessage("shop may not make security contexts; get the service symphony.api.rbac.SecurityContexts");
        assertThatExceptionOfType(SecurityException.class).isThrownBy(() -> issuerFor(null));
    }

    /** As a class of a bundle with this name gets it. */
    private static Object issuerFor(String symbolicName) throws Exception {
        Class<?> asking = new OfABundle(symbolicName).loadClass(Asking.class.getName());
        try {
            return asking.getMethod("ask").invoke(null);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof SecurityException denied ? denied : e;
        }
    }

    /** Is loaded by {@link OfABundle}. */
    public static final class Asking {
        public static Object ask() {
            return SecurityContext.issuer(MethodHandles.lookup());
        }
    }

    private static final class OfABundle extends ClassLoader implements BundleReference {
        private final String symbolicName;

        OfABundle(String symbolicName) {
            super(OfABundle.class.getClassLoader());
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
            return (Bundle) Proxy.newProxyInstance(
                    getParent(),
                    new Class<?>[] {Bundle.class},
                    (proxy, method, arguments) -> method.getName().equals("getSymbolicName") ? symbolicName : null);
        }
    }
}

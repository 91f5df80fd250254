package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.BundleWiring;
import symphony.api.event.EventSystem;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.SecurityContexts;
import symphony.it.guarded.GuardedBase;
import symphony.it.guarded.GuardedContract;
import symphony.it.guarded.GuardedContractActivator;
import symphony.it.handler.BaseVault;
import symphony.it.handler.ContractVault;
import symphony.it.handler.HeirActivator;
import symphony.it.handler.LateVault;
import symphony.it.handler.OpenVault;
import symphony.it.handler.Vault;
import symphony.it.handler.VaultActivator;

/** Methods that demand permissions, in bundles that come and go, as does what guards them. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class WeaverIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final String WEAVER = "symphony.rbac.weaver";
    private static final String REQUIRES = "osgi.extender;filter:=\"(osgi.extender=symphony.rbac.weaver)\"";
    private static final String IMPORTS = "org.osgi.framework,symphony.api.event,symphony.api.rbac;version=\"[1.2,2)\"";

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    private final Set<String> grants = ConcurrentHashMap.newKeySet();
    private final List<Bundle> installed = new ArrayList<>();
    private ServiceRegistration<AccessControl> access;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(WeaverIT.class));
    }

    @Before
    public void control() {
        // Events are not what this is about.
        AccessControl control = (principal, permission) -> new Decision(
                permission.domain().equals("event") || grants.contains(principal + ' ' + permission), "the test's own");
        access = context.registerService(AccessControl.class, control, epoch(1));
        grants.add(context.getBundle().getSymbolicName() + " context:run-as:visitor");
        grants.add("visitor vault:open:gold");
    }

    private static Hashtable<String, Object> epoch(long epoch) {
        return new Hashtable<>(Map.of(AccessControl.POLICY_EPOCH, epoch));
    }

    @After
    public void remove() throws Exception {
        access.unregister();
        for (Bundle bundle : installed) {
            bundle.uninstall();
        }
        Refresh.of(context, installed, DEADLINE);
        assertEquals("the weaver is as it was", Bundle.ACTIVE, weaver().getState());
    }

    // ---- bundles ----

    private Bundle install(String name, byte[] jar) throws BundleException {
        Bundle bundle = context.installBundle("it:" + name, new ByteArrayInputStream(jar));
        bundle.adapt(BundleStartLevel.class).setStartLevel(50); // as in the product, and after the weaver
        installed.add(bundle);
        return bundle;
    }

    private static byte[] vaultJar() {
        return HandlerJar.of(
                VaultActivator.class,
                "it.vault",
                Map.of("Import-Package", IMPORTS, "Require-Capability", REQUIRES),
                Vault.class,
                LateVault.class,
                OpenVault.class);
    }

    private Bundle startVault() throws BundleException {
        Bundle vault = install("it.vault", vaultJar());
        vault.start();
        return vault;
    }

    private Bundle weaver() {
        return Stream.of(context.getBundles())
                .filter(bundle -> WEAVER.equals(bundle.getSymbolicName()))
                .findAny()
                .orElseThrow();
    }

    private static InputStream weaverJar() throws IOException {
        return Files.newInputStream(Product.artifact(WEAVER));
    }

    private static <T> ServiceReference<T> reference(BundleContext from, Class<T> type, String vault) {
        try {
            return from.getServiceReferences(type, "(vault=" + vault + ")").stream()
                    .findAny()
                    .orElseThrow(() -> new AssertionError("no vault " + vault));
        } catch (InvalidSyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private String gold() throws Exception {
        return (String)
                context.getService(reference(context, Callable.class, "gold")).call();
    }

    private static Callable<?> make(Bundle bundle, Class<?> type) throws ReflectiveOperationException {
        return (Callable<?>)
                bundle.loadClass(type.getName()).getDeclaredConstructor().newInstance();
    }

    private <T> T asVisitor(Callable<T> block) throws Exception {
        var contexts = context.getService(context.getServiceReference(SecurityContexts.class));
        return contexts.of("visitor").call(block);
    }

    private static void denied(Callable<?> call) {
        assertThrows(AccessDeniedException.class, call::call);
    }

    private void deniedButToTheVisitor(Callable<String> call) throws Exception {
        denied(call);
        assertEquals("gold", asVisitor(call));
        denied(call);
    }

    // ---- ways to get at an object ----

    @Test
    public void aMethodIsGuardedHoweverItsObjectIsComeBy() throws Exception {
        Bundle vault = startVault();
        deniedButToTheVisitor(this::gold);
        BundleContext system =
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getBundleContext();
        deniedButToTheVisitor(() -> (String)
                system.getService(reference(system, Callable.class, "gold")).call());
        deniedButToTheVisitor(() -> (String) ((Callable<?>) registered(vault)).call());
        deniedButToTheVisitor(() -> (String) make(vault, Vault.class).call());
        deniedButToTheVisitor(() -> {
            Object object = make(vault, Vault.class);
            try {
                return (String) object.getClass().getMethod("call").invoke(object);
            } catch (InvocationTargetException e) {
                throw (Exception) e.getCause();
            }
        });
        deniedButToTheVisitor(() -> {
            Object object = make(vault, Vault.class);
            try {
                return (String) MethodHandles.publicLookup()
                        .findVirtual(object.getClass(), "call", MethodType.methodType(String.class))
                        .invoke(object);
            } catch (Exception | Error e) {
                throw e;
            } catch (Throwable t) {
                throw new AssertionError(t);
            }
        });
        deniedButToTheVisitor(() -> (String)
                context.getService(reference(context, Supplier.class, "inside")).get());
    }

    private Object registered(Bundle vault) {
        ServiceReference<?> reference = Stream.of(vault.getRegisteredServices())
                .filter(found -> "gold".equals(found.getProperty("vault")))
                .findAny()
                .orElseThrow();
        return context.getService(reference);
    }

    @Test
    public void aMethodIsGuardedByWhatOnlyASupertypeOfAnotherBundleDemands() throws Exception {
        install(
                        "it.contract",
                        HandlerJar.of(
                                GuardedContractActivator.class,
                                "it.contract",
                                Map.of(
                                        "Import-Package", IMPORTS,
                                        "Export-Package", "symphony.it.guarded",
                                        "Require-Capability", REQUIRES),
                                GuardedContract.class,
                                GuardedBase.class))
                .start();
        // Neither a requirement nor the package of the annotation.
        install(
                        "it.heir",
                        HandlerJar.of(
                                HeirActivator.class,
                                "it.heir",
                                Map.of("Import-Package", "org.osgi.framework,symphony.it.guarded"),
                                ContractVault.class,
                                BaseVault.class,
                                LateVault.class))
                .start();
        for (String by : List.of("interface", "superclass", "type")) {
            String permission = "vault:open:" + (by.equals("type") ? "late" : by);
            Supplier<?> supplier = context.getService(reference(context, Supplier.class, by));
            AccessDeniedException denied = assertThrows(AccessDeniedException.class, supplier::get);
            assertEquals(permission, denied.permission());
            grants.add("visitor " + permission);
            assertTrue(asVisitor(() -> (String) supplier.get()).length() > 0);
        }
    }

    @Test
    public void aHandlerCallsInTheNameOfItsBundle() throws Exception {
        var told = new LinkedBlockingQueue<String>();
        Consumer<String> tell = told::add;
        ServiceRegistration<?> consumer = context.registerService(Consumer.class, tell, null);
        try {
            startVault();
            await("subscribed")
                    .atMost(DEADLINE)
                    .until(() -> events.publish("vault/open", Map.of()).accepted() == 1);
            String me = context.getBundle().getSymbolicName();
            assertEquals("it.vault via " + me + ": denied vault:open:gold", told.poll(60, TimeUnit.SECONDS));
            grants.add("it.vault vault:open:gold");
            events.publish("vault/open", Map.of()).orThrow();
            assertEquals("it.vault via " + me + ": gold", told.poll(60, TimeUnit.SECONDS));
        } finally {
            consumer.unregister();
        }
    }

    // ---- access control comes, changes and goes ----

    @Test
    public void aGrantThatIsTakenAwayIsGoneWithTheNextCall() throws Exception {
        startVault();
        assertEquals("gold", asVisitor(this::gold));
        grants.remove("visitor vault:open:gold");
        access.setProperties(epoch(2));
        denied(() -> asVisitor(this::gold));
        grants.add("visitor vault:open:gold");
        assertEquals("gold", asVisitor(this::gold));
    }

    @Test
    public void everybodyMayWhileNobodyDecidesAndNobodyFromThenOn() throws Exception {
        startVault();
        denied(this::gold);
        access.unregister();
        assertEquals("gold", gold());
        control();
        denied(this::gold);
        assertEquals("gold", asVisitor(this::gold));
    }

    // ---- the weaver is not there, stopped, late, updated ----

    @Test
    public void aBundleThatDemandsIsNotResolvedWithoutTheWeaver() throws Exception {
        Bundle vault = startVault();
        Bundle weaver = weaver();
        String location = weaver.getLocation();
        int level = weaver.adapt(BundleStartLevel.class).getStartLevel();
        weaver.uninstall();
        try {
            denied(this::gold); // it is still wired to it
            Refresh.of(context, List.of(weaver), DEADLINE);
            assertEquals(Bundle.INSTALLED, vault.getState());
            assertThrows(BundleException.class, vault::start);
        } finally {
            Bundle again = context.installBundle(location, weaverJar());
            again.adapt(BundleStartLevel.class).setStartLevel(level);
            again.start();
        }
        vault.start();
        deniedButToTheVisitor(this::gold);
    }

    @Test
    public void nothingGuardedRunsWhileTheWeaverIsStopped() throws Exception {
        Bundle vault = startVault();
        ClassLoader before = make(vault, Vault.class).getClass().getClassLoader();
        grants.add("visitor vault:open:late");
        weaver().stop();
        try {
            denied(this::gold);
            denied(() -> make(vault, LateVault.class).call()); // loaded only now
            assertEquals("open", make(vault, OpenVault.class).call());
        } finally {
            weaver().start();
        }
        deniedButToTheVisitor(this::gold);
        assertEquals("late gold", asVisitor(() -> make(vault, LateVault.class).call()));
        assertSame(
                "was never resolved anew",
                before,
                make(vault, Vault.class).getClass().getClassLoader());
        assertEquals(1, hooks());
    }

    @Test
    public void whatWasThereBeforeTheWeaverIsGuardedOnceItHasStarted() throws Exception {
        weaver().stop();
        Refresh.of(context, List.of(weaver()), DEADLINE);
        assertEquals("hooks that nobody is wired to", 0, hooks());
        Bundle vault = startVault(); // resolves the weaver, and does not start it
        assertEquals("gold", gold());
        ClassLoader before = make(vault, Vault.class).getClass().getClassLoader();
        weaver().start();
        await("it is resolved anew").atMost(DEADLINE).until(() -> isGuarded(vault, before));
        deniedButToTheVisitor(this::gold);
    }

    private boolean isGuarded(Bundle vault, ClassLoader before) throws Exception {
        return vault.getState() == Bundle.ACTIVE
                && make(vault, Vault.class).getClass().getClassLoader() != before;
    }

    @Test
    public void nothingRunsUnguardedWhileTheWeaverIsUpdated() throws Exception {
        Bundle vault = startVault();
        var loader = loader(weaver());
        var before = new WeakReference<>(make(vault, Vault.class).getClass());
        weaver().update(weaverJar());
        assertEquals(Bundle.ACTIVE, weaver().getState());
        deniedButToTheVisitor(this::gold); // wired to the old one, answered by the new one
        denied(() -> make(vault, LateVault.class).call()); // loaded only now
        Refresh.of(context, List.of(weaver()), DEADLINE);
        await("both are back")
                .atMost(DEADLINE)
                .until(() -> vault.getState() == Bundle.ACTIVE && weaver().getState() == Bundle.ACTIVE);
        assertNotSame(before.get(), make(vault, Vault.class).getClass());
        deniedButToTheVisitor(this::gold);
        await("the old hook has left").atMost(DEADLINE).until(() -> hooks() == 1);
        awaitCollected(List.of(loader));
    }

    private static WeakReference<ClassLoader> loader(Bundle bundle) {
        return new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader());
    }

    private static void awaitCollected(List<WeakReference<ClassLoader>> loaders) {
        await("old class loaders collected")
                .atMost(60, TimeUnit.SECONDS)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    System.gc();
                    return loaders.stream().noneMatch(loader -> loader.get() != null);
                });
    }

    @Test
    public void nothingIsKeptOfABundleThatIsUpdated() throws Exception {
        Bundle vault = startVault();
        var loaders = new ArrayList<WeakReference<ClassLoader>>();
        for (int i = 0; i < 10; i++) {
            deniedButToTheVisitor(this::gold);
            loaders.add(loader(vault));
            vault.update(new ByteArrayInputStream(vaultJar()));
            Refresh.of(context, List.of(vault), DEADLINE);
        }
        deniedButToTheVisitor(this::gold);
        awaitCollected(loaders);
    }

    /** Ours. */
    private int hooks() throws Exception {
        BundleContext system =
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getBundleContext();
        return (int) system.getServiceReferences(WeavingHook.class, null).stream()
                .filter(hook -> system.getService(hook).getClass().getName().startsWith(WEAVER))
                .count();
    }

    // ---- classes that cannot be woven ----

    @Test
    public void onlyTheClassesThatCannotBeWovenAreRefusedHoweverManyTheyAre() throws Exception {
        byte[] good = HandlerJar.classFile(Vault.class);
        byte[] tooNew = good.clone();
        tooNew[7] = (byte) 200;
        byte[] broken = Arrays.copyOf(good, good.length / 2);
        Bundle bad = install(
                "it.bad",
                HandlerJar.of(
                        VaultActivator.class,
                        "it.bad",
                        Map.of("Import-Package", IMPORTS, "Require-Capability", REQUIRES),
                        Map.of("bad/TooNew.class", tooNew, "bad/Broken.class", broken),
                        Vault.class,
                        OpenVault.class));
        bad.start();
        for (int i = 0; i < 1_000; i++) {
            String name = i % 2 == 0 ? "bad.TooNew" : "bad.Broken";
            Throwable thrown = assertThrows(Throwable.class, () -> bad.loadClass(name));
            assertTrue(thrown.toString(), thrown instanceof LinkageError || thrown instanceof ClassNotFoundException);
        }
        assertEquals("open", make(bad, OpenVault.class).call());
        bad.stop();
        Bundle vault = startVault();
        deniedButToTheVisitor(this::gold);
        denied(() -> make(vault, LateVault.class).call());
    }

    /**
     * Where a class is loaded with hardly any stack left, at each depth. Not in Equinox, which then sometimes keeps the lock of a
     * bundle's file for ever, so that the bundle cannot be uninstalled.
     */
    @Test
    public void aClassThatIsLoadedWithoutStackDoesNotEndTheGuarding() throws Exception {
        assumeTrue(System.getProperty("framework").contains("felix"));
        int copies = 400;
        byte[] original = HandlerJar.classFile(OpenVault.class);
        var files = new HashMap<String, byte[]>();
        IntStream.range(0, copies)
                .forEach(i -> files.put(copy(i).replace('.', '/') + ".class", renamed(original, copy(i))));
        Bundle deep = install(
                "it.deep",
                HandlerJar.of(
                        VaultActivator.class,
                        "it.deep",
                        Map.of("Import-Package", IMPORTS, "Require-Capability", REQUIRES),
                        files,
                        Vault.class,
                        OpenVault.class));
        deep.start();
        var sink = new Sink(deep, copies);
        var task = new FutureTask<>(
                () -> {
                    while (sink.next < copies) {
                        sink.sink();
                    }
                },
                null);
        new Thread(null, task, "little stack", 512 << 10).start();
        task.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertTrue(
                "ran out of stack, and had enough higher up: " + sink.failed, sink.failed > 0 && sink.failed < copies);
        deep.stop();
        Bundle vault = startVault();
        deniedButToTheVisitor(this::gold);
        denied(() -> make(vault, LateVault.class).call());
    }

    private static String copy(int number) {
        return String.format("symphony.it.handler.Copy%05d", number);
    }

    /** Of a name as long as the one it had. */
    private static byte[] renamed(byte[] original, String name) {
        String before = OpenVault.class.getName().replace('.', '/');
        assertEquals(before.length(), name.length());
        String text = new String(original, StandardCharsets.ISO_8859_1);
        return text.replace(before, name.replace('.', '/')).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Calls itself until there is no stack left, and loads classes on the way back, at places with more and more of it. */
    private static final class Sink {
        private static final int TRIES = 100;
        private static final int STEP = 7;

        private final Bundle bundle;
        private final int copies;
        private int next;
        private int failed;
        private int left;

        Sink(Bundle bundle, int copies) {
            this.bundle = bundle;
            this.copies = copies;
        }

        void sink() {
            try {
                sink();
            } catch (StackOverflowError e) {
                left = TRIES * STEP;
            }
            if (left > 0 && next < copies && left-- % STEP == 0) {
                load();
            }
        }

        private void load() {
            int number = next++;
            try {
                bundle.loadClass(copy(number));
            } catch (ClassNotFoundException | LinkageError | StackOverflowError | RuntimeException e) {
                failed++;
            }
        }
    }
}

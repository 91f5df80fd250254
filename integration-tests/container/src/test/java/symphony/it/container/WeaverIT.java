package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;
import static org.ops4j.pax.exam.CoreOptions.options;
import static org.ops4j.pax.exam.CoreOptions.systemPackage;

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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
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
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.BundleReference;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.event.EventSystem;
import symphony.api.nlp.NlpOperations;
import symphony.api.nlp.OperationLimits;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.SecurityContexts;
import symphony.api.rbac.weaving.PermissionChecks;
import symphony.it.guarded.GuardedBase;
import symphony.it.guarded.GuardedContract;
import symphony.it.guarded.GuardedContractActivator;
import symphony.it.handler.BaseVault;
import symphony.it.handler.ContractVault;
import symphony.it.handler.HeirActivator;
import symphony.it.handler.HostVault;
import symphony.it.handler.LateVault;
import symphony.it.handler.NobodysPermissionCheck;
import symphony.it.handler.OpenVault;
import symphony.it.handler.Parrot;
import symphony.it.handler.Vault;
import symphony.it.handler.VaultActivator;

/** Methods that demand permissions, in bundles that come and go, as does what guards them. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class WeaverIT {
    private static final Logger log = LoggerFactory.getLogger(WeaverIT.class);
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final String WEAVER = "symphony.rbac.weaver";
    private static final String REQUIRES = "osgi.extender;filter:=\"(osgi.extender=symphony.rbac.weaver)\"";
    private static final String REQUIRES_OPERATIONS =
            "osgi.extender;filter:=\"(&(osgi.extender=symphony.rbac.weaver)(version>=1.1.0)(!(version>=2.0.0)))\"";
    private static final String IMPORTS = "org.osgi.framework,symphony.api.event,symphony.api.rbac;version=\"[1.2,2)\"";

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    @Inject
    private ConfigurationAdmin configurations;

    private final Set<String> grants = ConcurrentHashMap.newKeySet();
    private final List<Bundle> installed = new ArrayList<>();
    private ServiceRegistration<AccessControl> access;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.core(WeaverIT.class), systemPackage("symphony.it.host"));
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
        return vaultJar("it.vault");
    }

    private static byte[] vaultJar(String symbolicName) {
        return HandlerJar.of(
                VaultActivator.class,
                symbolicName,
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

    // ---- operations ----

    /** Is there in the place of {@code symphony.nlp}, and tells the test what it was asked to run. */
    private static final class Telling implements NlpOperations {
        private final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public <T> T run(Permission permission, String input, OperationLimits limits, Callable<? extends T> work) {
            throw new AssertionError("no recogniser is there");
        }

        @Override
        public <T> T runMethod(
                String method,
                Permission permission,
                CharSequence input,
                OperationLimits limits,
                Callable<? extends T> work)
                throws Exception {
            told.add(String.join(
                    " ",
                    method,
                    permission.toString(),
                    input,
                    limits.maxChars() + " characters",
                    limits.timeLimit().toString(),
                    SecurityContext.current().toString()));
            return work.call();
        }
    }

    /** The bundle imports neither the package of the annotation nor that of what is woven in. */
    @Test
    public void anOperationIsRunByTheServiceForWhoeverMayCallIt() throws Exception {
        Bundle bundle = install(
                "it.parrot",
                HandlerJar.of(
                        VaultActivator.class,
                        "it.parrot",
                        Map.of("Import-Package", IMPORTS, "Require-Capability", REQUIRES_OPERATIONS),
                        Vault.class,
                        Parrot.class));
        bundle.start();
        @SuppressWarnings("unchecked")
        var parrot = (UnaryOperator<String>) bundle.loadClass(Parrot.class.getName())
                .getDeclaredConstructor()
                .newInstance();
        var operations = new Telling();
        var first = new Hashtable<String, Object>(Map.of(Constants.SERVICE_RANKING, Integer.MAX_VALUE));
        var registration = context.registerService(NlpOperations.class, operations, first);
        try {
            denied(() -> parrot.apply("hello"));
            denied(() -> asVisitor(() -> parrot.apply("hello")));
            assertEquals(List.of(), operations.told);
            grants.add("visitor parrot:say:it");
            assertEquals("hello hello", asVisitor(() -> parrot.apply("hello")));
            assertEquals(
                    List.of("symphony.it.handler.Parrot.apply parrot:say:it hello 5 characters PT1M visitor by "
                            + context.getBundle().getSymbolicName()),
                    operations.told);
        } finally {
            registration.unregister();
        }
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
        // The heir has neither a requirement nor the package of the annotation.
        contractAndHeir(
                Map.of("Import-Package", IMPORTS, "Require-Capability", REQUIRES),
                Map.of("Import-Package", "org.osgi.framework,symphony.it.guarded"));
    }

    /** The wire comes after the class that needs it was looked at. */
    @Test
    public void aMethodIsGuardedByWhatASupertypeDemandsThatIsImportedDynamically() throws Exception {
        contractAndHeir(
                Map.of("Import-Package", IMPORTS, "Require-Capability", REQUIRES),
                Map.of("Import-Package", "org.osgi.framework", "DynamicImport-Package", "*"));
    }

    /** As tools write it that know nothing of requirements. */
    @Test
    public void aMethodIsGuardedByWhatASupertypeDemandsWhoseBundleRequiresTheBundleOfTheAnnotations() throws Exception {
        contractAndHeir(
                Map.of("Import-Package", "org.osgi.framework", "Require-Bundle", "symphony.api"),
                Map.of("Import-Package", "org.osgi.framework", "Require-Bundle", "it.contract"));
    }

    private void contractAndHeir(Map<String, String> contract, Map<String, String> heir) throws Exception {
        var exporting = new HashMap<>(contract);
        exporting.put("Export-Package", "symphony.it.guarded");
        install(
                        "it.contract",
                        HandlerJar.of(
                                GuardedContractActivator.class,
                                "it.contract",
                                exporting,
                                GuardedContract.class,
                                GuardedBase.class))
                .start();
        install(
                        "it.heir",
                        HandlerJar.of(
                                HeirActivator.class,
                                "it.heir",
                                heir,
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
    public void aMethodIsGuardedByWhatATypeOfTheHostDemands() throws Exception {
        Bundle bundle = install(
                "it.host",
                HandlerJar.of(
                        GuardedContractActivator.class,
                        "it.host",
                        Map.of("Import-Package", "org.osgi.framework,symphony.it.host"),
                        HostVault.class));
        bundle.start();
        denied(() -> make(bundle, HostVault.class).call());
        grants.add("visitor vault:open:host");
        assertEquals(
                "by the host's contract",
                asVisitor(() -> make(bundle, HostVault.class).call()));
    }

    /** Without a requirement, without an import, and without an annotation that the JVM could find. */
    @Test
    public void aMethodIsGuardedByItsOwnAnnotationWhateverItsManifestSays() throws Exception {
        Bundle bundle = install(
                "it.bare",
                HandlerJar.of(
                        GuardedContractActivator.class,
                        "it.bare",
                        Map.of("Import-Package", "org.osgi.framework"),
                        LateVault.class));
        bundle.start();
        denied(() -> make(bundle, LateVault.class).call());
        grants.add("visitor vault:open:late");
        assertEquals("late gold", asVisitor(() -> make(bundle, LateVault.class).call()));
    }

    // ---- those who would like to answer in our place ----

    /** A class loader can say anything; the framework knows whose classes it loads. */
    @Test
    public void nobodyMakesContextsByALoaderThatCallsItselfOurs() throws Exception {
        for (String name : List.of("symphony.dispatcher", WEAVER)) {
            Bundle ours = Stream.of(context.getBundles())
                    .filter(bundle -> name.equals(bundle.getSymbolicName()))
                    .findAny()
                    .orElseThrow();
            var asking = new Pretending(ours).loadClass(Asking.class.getName()).getMethod("ask");
            var thrown = assertThrows(InvocationTargetException.class, () -> asking.invoke(null));
            assertTrue(thrown.getCause().toString(), thrown.getCause() instanceof SecurityException);
        }
        assertThrows(SecurityException.class, Asking::ask);
        assertThrows(
                IllegalAccessException.class,
                () -> MethodHandles.privateLookupIn(weaverClass(), MethodHandles.publicLookup()));
        SecurityException dropped = assertThrows(
                SecurityException.class,
                () -> SecurityContext.issuer(MethodHandles.lookup().in(weaverClass())));
        assertTrue(dropped.getMessage(), dropped.getMessage().contains("may not make security contexts"));
    }

    private Class<?> weaverClass() throws ClassNotFoundException {
        return weaver().loadClass("symphony.rbac.weaver.Weaver");
    }

    /** Is loaded by {@link Pretending}. */
    public static final class Asking {
        public static Object ask() {
            return SecurityContext.issuer(MethodHandles.lookup());
        }
    }

    private static final class Pretending extends ClassLoader implements BundleReference {
        private final Bundle ours;

        Pretending(Bundle ours) {
            super(Pretending.class.getClassLoader());
            this.ours = ours;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(Asking.class.getName())) {
                return super.loadClass(name, resolve);
            }
            byte[] bytes = HandlerJar.classFile(Asking.class);
            return defineClass(name, bytes, 0, bytes.length);
        }

        @Override
        public Bundle getBundle() {
            return ours;
        }
    }

    @Test
    public void noCheckIsAnsweredBySomebodyElsesClassOfItsName() throws Exception {
        String checks = PermissionChecks.class.getName().replace('.', '/');
        Bundle evil = install(
                "it.evil",
                HandlerJar.of(
                        GuardedContractActivator.class,
                        "it.evil",
                        Map.of(
                                "Import-Package",
                                "org.osgi.framework",
                                "Export-Package",
                                "symphony.api.rbac.weaving;version=99"),
                        Map.of(
                                checks + ".class",
                                renamed(
                                        HandlerJar.classFile(NobodysPermissionCheck.class),
                                        NobodysPermissionCheck.class.getName(),
                                        PermissionChecks.class.getName()))));
        evil.start();
        assertEquals(
                "loads",
                "link",
                evil.loadClass(PermissionChecks.class.getName()).getMethods()[0].getName());
        Bundle victim = install(
                "it.victim",
                HandlerJar.of(
                        GuardedContractActivator.class,
                        "it.victim",
                        Map.of("Import-Package", "org.osgi.framework", "DynamicImport-Package", "*"),
                        LateVault.class));
        victim.start();
        Throwable refused = assertThrows(
                Throwable.class, () -> make(victim, LateVault.class).call());
        assertTrue(refused.toString(), refused instanceof LinkageError || refused instanceof ClassNotFoundException);
        Bundle vault = startVault(); // imports nothing dynamically
        denied(this::gold);
        assertEquals(Bundle.ACTIVE, vault.getState());
    }

    @Test
    public void nobodyIsWiredToSomebodyElseWhoSaysThatItGuards() throws Exception {
        install(
                        "it.fake",
                        HandlerJar.of(
                                GuardedContractActivator.class,
                                "it.fake",
                                Map.of(
                                        "Import-Package",
                                        "org.osgi.framework",
                                        "Provide-Capability",
                                        "osgi.extender;osgi.extender=\"symphony.rbac.weaver\";version:Version=\"1.9\"")))
                .start();
        Bundle vault = startVault();
        List<BundleWire> wires = vault.adapt(BundleWiring.class).getRequiredWires("osgi.extender");
        assertEquals(1, wires.size());
        assertEquals(weaver(), wires.get(0).getProviderWiring().getBundle());
        deniedButToTheVisitor(this::gold);
    }

    @Test
    public void aNameThatWasTakenIsWorthNothingWithoutThePermissionToTakeIt() throws Exception {
        startVault();
        SecurityContext kept = context.getService(context.getServiceReference(SecurityContexts.class))
                .of("visitor");
        assertEquals("gold", kept.call(this::gold));
        grants.remove(context.getBundle().getSymbolicName() + " context:run-as:visitor");
        AccessDeniedException denied = assertThrows(AccessDeniedException.class, () -> kept.call(this::gold));
        assertEquals("context:run-as:visitor", denied.permission());
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

    /** Its hook goes on until a successor has come. */
    @Test
    public void nothingRunsUnguardedThatIsStartedBeforeTheWeaverAfterARefresh() throws Exception {
        startVault().uninstall();
        weaver().stop();
        Refresh.of(context, List.of(weaver()), DEADLINE);
        installed.clear();
        Bundle vault = startVault(); // resolves the weaver, and does not start it
        ClassLoader before = make(vault, Vault.class).getClass().getClassLoader();
        denied(this::gold);
        weaver().start();
        deniedButToTheVisitor(this::gold);
        assertSame(
                "was never resolved anew",
                before,
                make(vault, Vault.class).getClass().getClassLoader());
        assertEquals("that of before has left", 1, hooks());
    }

    @Test
    public void whatRanBeforeTheWeaverIsStoppedWhenThatHasStartedAndGuardedFromThenOn() throws Exception {
        var log = new LogLines(configurations);
        Bundle late = reinstallWeaver();
        Bundle vault = startVault(); // resolves the weaver, and does not start it
        Callable<?> unguarded = make(vault, Vault.class);
        assertEquals("gold", unguarded.call());
        var hooksAtTheService = new LinkedBlockingQueue<Integer>();
        ServiceListener listener = event -> {
            if (event.getType() == ServiceEvent.REGISTERED) {
                hooksAtTheService.add(hooks());
            }
        };
        var order = new CopyOnWriteArrayList<String>();
        SynchronousBundleListener bundles = event -> {
            if (event.getType() == BundleEvent.STOPPED || event.getType() == BundleEvent.STARTED) {
                order.add(event.getBundle().getSymbolicName()
                        + (event.getType() == BundleEvent.STOPPED ? " stopped" : " started"));
            }
        };
        context.addServiceListener(listener, "(objectClass=" + SecurityContexts.class.getName() + ")");
        context.addBundleListener(bundles);
        try {
            late.start();
        } finally {
            context.removeServiceListener(listener);
            context.removeBundleListener(bundles);
        }
        assertEquals(
                "before anybody takes it for guarded",
                List.of("it.vault stopped", WEAVER + " started"),
                order.subList(0, 2));
        assertEquals("the hook is there before what wakes up components", Integer.valueOf(1), hooksAtTheService.poll());
        ClassLoader before = unguarded.getClass().getClassLoader();
        await("it is resolved anew").atMost(DEADLINE).until(() -> isGuarded(vault, before));
        deniedButToTheVisitor(this::gold);
        log.with("WARN these bundles ran before their classes could be guarded", "it.vault");
    }

    /** As at a start of a framework that keeps what is resolved. */
    @Test
    public void whatWasOnlyResolvedBeforeTheWeaverIsNoReasonForAWarning() throws Exception {
        var log = new LogLines(configurations);
        Bundle late = reinstallWeaver();
        Bundle resolved = install("it.resolved", vaultJar("it.resolved"));
        assertTrue(context.getBundle(0).adapt(FrameworkWiring.class).resolveBundles(List.of(resolved)));
        late.start();
        log.with("INFO these bundles were resolved before their classes could be guarded", "it.resolved");
        awaitRefreshes();
        resolved.start();
        deniedButToTheVisitor(this::gold);
    }

    /** Those that the weaver has asked for: the framework does one after the other. */
    private void awaitRefreshes() throws InterruptedException {
        Refresh.of(context, List.of(), DEADLINE);
    }

    /** So that no hook of its is there, and it is not started. */
    private Bundle reinstallWeaver() throws Exception {
        Bundle weaver = weaver();
        String location = weaver.getLocation();
        int level = weaver.adapt(BundleStartLevel.class).getStartLevel();
        weaver.uninstall();
        Refresh.of(context, List.of(weaver), DEADLINE);
        await("hooks that nobody is wired to").atMost(DEADLINE).until(() -> hooks() == 0);
        Bundle again = context.installBundle(location, weaverJar());
        again.adapt(BundleStartLevel.class).setStartLevel(level);
        return again;
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
        var passed = new AtomicInteger();
        var over = new AtomicBoolean();
        var caller = new FutureTask<>(
                () -> {
                    while (!over.get()) {
                        passed.addAndGet(passes() ? 1 : 0);
                    }
                },
                null);
        new Thread(caller, "calls all the time").start();
        try {
            Refresh.of(context, List.of(weaver()), DEADLINE);
            awaitRefreshes();
            await("both are back")
                    .atMost(DEADLINE)
                    .until(() -> vault.getState() == Bundle.ACTIVE && weaver().getState() == Bundle.ACTIVE);
        } finally {
            over.set(true);
        }
        caller.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertEquals("calls that nobody checked", 0, passed.get());
        assertNotSame(before.get(), make(vault, Vault.class).getClass());
        deniedButToTheVisitor(this::gold);
        await("the old hook has left").atMost(DEADLINE).until(() -> hooks() == 1);
        awaitCollected(List.of(loader));
    }

    private boolean passes() {
        try {
            ServiceReference<?> reference = context.getServiceReference("java.util.concurrent.Callable");
            return reference != null
                    && context.getService(reference) instanceof Callable<?> vault
                    && "gold".equals(vault.call());
        } catch (Exception | LinkageError e) { // it is denied, or just leaves
            return false;
        }
    }

    private static WeakReference<ClassLoader> loader(Bundle bundle) {
        return new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader());
    }

    private static void awaitCollected(List<WeakReference<ClassLoader>> loaders) {
        for (int i = 0; i < 200; i++) { // it keeps a hundred entries, and the exceptions in them their classes
            log.warn("so that the log keeps nothing from before: {}", i);
        }
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
    private int hooks() {
        BundleContext system =
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getBundleContext();
        try {
            return (int) system.getServiceReferences(WeavingHook.class, null).stream()
                    .map(system::getService) // null if it has just left
                    .filter(hook -> hook != null && hook.getClass().getName().startsWith(WEAVER))
                    .count();
        } catch (InvalidSyntaxException e) {
            throw new AssertionError(e);
        }
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
        return renamed(original, OpenVault.class.getName(), name);
    }

    private static byte[] renamed(byte[] original, String before, String name) {
        assertEquals(before.length(), name.length());
        String text = new String(original, StandardCharsets.ISO_8859_1);
        return text.replace(before.replace('.', '/'), name.replace('.', '/')).getBytes(StandardCharsets.ISO_8859_1);
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

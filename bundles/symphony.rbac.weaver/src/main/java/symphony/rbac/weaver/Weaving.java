package symphony.rbac.weaver;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.objectweb.asm.Type;
import org.osgi.framework.Constants;
import org.osgi.framework.hooks.weaving.WeavingException;
import org.osgi.framework.hooks.weaving.WovenClass;
import org.osgi.framework.hooks.weaving.WovenClassListener;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.nlp.SecureOperation;
import symphony.api.rbac.RequiresPermission;
import symphony.api.rbac.RequiresPermissions;
import symphony.api.rbac.Unrestricted;
import symphony.api.rbac.weaving.PermissionChecks;

/** Weaves classes as the framework loads them. Thread-safe; holds no lock while it looks for others. */
final class Weaving implements WovenClassListener {
    /*
     * A woven class calls PermissionChecks, by whatever wire its bundle has for that package or gets. A bundle that imports
     * anything dynamically may have a class of that name from anybody, who would then answer its checks. So its loader is asked
     * for the class first, which makes the wire, if it can make one; only if there is none is ours imported, by name and version
     * of the bundle; and when the class is defined, the loader is asked once more.
     */
    private static final Logger log = LoggerFactory.getLogger(Weaving.class);
    private static final String CHECKS = PermissionChecks.class.getPackageName();
    private static final ConstantPool.Texts ANNOTATIONS = new ConstantPool.Texts(Set.of(
            Type.getDescriptor(RequiresPermission.class),
            Type.getDescriptor(RequiresPermissions.class),
            Type.getDescriptor(Unrestricted.class),
            Type.getDescriptor(SecureOperation.class)));

    private final BundleWiring own;
    private final BundleWiring api;
    private final FrameworkWiring framework;
    private final String importOfChecks;
    private final Scope scope = new Scope();
    private final Summaries summaries = new Summaries();

    /** Woven, and not defined yet. By identity. */
    private final Set<WovenClass> pending = ConcurrentHashMap.newKeySet();

    /**
     * Weaves the checks of one API.
     *
     * @param own this bundle's, which is left as it is
     * @param framework knows who else has packages
     * @throws IllegalStateException if the API is of no bundle
     */
    Weaving(BundleWiring own, FrameworkWiring framework) {
        this.own = own;
        this.framework = framework;
        this.api = new WiringTypes(own, summaries).provider(CHECKS);
        if (WiringTypes.isFramework(api) || api == own) {
            throw new IllegalStateException("package " + CHECKS + " comes from " + api.getBundle()
                    + ", must come from the bundle symphony.api: classes of others could not be led to it; install that"
                    + " bundle, and take the package from what the host exports");
        }
        this.importOfChecks = CHECKS + ';' + Constants.BUNDLE_SYMBOLICNAME_ATTRIBUTE + '='
                + api.getBundle().getSymbolicName() + ';' + Constants.BUNDLE_VERSION_ATTRIBUTE + "=\"["
                + api.getBundle().getVersion() + ',' + api.getBundle().getVersion() + "]\"";
    }

    /**
     * Weaves a class.
     *
     * @return why it must not be loaded; null if it may, as ever
     */
    WeavingException weave(WovenClass woven) {
        BundleWiring wiring = woven.getBundleWiring();
        if (wiring == own || wiring == api) {
            return null;
        }
        try {
            byte[] bytes = woven.getBytes();
            boolean names = ConstantPool.names(bytes, ANNOTATIONS);
            if (names) {
                scope.add(wiring);
            }
            if (names || scope.contains(wiring)) {
                weave(woven, wiring, bytes);
            }
            return null;
        } catch (UnguardableException e) {
            return refusal(woven.getClassName(), wiring, e.getMessage(), e);
        } catch (RuntimeException | Error e) { // whatever ASM or the framework runs into
            return refusal(woven.getClassName(), wiring, "it could not be woven: " + e, e);
        }
    }

    private static WeavingException refusal(String className, BundleWiring wiring, String why, Throwable cause) {
        String bundle = wiring.getBundle().getSymbolicName();
        return new WeavingException("class " + className + " of " + bundle + " is not loaded: " + why, cause);
    }

    private void weave(WovenClass woven, BundleWiring wiring, byte[] bytes) {
        ClassSummary summary = ClassSummary.of(woven.getClassName(), bytes);
        Optional<byte[]> guarded = ClassWeaver.weave(bytes, summary, new WiringTypes(wiring, summaries));
        if (guarded.isPresent()) {
            wire(woven, wiring);
            woven.setBytes(guarded.get());
            pending.add(woven);
        }
    }

    /** Sees to it that what is woven in leads to our class, and not to somebody else's of the same name. */
    private void wire(WovenClass woven, BundleWiring wiring) {
        Optional<Class<?>> checks = checks(wiring);
        if (checks.isEmpty()) {
            checkProviders();
            woven.getDynamicImports().add(importOfChecks);
        } else if (!isOurs(checks.get(), wiring)) {
            throw new UnguardableException(
                    "package " + CHECKS + " comes from " + provider(wiring).getBundle() + ", must come from "
                            + api.getBundle() + ", where the checks are answered: import it from there");
        }
    }

    private BundleWiring provider(BundleWiring wiring) {
        return new WiringTypes(wiring, summaries).provider(CHECKS);
    }

    /** As its classes see it; asking makes a wire, if there can be one and is none yet. */
    private static Optional<Class<?>> checks(BundleWiring wiring) {
        try {
            return Optional.of(Class.forName(PermissionChecks.class.getName(), false, wiring.getClassLoader()));
        } catch (ClassNotFoundException e) {
            return Optional.empty(); // by nobody yet
        }
    }

    /** Also one of a later wiring of our API, if this bundle was resolved anew with it and is not started again yet. */
    private boolean isOurs(Class<?> checks, BundleWiring wiring) {
        return checks == PermissionChecks.class
                || !own.isInUse() && provider(wiring).getBundle().equals(api.getBundle());
    }

    /** That what is imported leads to nobody else: two bundles may have one name and version. */
    private void checkProviders() {
        var sought = new PackageRequirement(CHECKS, api.getBundle());
        for (BundleCapability found : framework.findProviders(sought)) {
            if (!found.getRevision().getBundle().equals(api.getBundle())) {
                throw new UnguardableException("package " + CHECKS + " is exported by "
                        + found.getRevision().getBundle() + ", too, which calls itself by the name and version of "
                        + api.getBundle() + ", where the checks are answered: uninstall that");
            }
        }
    }

    @Override
    public void modified(WovenClass woven) {
        int state = woven.getState();
        boolean ended = state == WovenClass.DEFINED
                || state == WovenClass.DEFINE_FAILED
                || state == WovenClass.TRANSFORMING_FAILED;
        if (ended && pending.remove(woven) && state == WovenClass.DEFINED) {
            checkDefined(woven);
        }
    }

    private void checkDefined(WovenClass woven) {
        BundleWiring wiring = woven.getBundleWiring();
        Optional<Class<?>> checks = checks(wiring);
        if (checks.isEmpty() || !isOurs(checks.get(), wiring)) {
            log.error(
                    "class {} of {} is not guarded: package {} comes to it from {} and not from {}; stop it, and find out who"
                            + " had it import that",
                    woven.getClassName(),
                    wiring.getBundle(),
                    CHECKS,
                    provider(wiring).getBundle(),
                    api.getBundle());
        }
    }

    /** Bundles were resolved, and may have wires to others. */
    void forget() {
        scope.forget();
    }

    /** Bundles went, whose loaders nobody may keep. */
    void forgetGone() {
        scope.forgetGone();
        summaries.forgetGone();
    }

    /** Whether the bundle that answers its checks is still there. */
    boolean isAnswered() {
        return api.isInUse();
    }

    /**
     * Does once what it will do, so that all classes of its own are there. They are loaded without the hook; and a class
     * whose first use comes where no stack is left might never be usable.
     */
    void warmUp() {
        scope.contains(own);
        checkProviders();
        var types = new WiringTypes(own, summaries);
        ClassSummary self = types.find(Type.getInternalName(Weaving.class))
                .orElseThrow(() -> new IllegalStateException("symphony.rbac.weaver does not find its own classes"))
                .summary();
        Samples.all().forEach((name, bytes) -> {
            try {
                boolean isNamed = ConstantPool.names(bytes, ANNOTATIONS);
                Optional<byte[]> woven = ClassWeaver.weave(bytes, ClassSummary.of(name, bytes), Samples.types());
                woven.ifPresent(twice -> ClassWeaver.weave(twice, ClassSummary.of(name, twice), Samples.types()));
                log.debug("warming up: {} names our annotations: {}", name, isNamed);
            } catch (UnguardableException e) {
                log.debug(
                        "warming up: {}", refusal(name, own, e.getMessage(), e).getMessage());
            }
        });
        log.debug("warmed up by {}", self);
        forget();
    }
}

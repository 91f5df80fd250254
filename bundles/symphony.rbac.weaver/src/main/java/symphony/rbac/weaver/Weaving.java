package symphony.rbac.weaver;

import java.util.Optional;
import org.objectweb.asm.Type;
import org.osgi.framework.hooks.weaving.WeavingException;
import org.osgi.framework.hooks.weaving.WovenClass;
import org.osgi.framework.wiring.BundleWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.rbac.weaving.PermissionChecks;

/** Weaves classes as the framework loads them. Thread-safe; holds no lock while it looks for others. */
final class Weaving {
    private static final Logger log = LoggerFactory.getLogger(Weaving.class);
    private static final String CHECKS = PermissionChecks.class.getPackageName();
    private static final String API = "symphony.api";

    /** From our own API, whatever else exports a package of this name. */
    private static final String IMPORT = CHECKS + ";bundle-symbolic-name=" + API + ";version=\"[1.0,2)\"";

    private final BundleWiring own;
    private final BundleWiring api;
    private final Scope scope = new Scope();
    private final Summaries summaries = new Summaries();

    /**
     * Weaves the checks of one API.
     *
     * @param own this bundle's, which is left as it is
     */
    Weaving(BundleWiring own) {
        this.own = own;
        this.api = new WiringTypes(own, summaries).provider(CHECKS);
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
            if (own.isInUse() && scope.contains(wiring)) { // else its successor weaves
                weave(woven, wiring);
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

    private void weave(WovenClass woven, BundleWiring wiring) {
        byte[] bytes = woven.getBytes();
        ClassSummary summary = ClassSummary.of(woven.getClassName(), bytes);
        var types = new WiringTypes(wiring, summaries);
        Optional<byte[]> guarded = ClassWeaver.weave(bytes, summary, types);
        if (guarded.isPresent()) {
            BundleWiring provider = types.provider(CHECKS);
            checkChecks(wiring, provider);
            if (provider == wiring) { // nobody's yet
                woven.getDynamicImports().add(IMPORT);
            }
            woven.setBytes(guarded.get());
        }
    }

    /** That what is woven in does not lead to somebody else's class of the same name. */
    private void checkChecks(BundleWiring wiring, BundleWiring provider) {
        boolean ours = provider == wiring
                ? wiring.listResources(CHECKS.replace('.', '/'), "*.class", BundleWiring.LISTRESOURCES_LOCAL)
                        .isEmpty()
                : provider == api;
        if (!ours) {
            throw new UnguardableException("package " + CHECKS + " comes from " + provider.getBundle()
                    + ", must come from " + api.getBundle() + ", where the checks are answered: import it from there");
        }
    }

    /** Bundles were resolved or went: what is known of wires may be no longer true. */
    void forget() {
        scope.forget();
        summaries.forget();
    }

    /**
     * Does once what it will do, so that all classes of its own are there. They are loaded without the hook; and a class
     * whose first use comes where no stack is left might never be usable.
     */
    void warmUp() {
        scope.contains(own);
        var types = new WiringTypes(own, summaries);
        ClassSummary self = types.find(Type.getInternalName(Weaving.class))
                .orElseThrow(() -> new IllegalStateException("symphony.rbac.weaver does not find its own classes"))
                .summary();
        Samples.all().forEach((name, bytes) -> {
            try {
                ClassWeaver.weave(bytes, ClassSummary.of(name, bytes), Samples.types());
            } catch (UnguardableException e) {
                log.debug(
                        "warming up: {}", refusal(name, own, e.getMessage(), e).getMessage());
            }
        });
        log.debug("warmed up by {}", self);
        forget();
    }
}

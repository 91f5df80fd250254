package symphony.rbac;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.admission.AdmissionVerdict;
import symphony.api.admission.AdmissionVerdict.Standing;
import symphony.api.admission.BundleAdmission;
import symphony.api.rbac.AccessDeniedException;
import symphony.component.Principal;

/**
 * Finds out who has signed bundles, for policies that demand it: asks admission when that comes, when bundles come, change or
 * go, and with each look at the policy file. While no policy demands it nobody is asked. Thread-safe.
 */
final class SignatureWatch implements SynchronousBundleListener {
    /*
     * A principal is a name that several bundles may have: only who has signed all of them counts. A bundle that comes or
     * changes takes away what is known of its name at once, on the thread that installs or updates it, so before any code of it
     * can run; it is asked for anew on a thread of its own, since admission may have to read the whole bundle. What was found
     * counts only if nothing came or changed meanwhile.
     */
    private static final Logger log = LoggerFactory.getLogger(SignatureWatch.class);
    private static final String ABSENT = "no admission is there";
    private static final Signatures NOT_ASKED = Signatures.unknown(InForce.NOT_ASKED);

    private final BundleContext context;
    private final RbacEngine engine;
    private final Announcer asking;
    private volatile BundleAdmission admission; // null while there is none; written under this monitor

    private Signatures known = NOT_ASKED; // guarded by this monitor, as the next
    private long changes;

    private String toldProblem = ""; // of the asking thread, as the next
    private Set<String> toldUnsigned = Set.of();

    SignatureWatch(BundleContext context, RbacEngine engine, ThreadFactory threads) {
        this.context = context;
        this.engine = engine;
        this.asking = new Announcer(threads, this::look);
    }

    void bind(BundleAdmission service) {
        synchronized (this) {
            admission = service;
            changes++;
        }
        ask();
    }

    void unbind(BundleAdmission service) {
        synchronized (this) {
            if (admission == service) {
                admission = null;
                changes++;
                if (!engine.signers().isEmpty()) {
                    put(Signatures.unknown(ABSENT));
                }
            }
        }
        ask();
    }

    /** Something may be otherwise than before; nobody waits for it. */
    void ask() {
        if (!engine.signers().isEmpty()) {
            asking.announce();
            return;
        }
        synchronized (this) {
            if (!known.equals(NOT_ASKED)) {
                put(NOT_ASKED);
            }
        }
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        switch (event.getType()) {
            case BundleEvent.INSTALLED, BundleEvent.UPDATED -> {
                synchronized (this) {
                    changes++;
                    put(known.without(Principal.of(event.getBundle()))); // the same if nobody must have signed it
                }
                ask();
            }
            case BundleEvent.UNINSTALLED -> {
                synchronized (this) {
                    changes++;
                }
                ask();
            }
            default -> {
                // who has signed it stays the same
            }
        }
    }

    private void put(Signatures signatures) {
        known = signatures;
        engine.put(signatures);
    }

    private void look() {
        Map<String, String> wanted = engine.signers();
        if (wanted.isEmpty()) {
            return;
        }
        long before;
        synchronized (this) {
            before = changes;
        }
        Signatures found = find(wanted.keySet());
        boolean counts;
        synchronized (this) {
            counts = changes == before;
            if (counts) {
                put(found);
            }
        }
        if (counts) {
            tell(found, wanted);
        } else {
            ask();
        }
    }

    private Signatures find(Set<String> principals) {
        BundleAdmission service = admission;
        if (service == null) {
            return Signatures.unknown(ABSENT);
        }
        List<AdmissionVerdict> verdicts;
        try {
            verdicts = service.verdicts();
        } catch (AccessDeniedException e) {
            return Signatures.unknown(e.getMessage() + ", grant it in the policy");
        } catch (RuntimeException | LinkageError | StackOverflowError e) { // as while its bundle is replaced
            return Signatures.unknown("admission failed: " + e);
        }
        var byBundle = new HashMap<Long, Set<String>>();
        verdicts.stream()
                .filter(verdict -> verdict.bundle() >= 0 && verdict.standing() == Standing.ADMITTED)
                .forEach(verdict -> byBundle.put(verdict.bundle(), verdict.signers()));
        var byPrincipal = new HashMap<String, Set<String>>();
        for (Bundle bundle : installed()) {
            Set<String> signers = byBundle.getOrDefault(bundle.getBundleId(), Set.of());
            byPrincipal.merge(Principal.of(bundle), signers, SignatureWatch::both);
        }
        principals.forEach(absent -> byPrincipal.putIfAbsent(absent, Set.of()));
        byPrincipal.keySet().retainAll(principals);
        return Signatures.of(byPrincipal);
    }

    /** No hook hides one of them here. */
    private Bundle[] installed() {
        return context.getBundle(Constants.SYSTEM_BUNDLE_ID).getBundleContext().getBundles();
    }

    private static Set<String> both(Set<String> one, Set<String> other) {
        var both = new HashSet<>(one);
        both.retainAll(other);
        return both;
    }

    /** Once for each change. */
    private void tell(Signatures found, Map<String, String> wanted) {
        if (!found.problem().isEmpty()) {
            if (!found.problem().equals(toldProblem)) {
                log.warn(
                        "{}: who has signed bundles is not known, {}; what those ask for that must be signed is not decided"
                                + " until it is",
                        RbacEngine.PID,
                        found.problem());
            }
            toldProblem = found.problem();
            return;
        }
        toldProblem = "";
        Set<String> unsigned = wanted.entrySet().stream()
                .filter(one -> !found.signers().get(one.getKey()).contains(one.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!unsigned.isEmpty() && !unsigned.equals(toldUnsigned)) {
            log.warn(
                    "{}: these bundles are not there, or not signed by whom the policy says, and are denied everything: {};"
                            + " symphony:admission list shows who has signed them",
                    RbacEngine.PID,
                    String.join(", ", unsigned));
        }
        toldUnsigned = unsigned;
    }

    void close() {
        asking.close();
    }
}

package symphony.rbac;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Explanation;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyReload;
import symphony.api.rbac.PolicyTrial;
import symphony.api.rbac.PolicyView;
import symphony.api.rbac.PolicyView.Origin;
import symphony.component.Guard;
import symphony.component.Settings;

/**
 * Decides by a policy that lies in a file, and follows the file. Thread-safe; decisions never wait and touch no file.
 */
public final class RbacEngine implements AccessControl, AutoCloseable {
    /*
     * PolicyFile reads the file, PolicyReader its text, Policy is what it comes to: for each principal the rules of its own
     * and of its roles (RuleIndex), each found by domain, action and instance (PatternTree). InForce has the one policy that
     * decisions are by, PolicyKeeper judges what the file has, and PolicyWatch is the thread on which it does.
     *
     * No answer names a rule: rules tell of topics, and any bundle may ask about any principal. They are told by PolicyAdmin,
     * to who may explain, and in the log at level DEBUG. Our own parts get the number of the rule besides, for the audit: even
     * that would tell others whether some rule forbids what they ask about.
     *
     * While no policy is in force nothing is decided: a call is denied, but what waits is not given up for it.
     */
    /** PID of the configuration, and the actor of what this does by itself. */
    public static final String PID = "symphony.rbac";

    /** The keys of the configuration. */
    public static final Settings SETTINGS = RbacSettings.KEYS;

    private static final Logger log = LoggerFactory.getLogger(RbacEngine.class);
    private static final Decision ALLOWED = new Decision(true, "");
    private static final Decision DENIED = new Decision(false, "");
    private static final int MOST_SHOWN = 2_048;

    private final Path home;
    private final Optional<Path> fixed;
    private final Set<String> systemBundles;
    private final InForce inForce;
    private final PolicyKeeper keeper;
    private final PolicyWatch watch;
    private final Runnable changed;
    private volatile PolicyFile file;
    private volatile Runnable whenLooked = () -> {};

    /**
     * Without a policy yet: nothing is decided until {@link #start}.
     *
     * @param values read by {@link #SETTINGS}
     * @param home folder that the policy's path starts from
     * @param fixed the policy's path, whatever the configuration says; absolute
     * @param development whether a policy is made where there is no file
     * @param systemBundles names of the system bundle, to which everything is denied
     * @param guard takes what is to be audited
     * @param clock for people
     * @param threads makes the one thread that reads the file
     * @param changed called after each change of what is decided: on that thread for one of the policy, on any for signatures
     */
    public RbacEngine(
            Settings.Values values,
            Path home,
            Optional<Path> fixed,
            boolean development,
            Set<String> systemBundles,
            Guard guard,
            InstantSource clock,
            ThreadFactory threads,
            Runnable changed) {
        RbacSettings settings = RbacSettings.of(values);
        this.home = home;
        this.fixed = fixed;
        this.systemBundles = Set.copyOf(systemBundles);
        this.file = new PolicyFile(place(settings));
        this.inForce = new InForce(Policy.none(), settings.decisions(), clock);
        this.keeper = new PolicyKeeper(inForce, file, development, this.systemBundles, guard, changed);
        this.watch = new PolicyWatch(keeper, () -> whenLooked.run(), threads, settings.pollNanos());
        this.changed = changed;
    }

    private Path place(RbacSettings settings) {
        return fixed.orElseGet(() -> home.resolve(settings.path()).normalize());
    }

    /** Reads the file, and follows it from now on. Waits until it was read, for a bounded time. */
    public void start() {
        if (!watch.start()) {
            log.error(
                    "{}: {} could not be read in time; everything is denied until it is; see to its file system",
                    PID,
                    file.path());
        }
    }

    /**
     * Applies a changed configuration; nothing restarts, and the policy in force stays until another one is read.
     *
     * @param values read by {@link #SETTINGS}
     */
    public void apply(Settings.Values values) {
        RbacSettings settings = RbacSettings.of(values);
        inForce.keep(settings.decisions());
        Path path = place(settings);
        if (!path.equals(file.path())) {
            file = new PolicyFile(path);
        }
        watch.change(file, settings.pollNanos());
    }

    @Override
    public Decision decide(String principal, Permission permission) {
        return answer(principal, permission).decision().allowed() ? ALLOWED : DENIED;
    }

    private DecisionCache.Answer answer(String principal, Permission permission) {
        DecisionCache.Answer answer = inForce.answer(principal, permission);
        if (!answer.decision().allowed() && log.isDebugEnabled()) {
            log.debug(
                    "{} has no permission {} ({})",
                    Characters.visible(principal, MOST_SHOWN),
                    Characters.visible(permission.toString(), MOST_SHOWN),
                    answer.decision().rule());
        }
        return answer;
    }

    /**
     * The same with the id of each decision, for our own parts, which keep it to themselves and to the audit.
     *
     * @return decides as this does
     */
    public AccessControl numbered() {
        return new Numbered();
    }

    /** Answers with ids. */
    private final class Numbered implements AccessControl {
        @Override
        public Decision decide(String principal, Permission permission) {
            return answer(principal, permission).numbered();
        }

        @Override
        public Object mark() {
            return inForce.mark();
        }
    }

    @Override
    public Object mark() {
        return inForce.mark();
    }

    /**
     * Counts changes of what is decided.
     *
     * @return a number that has grown when {@link #decide} may answer otherwise than before
     */
    public long epoch() {
        return inForce.changes();
    }

    /** Who must have signed the bundles of which principals, by principal. */
    Map<String, String> signers() {
        return inForce.policy().signers();
    }

    /** What is known now of who has signed bundles: whatever is asked from now on is answered by it. */
    void put(Signatures signatures) {
        if (inForce.put(signatures)) {
            changed.run();
        }
    }

    /** Sets who is told after each look at the policy file, on the thread that reads it. */
    void whenLooked(Runnable told) {
        whenLooked = told;
    }

    /**
     * The policy in force.
     *
     * @return as it is now
     */
    public PolicyView view() {
        return inForce.view(file.path().toString(), keeper.problem());
    }

    /**
     * What is decided now, and by which rules.
     *
     * @param principal who asks
     * @param permission what for
     * @return the decision and what it comes from
     */
    public Explanation explain(String principal, Permission permission) {
        return inForce.explain(principal, permission);
    }

    /**
     * Looks at the file now, on the thread that reads it, and waits for a bounded time.
     *
     * @param caller who wants it so, for the audit
     * @return what became of it
     */
    public PolicyReload reload(String caller) {
        return watch.reload(caller);
    }

    /**
     * Checks a policy, and compares it with the one in force.
     *
     * @param text a policy file's
     * @return whether it could be in force
     */
    public PolicyTrial tryOut(String text) {
        return tryOut("policy", text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Checks a policy file, and compares it with the policy in force. Reads on the calling thread.
     *
     * @param path with a name that ends with {@code .json}
     * @return whether it could be in force
     */
    public PolicyTrial tryOut(Path path) {
        // A channel of its own: if the caller is interrupted it is closed for nobody else.
        var candidate = new PolicyFile(path.toAbsolutePath());
        Sighting seen = candidate.lookAtContent();
        if (seen instanceof Sighting.Content content) {
            return tryOut(candidate.path().toString(), content.bytes());
        }
        return new PolicyTrial.Refused(
                seen instanceof Sighting.Unusable unusable ? unusable.reason() : candidate.path() + " is not there");
    }

    private PolicyTrial tryOut(String place, byte[] content) {
        try {
            Policy tried = Policy.of(Origin.FILE, place, "policy", systemBundles, content);
            var difference = new PolicyDifference(inForce.policy(), tried);
            return new PolicyTrial.Valid(tried.hash(), difference.added(), difference.removed(), difference.complete());
        } catch (PolicyException e) {
            return new PolicyTrial.Refused(e.getMessage());
        }
    }

    /** Follows the file no longer; decisions go on by the policy in force. */
    @Override
    public void close() {
        watch.close();
    }
}

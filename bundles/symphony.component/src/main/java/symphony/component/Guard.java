package symphony.component;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.api.rbac.SecurityContext;

/**
 * Asks for permissions and gives away audit entries, while the services that take them come and go. Without access control
 * everything is allowed and without audit entries go to the log; where security is required, without access control nothing
 * is allowed and without audit what needs an entry is refused. Thread-safe.
 */
public final class Guard {
    /** Launch property: {@code required} refuses what nobody can check, {@code open} or nothing allows it. */
    public static final String SECURITY = "symphony.security";

    private static final String USER = "user";

    /** Of what somebody else has named, in the log. */
    private static final int MOST_CHARS = 300;

    /** Where nobody decides, and everything is allowed. */
    private static final Decision NOBODYS = new Decision(true, "");

    private static final Logger log = LoggerFactory.getLogger(Guard.class);

    private final QuietLog failures = new QuietLog(System::nanoTime);
    private final QuietLog notCounted = new QuietLog(System::nanoTime);
    private final QuietLog notAudited = new QuietLog(System::nanoTime);
    private final boolean required;
    private final AtomicReference<AccessControl> access = new AtomicReference<>();
    private final AtomicReference<AuditSink> audit = new AtomicReference<>();

    /**
     * Without services yet.
     *
     * @param required whether nothing is allowed that nobody can check
     */
    public Guard(boolean required) {
        this.required = required;
    }

    /**
     * As the launch property says. What it cannot mean is reported, and taken for {@code required}: fail closed.
     *
     * @param security value of {@link #SECURITY}, may be null
     * @return a guard without services yet
     */
    public static Guard of(String security) {
        boolean open = security == null || security.equals("open");
        if (!open && !security.equals("required")) {
            log.error(
                    "launch property {} is {}, must be open or required; going on as required",
                    SECURITY,
                    Excerpt.of(security, 80));
        }
        return new Guard(!open);
    }

    /**
     * Whether nothing is allowed that nobody can check.
     *
     * @return whether security is required
     */
    public boolean required() {
        return required;
    }

    /**
     * Access control came.
     *
     * @param service from now on asked
     */
    public void bind(AccessControl service) {
        access.set(service);
    }

    /**
     * Access control left.
     *
     * @param service no longer asked, unless another came before it left
     */
    public void unbind(AccessControl service) {
        access.compareAndSet(service, null);
    }

    /**
     * Audit came.
     *
     * @param service from now on told
     */
    public void bind(AuditSink service) {
        audit.set(service);
    }

    /**
     * Audit left.
     *
     * @param service no longer told, unless another came before it left
     */
    public void unbind(AuditSink service) {
        audit.compareAndSet(service, null);
    }

    /**
     * Returns if a principal has a permission, and the user who is at work through it, if one is bound to the thread, has it,
     * too; else the denial is audited.
     *
     * @param principal who asks
     * @param domain area of the permission
     * @param action what is done
     * @param instance what it is done to
     * @return what was decided, for the record of the operation; without an id where nobody decides
     * @throws AccessDeniedException if one of them has it not; an {@link AccessUndecidedException} if nobody can decide now
     */
    public Decision check(String principal, String domain, String action, String instance) {
        return check(principal, SecurityContext.current().user(), domain, action, instance);
    }

    /**
     * As {@link #check}, whoever is at work: for what a part of ours needs for itself in order to serve others, as
     * {@code event:publish-as}. What its callers need is another permission.
     *
     * @param principal who asks
     * @param domain area of the permission
     * @param action what is done
     * @param instance what it is done to
     * @return what was decided, as above
     * @throws AccessDeniedException if it has not; an {@link AccessUndecidedException} if nobody can decide now
     */
    public Decision checkForItself(String principal, String domain, String action, String instance) {
        return check(principal, Optional.empty(), domain, action, instance);
    }

    private Decision check(String principal, Optional<String> user, String domain, String action, String instance) {
        AccessControl service = access.get();
        if (service == null && !required) {
            return NOBODYS;
        }
        var permission = new Permission(domain, action, instance);
        String asked = principal;
        Decision decision;
        try {
            if (service == null) {
                throw new AccessUndecidedException(
                        principal, permission, "security is required and no access control is there");
            }
            decision = service.decide(principal, permission);
            if (decision.allowed() && user.isPresent()) {
                asked = user.get();
                decision = both(decision, service.decide(asked, permission));
            }
        } catch (AccessDeniedException e) { // nobody decides now, as it says
            deny(principal, permission, e.principal(), NOBODYS);
            throw e;
        }
        if (!decision.allowed()) {
            deny(principal, permission, asked, decision);
            throw new AccessDeniedException(asked, permission, decision.rule());
        }
        return decision;
    }

    /** Of a bundle that may, and of the user who is at work through it: if that one may not, it is the user's alone. */
    private static Decision both(Decision bundle, Decision user) {
        return !user.allowed() || bundle.id().isEmpty() || bundle.id().equals(user.id())
                ? user
                : new Decision(true, user.rule(), bundle.id() + ' ' + user.id(), user.epoch());
    }

    /** What may be known about a permission. */
    public enum Answer {
        /** The principal has it. */
        YES,
        /** It has not; the denial is audited. */
        NO,
        /** Nobody decided: access control is away where security is required, cannot decide now, or failed as it was asked. */
        UNKNOWN
    }

    /**
     * Whether a principal has a permission, and the user who is at work through it, if one is bound to the thread, has it, too;
     * a denial is audited.
     *
     * @param principal who asks
     * @param domain area of the permission
     * @param action what is done
     * @param instance what it is done to
     * @return whether they have
     */
    public Answer ask(String principal, String domain, String action, String instance) {
        return ask(principal, SecurityContext.current().user(), domain, action, instance);
    }

    /**
     * As {@link #ask}, whoever is at work: for what nobody is calling for, as where an event is delivered.
     *
     * @param principal who asks
     * @param domain area of the permission
     * @param action what is done
     * @param instance what it is done to
     * @return whether it has
     */
    public Answer askForItself(String principal, String domain, String action, String instance) {
        return ask(principal, Optional.empty(), domain, action, instance);
    }

    private Answer ask(String principal, Optional<String> user, String domain, String action, String instance) {
        AccessControl service = access.get();
        if (service == null) {
            return required ? Answer.UNKNOWN : Answer.YES;
        }
        var permission = new Permission(domain, action, instance);
        String lacks = principal;
        Decision decision;
        try {
            decision = service.decide(principal, permission);
            if (decision.allowed() && user.isPresent()) {
                lacks = user.get();
                decision = service.decide(lacks, permission);
            }
        } catch (AccessUndecidedException e) {
            log.debug("nobody decides now: {}", e.getMessage()); // whoever cannot decide says why
            return Answer.UNKNOWN;
        } catch (RuntimeException | LinkageError | StackOverflowError e) { // as while its bundle is replaced
            tellFailure(permission, principal, e);
            return Answer.UNKNOWN;
        }
        if (!decision.allowed()) {
            deny(principal, permission, lacks, decision);
        }
        return decision.allowed() ? Answer.YES : Answer.NO;
    }

    private void tellFailure(Permission permission, String principal, Throwable e) {
        failures.write(more -> log.warn(
                "access control failed as it was asked for {} of {} ({} more not told)",
                permission,
                principal,
                more,
                e));
    }

    /**
     * Whether a permission can be decided now. Whatever the answer would be, nothing is audited.
     *
     * @param principal who would ask
     * @param domain area of the permission
     * @param action what would be done
     * @param instance what it would be done to
     * @return false while access control is away where security is required, and while it says that it cannot decide
     */
    public boolean canDecide(String principal, String domain, String action, String instance) {
        AccessControl service = access.get();
        if (service == null) {
            return !required;
        }
        try {
            service.decide(principal, new Permission(domain, action, instance));
        } catch (AccessUndecidedException e) {
            return false;
        } catch (RuntimeException | LinkageError | StackOverflowError e) { // whoever asks in earnest is told of it
            return true;
        }
        return true;
    }

    /**
     * Whether a principal has a permission, and the user who is at work through it, if one is bound to the thread, has it,
     * too. Whatever the answer is, nothing is audited: for what is done in another way without it, and not refused.
     *
     * @param principal who would ask
     * @param domain area of the permission
     * @param action what would be done
     * @param instance what it would be done to
     * @return whether they have; false where nobody decides
     */
    public boolean wouldAllow(String principal, String domain, String action, String instance) {
        AccessControl service = access.get();
        if (service == null) {
            return !required;
        }
        var permission = new Permission(domain, action, instance);
        try {
            return Stream.concat(Stream.of(principal), SecurityContext.current().user().stream())
                    .allMatch(each -> service.decide(each, permission).allowed());
        } catch (AccessUndecidedException e) {
            return false;
        } catch (RuntimeException | LinkageError | StackOverflowError e) { // as while its bundle is replaced
            tellFailure(permission, principal, e);
            return false;
        }
    }

    /**
     * Whether permissions can be decided: somebody is there, or nobody needs to be.
     *
     * @return false while security is required and access control is away
     */
    public boolean canDecide() {
        return !required || access.get() != null;
    }

    /**
     * Whether nobody is asked for permissions: then everything is allowed, whoever wants what.
     *
     * @return true without access control where security is not required
     */
    public boolean allowsAll() {
        return !required && access.get() == null;
    }

    /**
     * Whether {@link #count} tells anybody.
     *
     * @return true while there is an audit service
     */
    public boolean counts() {
        return audit.get() != null;
    }

    /** Of what a principal asked for, since it lacks it, or its user does. */
    private void deny(String principal, Permission permission, String lacks, Decision decision) {
        try {
            record(
                    principal,
                    permission.domain() + ':' + permission.action(),
                    permission.instance(),
                    Outcome.DENIED,
                    lacks.equals(principal) ? Map.of() : Map.of("lacks", lacks),
                    decision);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            // It is refused anyway; that the trail lacks it must not change the answer.
            notAudited.write(more -> log.warn(
                    "the denial of {} to {} could not be audited ({} more not told): {}",
                    Excerpt.of(permission, MOST_CHARS),
                    Excerpt.of(principal, MOST_CHARS),
                    more,
                    Excerpt.of(e, MOST_CHARS)));
        }
    }

    /**
     * Adds an entry to the audit trail, or to the log if there is none. Its details name the user who is bound to the thread.
     *
     * @param actor who did it
     * @param action as {@code dead:redrive}
     * @param target what it was done to
     * @param outcome how it ended
     * @param details a few short values
     * @throws AuditUnavailableException if it could not be stored; the operation must not be done then
     */
    public void record(String actor, String action, String target, Outcome outcome, Map<String, String> details) {
        record(actor, action, target, outcome, details, NOBODYS);
    }

    /**
     * As {@link #record(String, String, String, Outcome, Map)}, for what was checked before: its details name the decision and
     * the epoch of the policy, too.
     *
     * @param actor who did it
     * @param action as {@code dead:redrive}
     * @param target what it was done to
     * @param outcome how it ended
     * @param details a few short values
     * @param decision what {@link #check} gave
     * @throws AuditUnavailableException if it could not be stored; the operation must not be done then
     */
    public void record(
            String actor,
            String action,
            String target,
            Outcome outcome,
            Map<String, String> details,
            Decision decision) {
        tell(AuditSink::record, entry(actor, action, target, outcome, details, decision));
    }

    /**
     * As {@link #record}, without waiting for the disk, see {@link AuditSink#submit}: for operations that are too quick to wait.
     *
     * @param actor who did it
     * @param action as {@code nlp:recognize}
     * @param target what it was done to
     * @param outcome how it ended
     * @param details a few short values
     * @throws AuditUnavailableException if it could not be taken; the operation must not be done then
     */
    public void submit(String actor, String action, String target, Outcome outcome, Map<String, String> details) {
        submit(actor, action, target, outcome, details, NOBODYS);
    }

    /**
     * As {@link #submit(String, String, String, Outcome, Map)}, for what was checked before.
     *
     * @param actor who did it
     * @param action as {@code nlp:recognize}
     * @param target what it was done to
     * @param outcome how it ended
     * @param details a few short values
     * @param decision what {@link #check} gave
     * @throws AuditUnavailableException if it could not be taken; the operation must not be done then
     */
    public void submit(
            String actor,
            String action,
            String target,
            Outcome outcome,
            Map<String, String> details,
            Decision decision) {
        tell(AuditSink::submit, entry(actor, action, target, outcome, details, decision));
    }

    private static AuditEntry entry(
            String actor,
            String action,
            String target,
            Outcome outcome,
            Map<String, String> details,
            Decision decision) {
        return new AuditEntry(actor, action, target, outcome, told(details, decision));
    }

    private void tell(BiConsumer<AuditSink, AuditEntry> how, AuditEntry entry) {
        AuditSink sink = audit.get();
        if (sink != null) {
            how.accept(sink, entry);
        } else if (required && entry.outcome() != Outcome.DENIED) {
            throw new AuditUnavailableException(
                    entry.action() + " on " + entry.target() + " needs an audit entry, and no audit service is there",
                    null);
        } else {
            log.info(
                    "audit: {} {} {} by {} {}",
                    Excerpt.printable(entry.action()),
                    Excerpt.printable(entry.target()),
                    entry.outcome(),
                    Excerpt.printable(entry.actor()),
                    entry.details().isEmpty()
                            ? ""
                            : Excerpt.printable(entry.details().toString()));
        }
    }

    /** With the user who is at work and with what was decided, where there are such. */
    private static Map<String, String> told(Map<String, String> details, Decision decision) {
        Optional<String> user = SecurityContext.current().user();
        if (decision.id().isEmpty() && (user.isEmpty() || details.containsKey(USER))) {
            return details;
        }
        var told = new LinkedHashMap<>(details);
        user.ifPresent(name -> told.putIfAbsent(USER, name));
        if (!decision.id().isEmpty()) {
            told.put(AuditEntry.DECISION, decision.id());
            told.put(AuditEntry.EPOCH, Long.toString(decision.epoch()));
        }
        return Collections.unmodifiableMap(told);
    }

    /**
     * Counts one step of the flow of events, see {@link AuditSink#count}.
     *
     * @param action as {@code event:publish}
     * @param principal who did it
     * @param topic the event's topic
     * @param subscription the subscription's identity, or empty
     * @param outcome how it ended
     * @param eventId the event
     */
    public void count(
            String action, String principal, String topic, String subscription, Outcome outcome, UUID eventId) {
        AuditSink sink = audit.get();
        try {
            if (sink != null) {
                sink.count(action, principal, topic, subscription, outcome, eventId);
            }
        } catch (RuntimeException | LinkageError | StackOverflowError e) { // as while its bundle is replaced
            notCounted.write(more -> log.warn(
                    "audit failed as it was told of {} on {} by {} ({} more not told)",
                    action,
                    topic,
                    principal,
                    more,
                    e));
        }
    }
}

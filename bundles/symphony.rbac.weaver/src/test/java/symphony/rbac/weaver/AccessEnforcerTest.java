package symphony.rbac.weaver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.Outcome;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.api.rbac.RequiresPermission.Mode;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.weaving.DemandPattern;
import symphony.api.rbac.weaving.PermissionChecks;
import symphony.component.Guard;

class AccessEnforcerTest {
    private final SecurityContext.Issuer issuer = SecurityContext.issuer(MethodHandles.lookup());
    private final SecurityContext shop = issuer.of("shop");
    private final SecurityContext adasShop = issuer.forUser(shop, "user:ada");
    private final List<AuditEntry> trail = new ArrayList<>();
    private PermissionChecks.Enforcement enforcement;

    private AccessEnforcer enforce(boolean required) {
        var guard = new Guard(required);
        guard.bind(new Trail());
        var enforcer = new AccessEnforcer(guard);
        enforcement = PermissionChecks.enforce(issuer, enforcer);
        return enforcer;
    }

    /** Who has what, each written {@code principal permission}. */
    private void granting(String... grants) {
        Set<String> all = Set.of(grants);
        enforce(false)
                .ask((principal, permission) ->
                        new Decision(all.contains(principal + ' ' + permission), "a test says"));
    }

    @AfterEach
    void end() {
        enforcement.close();
    }

    private static void call(SecurityContext context, String... demands) {
        call(context, check(demands));
    }

    private static String all(String... permissions) {
        return new DemandPattern(Mode.ALL, Arrays.asList(permissions)).toString();
    }

    private static String any(String... permissions) {
        return new DemandPattern(Mode.ANY, Arrays.asList(permissions)).toString();
    }

    private void denies(SecurityContext context, String who, String permission, String... demands) {
        trail.clear();
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> call(context, demands))
                .satisfies(denied -> assertThat(denied.principal()).isEqualTo(who))
                .satisfies(denied -> assertThat(denied.permission()).isEqualTo(permission))
                .withMessageContaining(AccessEnforcerTest.class.getName() + ".pay");
        String[] parts = permission.split(":", 3);
        assertThat(trail)
                .containsExactly(
                        new AuditEntry(who, parts[0] + ':' + parts[1], parts[2], Outcome.DENIED, details(context)));
    }

    private static Map<String, String> details(SecurityContext context) {
        var details = new HashMap<>(Map.of("method", AccessEnforcerTest.class.getName() + ".pay"));
        context.user().ifPresent(user -> details.put("user", user));
        context.by().ifPresent(by -> details.put("by", by));
        return details;
    }

    private void allows(SecurityContext context, String... demands) {
        trail.clear();
        assertThatCode(() -> call(context, demands)).doesNotThrowAnyException();
        assertThat(trail).isEmpty();
    }

    @Test
    void wantsAllOfSeveralOrAny() {
        granting("shop a:b:1", "shop a:b:2");
        allows(shop, all("a:b:1", "a:b:2"));
        denies(shop, "shop", "a:b:3", all("a:b:1", "a:b:3"));
        allows(shop, any("a:b:3", "a:b:2"));
        denies(shop, "shop", "a:b:3", any("a:b:3", "a:b:4"));
    }

    @Test
    void wantsEachOfSeveralDemands() {
        granting("shop a:b:1", "shop a:b:2");
        allows(shop, any("a:b:1", "a:b:9"), all("a:b:2"));
        denies(shop, "shop", "a:b:3", all("a:b:1"), any("a:b:3"));
    }

    @Test
    void wantsWhatTheUserMayToo() {
        granting("shop a:b:1", "shop a:b:2", "shop a:b:3", "user:ada a:b:1", "user:ada a:b:3", "user:ada a:b:4");
        allows(adasShop, all("a:b:1"));
        allows(shop, all("a:b:2"));
        denies(adasShop, "user:ada", "a:b:2", all("a:b:2"));
        denies(adasShop, "shop", "a:b:4", all("a:b:4"));
        allows(adasShop, any("a:b:2", "a:b:3"));
        denies(adasShop, "user:ada", "a:b:2", any("a:b:2", "a:b:4")); // each has one of them, and not the same
    }

    @Test
    void asksNothingOfThePublisher() {
        granting("shop a:b:1");
        allows(issuer.via(shop, "web"), all("a:b:1"));
    }

    @Test
    void allowsNobodyWhereSomebodyDecides() {
        enforce(false).ask((principal, permission) -> new Decision(true, "everybody may"));
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> nobody(all("a:b:1")))
                .withMessageStartingWith("(nobody) has no permission a:b:1")
                .withMessageContaining("SecurityContexts");
    }

    private static void nobody(String... demands) throws Throwable {
        PermissionChecks.link(MethodHandles.lookup(), "pay", MethodType.methodType(void.class), demands)
                .dynamicInvoker()
                .invoke();
    }

    @Test
    void allowsEverybodyWhereNobodyDecides() throws Throwable {
        enforce(false);
        allows(shop, all("a:b:1"));
        nobody(all("a:b:1"));
    }

    @Test
    void allowsNobodyAtAllWhereSecurityIsRequiredAndNobodyDecides() {
        enforce(true);
        denies(shop, "shop", "a:b:1", all("a:b:1"));
        undecided(shop, all("a:b:1"));
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> nobody(all("a:b:1")));
    }

    /** Only where somebody looks at them: their texts are code of others. */
    @Test
    void looksAtNoArgumentWhereNobodyDecides() throws Throwable {
        enforce(false);
        PermissionChecks.link(
                        MethodHandles.lookup(), "pay", MethodType.methodType(void.class, Object.class), all("a:b:{0}"))
                .dynamicInvoker()
                .invoke(new Object() {
                    @Override
                    public String toString() {
                        throw new AssertionError("was asked");
                    }
                });
    }

    @Test
    void deniesWhileAccessControlFails() {
        enforce(false).ask((principal, permission) -> {
            throw new IllegalStateException("it stops, a test says");
        });
        denies(shop, "shop", "a:b:1", all("a:b:1"));
        enforce(false).ask((principal, permission) -> {
            throw new NoClassDefFoundError("it is gone, a test says");
        });
        denies(shop, "shop", "a:b:1", any("a:b:1"));
        undecided(shop, any("a:b:1"));
    }

    /** What can wait is not given up for it. */
    private static void undecided(SecurityContext context, String... demands) {
        assertThatExceptionOfType(AccessUndecidedException.class).isThrownBy(() -> call(context, demands));
    }

    /** A call that has begun when it is closed, and comes to it after access control is no longer followed. */
    @Test
    void allowsNobodyOnceItIsClosed() {
        AccessEnforcer enforcer = enforce(false);
        enforcer.ask((principal, permission) -> new Decision(false, "a test says"));
        enforcer.close();
        enforcer.ask(null);
        undecided(shop, all("a:b:1"));
        enforcer.ask((principal, permission) -> new Decision(true, "a test says"));
        undecided(shop, all("a:b:1"));
    }

    // ---- kept answers ----

    private static final class Marked implements AccessControl {
        private Object mark = new Object();
        private boolean allows = true;
        private int asked;

        @Override
        public Object mark() {
            if (mark == null) {
                throw new NoClassDefFoundError("it is gone, a test says");
            }
            return mark;
        }

        @Override
        public Decision decide(String principal, Permission permission) {
            asked++;
            return new Decision(allows, "");
        }
    }

    private static MethodHandle check(String... demands) {
        return PermissionChecks.link(MethodHandles.lookup(), "pay", MethodType.methodType(void.class), demands)
                .dynamicInvoker();
    }

    private static void call(SecurityContext context, MethodHandle check) {
        context.run(() -> {
            try {
                check.invoke();
            } catch (RuntimeException e) {
                throw e;
            } catch (Throwable t) {
                throw new AssertionError(t);
            }
        });
    }

    @Test
    void keepsAnAnswerAsLongAsWhoDecidesDecidesTheSame() {
        var control = new Marked();
        AccessEnforcer enforcer = enforce(false);
        enforcer.ask(control);
        MethodHandle check = check(all("a:b:1"));
        call(shop, check);
        call(shop, check);
        enforcer.ask(control); // a hint, that something may have changed
        call(shop, check);
        assertThat(control.asked).isEqualTo(1);
        assertThat(enforcer.mark()).isNotSameAs(control.mark).isExactlyInstanceOf(Object.class);
        control.allows = false;
        control.mark = new Object(); // and nobody is told
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(shop, check));
    }

    @Test
    void keepsNoAnswerOfWhoeverDecidedBefore() {
        AccessEnforcer enforcer = enforce(false);
        MethodHandle check = check(all("a:b:1"));
        call(shop, check); // nobody decides
        var control = new Marked();
        control.allows = false;
        enforcer.ask(control);
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(shop, check));
        control.allows = true;
        call(shop, check);
        var other = new Marked();
        other.mark = control.mark;
        other.allows = false;
        enforcer.ask(other);
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(shop, check));
    }

    @Test
    void keepsNoAnswerOfWhoeverDoesNotMarkThem() {
        int[] asked = {0};
        AccessEnforcer enforcer = enforce(false);
        enforcer.ask((principal, permission) -> new Decision(asked[0]++ == 0, ""));
        MethodHandle check = check(all("a:b:1"));
        call(shop, check);
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(shop, check));
    }

    @Test
    void keepsNoAnswerOfWhoeverCannotBeAskedForItsMark() {
        var control = new Marked();
        enforce(false).ask(control);
        MethodHandle check = check(all("a:b:1"));
        control.mark = null;
        call(shop, check);
        control.allows = false;
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(shop, check));
    }

    // ---- arguments ----

    @Test
    void deniesAndAuditsAnArgumentThatCannotStandInAPermission() {
        enforce(false).ask((principal, permission) -> new Decision(true, "everything may be"));
        MethodHandle check = PermissionChecks.link(
                        MethodHandles.lookup(),
                        "pay",
                        MethodType.methodType(void.class, Object.class),
                        all("files:read:{0}"))
                .dynamicInvoker();
        for (Object argument : Arrays.asList("", "..", "a/b", null)) {
            trail.clear();
            assertThatExceptionOfType(AccessDeniedException.class)
                    .isThrownBy(() -> shop.call(() -> {
                        try {
                            check.invoke(argument);
                            return null;
                        } catch (Exception | Error e) {
                            throw e;
                        } catch (Throwable t) {
                            throw new AssertionError(t);
                        }
                    }))
                    .withMessageContainingAll("shop has no permission files:read:{0}", "argument 0 is");
            assertThat(trail).extracting(AuditEntry::target).containsExactly("{0}");
        }
    }

    @Test
    void wantsAnotherPermissionWhereAnyWillDoAndOneCannotBe() throws Throwable {
        granting("shop a:b:all");
        MethodHandle check = PermissionChecks.link(
                        MethodHandles.lookup(),
                        "pay",
                        MethodType.methodType(void.class, Object.class),
                        any("a:b:{0}", "a:b:all"))
                .dynamicInvoker();
        shop.call(() -> {
            assertThatCode(() -> check.invoke((Object) "..")).doesNotThrowAnyException();
            return null;
        });
        assertThat(trail).isEmpty();
    }

    // ---- whoever took a name ----

    @Test
    void wantsWhoeverTookANameToBeAllowedToStill() {
        SecurityContext taken = issuer.by(issuer.of("bank"), "shop");
        SecurityContext adasByShop = issuer.by(adasShop, "shop");
        granting("bank a:b:1", "shop a:b:1", "user:ada a:b:1", "shop context:run-as:bank");
        allows(taken, all("a:b:1"));
        denies(adasByShop, "shop", "context:run-as:user/ada", all("a:b:1"));
        granting("bank a:b:1", "shop a:b:1", "user:ada a:b:1", "shop context:run-as:user/ada");
        allows(adasByShop, all("a:b:1"));
        denies(taken, "shop", "context:run-as:bank", all("a:b:1"));
    }

    @Test
    void recordsWhatDecidedAndTellsTheCallerNothingOfIt() {
        enforce(false).ask((principal, permission) -> new Decision(false, "", "3/17", 3));
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> call(shop, all("a:b:1")))
                .satisfies(denied -> assertThat(denied.getMessage()).doesNotContain("3/17"));
        assertThat(trail)
                .singleElement()
                .satisfies(entry -> assertThat(entry.details())
                        .containsEntry("decision", "3/17")
                        .containsEntry("epoch", "3"));
    }

    /** It would fill the disk that the audit waits for. */
    @Test
    void tellsTheLogOnceOfDenialsThatCannotBeAuditedAndHarmless() {
        var guard = new Guard(true);
        guard.bind(new Trail() {
            @Override
            public void record(AuditEntry entry) {
                throw new IllegalStateException("the disk\nis full, a test says");
            }
        });
        CapturedLog.clear();
        var denials = new Denials(guard);
        Permission permission = new Permission("files", "read", "a\nERROR all is lost" + "x".repeat(10_000));
        for (int i = 0; i < 1_000; i++) {
            denials.audit(new AccessDeniedException("shop", permission, ""), "pay", shop);
        }
        enforce(false);
        assertThat(CapturedLog.lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("WARN the denial of files:read:a\uFFFDERROR all is lostx")
                        .contains(" to shop could not be audited (0 more not told): ")
                        .hasSizeLessThan(1_000)
                        .doesNotContain("\n"));
    }

    @Test
    void deniesThoughTheDenialCannotBeAudited() {
        var guard = new Guard(false);
        guard.bind(new Trail() {
            @Override
            public void record(AuditEntry entry) {
                throw new IllegalStateException("it stops, a test says");
            }
        });
        var enforcer = new AccessEnforcer(guard);
        enforcement = PermissionChecks.enforce(issuer, enforcer);
        enforcer.ask((principal, permission) -> new Decision(false, ""));
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(shop, all("a:b:1")));
    }

    // ---- contexts ----

    @Test
    void givesEachBundleItsOwnContextAndOthersByPermission() {
        enforce(false);
        var guard = new Guard(false);
        AccessControl control = (principal, permission) -> new Decision(
                Stream.of("bank", "user/ada")
                        .anyMatch(name -> permission.toString().equals("context:run-as:" + name)),
                "");
        guard.bind(control);
        guard.bind(new Trail());
        var contexts = new CallerContexts(issuer, guard, "shop");
        assertThat(contexts.own()).hasToString("shop");
        assertThat(contexts.of("bank")).hasToString("bank by shop");
        assertThat(contexts.of("user:ada")).hasToString("shop for user:ada by shop");
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> contexts.of("mint"));
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> contexts.of("user:bob"));
        assertThat(trail)
                .extracting(AuditEntry::action, AuditEntry::target, AuditEntry::outcome)
                .containsExactly(
                        tuple("context:run-as", "bank", Outcome.DONE),
                        tuple("context:run-as", "user/ada", Outcome.DONE),
                        tuple("context:run-as", "mint", Outcome.DENIED),
                        tuple("context:run-as", "user/bob", Outcome.DENIED));
        assertThatIllegalArgumentException().isThrownBy(() -> contexts.of(""));
        assertThatIllegalArgumentException().isThrownBy(() -> contexts.of("user:"));
    }

    private class Trail implements AuditSink {
        @Override
        public void record(AuditEntry entry) {
            trail.add(entry);
        }

        @Override
        public void count(
                String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {
            throw new AssertionError("nothing is counted here");
        }
    }
}

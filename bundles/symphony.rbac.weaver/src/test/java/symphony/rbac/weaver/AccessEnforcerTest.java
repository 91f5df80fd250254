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
import symphony.api.rbac.Decision;
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
        MethodHandle check = PermissionChecks.link(
                        MethodHandles.lookup(), "pay", MethodType.methodType(void.class), demands)
                .dynamicInvoker();
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
                .containsExactly(new AuditEntry(
                        who,
                        parts[0] + ':' + parts[1],
                        parts[2],
                        Outcome.DENIED,
                        Map.of("method", AccessEnforcerTest.class.getName() + ".pay")));
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
                Stream.of("bank", "user:ada")
                        .anyMatch(name -> permission.toString().equals("context:run-as:" + name)),
                "");
        guard.bind(control);
        guard.bind(new Trail());
        var contexts = new CallerContexts(issuer, guard, "shop");
        assertThat(contexts.own()).hasToString("shop");
        assertThat(contexts.of("bank")).hasToString("bank");
        assertThat(contexts.of("user:ada")).hasToString("shop for user:ada");
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> contexts.of("mint"));
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> contexts.of("user:bob"));
        assertThat(trail)
                .extracting(AuditEntry::action, AuditEntry::target)
                .containsExactly(tuple("context:run-as", "mint"), tuple("context:run-as", "user:bob"));
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

package symphony.api.rbac.weaving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Permission;
import symphony.api.rbac.RequiresPermission.Mode;
import symphony.api.rbac.SecurityContext;

@Timeout(60)
class PermissionChecksTest {
    private final SecurityContext.Issuer issuer = SecurityContext.issuer(MethodHandles.lookup());
    private final SecurityContext shop = issuer.of("shop");
    private final AtomicInteger asked = new AtomicInteger();
    private final Set<String> allowed = ConcurrentHashMap.newKeySet();
    private final List<Demand> seen = new ArrayList<>();
    private volatile Object mark = new Object();
    private PermissionChecks.Enforcement enforcement = PermissionChecks.enforce(issuer, new Marking(this::check));

    /** Answers as another does, by the mark of the test. */
    private final class Marking implements Enforcer {
        private final Enforcer answers;

        Marking(Enforcer answers) {
            this.answers = answers;
        }

        @Override
        public Object mark() {
            return mark;
        }

        @Override
        public void check(GuardedMethod method, SecurityContext context, Object[] arguments) {
            answers.check(method, context, arguments);
        }
    }

    private void check(GuardedMethod method, SecurityContext context, Object[] arguments) {
        asked.incrementAndGet();
        List<Demand> demands = method.demands(arguments);
        seen.addAll(demands);
        String who = context.toString();
        if (!allowed.contains(who)) {
            throw new AccessDeniedException(who, demands.get(0).wanted().get(0).permission(), "a test says");
        }
    }

    @AfterEach
    void end() {
        enforcement.close();
    }

    private static MethodHandle link(MethodType type, Mode mode, String... permissions) {
        return PermissionChecks.link(
                        MethodHandles.lookup(),
                        "pay",
                        type,
                        new DemandPattern(mode, Arrays.asList(permissions)).toString())
                .dynamicInvoker();
    }

    private static MethodHandle link() {
        return link(MethodType.methodType(void.class), Mode.ALL, "payments:pay:all");
    }

    private static void call(MethodHandle check, SecurityContext context) {
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
    void letsNothingRunWhileNobodyEnforces() {
        allowed.add("shop");
        MethodHandle check = link();
        call(check, shop);
        enforcement.close();
        assertThatExceptionOfType(AccessUndecidedException.class)
                .isThrownBy(() -> call(check, shop))
                .withMessageContainingAll(
                        "shop", "payments:pay:all", "PermissionChecksTest.pay", "symphony.rbac.weaver");
        assertThatExceptionOfType(AccessUndecidedException.class)
                .isThrownBy(() -> link().invoke())
                .withMessageStartingWith("(nobody) has no permission");
    }

    @Test
    void keepsAnAnswerForAnotherCallInTheSameName() {
        allowed.addAll(List.of("shop", "shop via web", "shop for user:ada"));
        MethodHandle check = link();
        call(check, shop);
        call(check, shop);
        call(check, issuer.via(shop, "web"));
        assertThat(asked).hasValue(1);
        call(check, issuer.forUser(shop, "user:ada"));
        assertThat(asked).hasValue(2);
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> call(check, issuer.forUser(shop, "user:bob")));
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(check, issuer.by(shop, "thief")));
    }

    /** Also where the name is the same and not the same object. */
    @Test
    void keepsAnAnswerForWhoeverHasTheName() {
        allowed.add("shop");
        MethodHandle check = link();
        call(check, shop);
        call(check, issuer.of(new String("shop")));
        assertThat(asked).hasValue(1);
    }

    @Test
    void keepsNoAnswerOfWhomeverDoesNotMarkIt() {
        enforcement = PermissionChecks.enforce(issuer, this::check);
        allowed.add("shop");
        MethodHandle check = link();
        call(check, shop);
        allowed.clear();
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(check, shop));
    }

    @Test
    void keepsNoDenial() {
        MethodHandle check = link();
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(check, shop));
        allowed.add("shop");
        assertThatCode(() -> call(check, shop)).doesNotThrowAnyException();
    }

    @Test
    void keepsNoAnswerForAnotherMethod() {
        allowed.add("shop");
        call(link(), shop);
        allowed.clear();
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(link(), shop));
    }

    /** More than there are places for answers. */
    @Test
    void asksForEachOfManyAndKeepsTheLatest() {
        MethodHandle check = link();
        List<SecurityContext> many = Stream.of("a", "b", "c", "d", "e", "f", "g", "h")
                .peek(allowed::add)
                .map(issuer::of)
                .toList();
        many.forEach(context -> call(check, context));
        assertThat(asked).hasValue(8);
        many.subList(4, 8).forEach(context -> call(check, context));
        assertThat(asked).hasValue(8);
        allowed.remove("c");
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(check, many.get(2)));
    }

    @Test
    void takesNoAnswerOfBeforeAChange() {
        allowed.add("shop");
        MethodHandle check = link();
        call(check, shop);
        allowed.clear();
        mark = new Object();
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(check, shop));
    }

    /** The question is asked before the change, the answer comes after it. */
    @Test
    void takesNoAnswerToAQuestionOfBeforeAChange() throws Exception {
        var isAsked = new CountDownLatch(1);
        var changed = new CountDownLatch(1);
        var first = new AtomicInteger();
        Enforcer slow = (method, context, arguments) -> {
            if (first.getAndIncrement() == 0) {
                isAsked.countDown();
                awaitUp(changed);
                return; // allowed, by what held when it was asked
            }
            check(method, context, arguments);
        };
        enforcement = PermissionChecks.enforce(issuer, new Marking(slow));
        MethodHandle check = link();
        var early = new FutureTask<Void>(() -> call(check, shop), null);
        new Thread(early).start();
        awaitUp(isAsked);
        mark = new Object();
        changed.countDown();
        early.get(50, TimeUnit.SECONDS);
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(check, shop));
    }

    private static void awaitUp(CountDownLatch latch) {
        try {
            assertThat(latch.await(50, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void goesOnWithASuccessorThatCameBeforeTheOldOneEnded() {
        var successor = PermissionChecks.enforce(issuer, (method, context, arguments) -> {});
        MethodHandle check = link();
        enforcement.close();
        assertThatCode(() -> call(check, shop)).doesNotThrowAnyException();
        successor.close();
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> call(check, shop));
    }

    @Test
    void asksEachTimeWhereArgumentsDecide() {
        allowed.add("nobody");
        MethodHandle check = link(
                MethodType.methodType(void.class, Object.class, long.class),
                Mode.ANY,
                "payments:pay:{3}",
                "payments:take:{1}-{3}");
        assertThatCode(() -> check.invoke((Object) "ada", 7L)).doesNotThrowAnyException();
        assertThatCode(() -> check.invoke((Object) "bob", 8L)).doesNotThrowAnyException();
        assertThat(seen)
                .containsExactly(
                        any("payments:pay:7", "payments:take:ada-7"), any("payments:pay:8", "payments:take:bob-8"));
    }

    private static Demand any(String... permissions) {
        return new Demand(
                Mode.ANY,
                Stream.of(permissions)
                        .map(text -> new Demand.Wanted(Permission.of(text), ""))
                        .toList());
    }

    /** It may answer otherwise the second time. */
    @Test
    void asksAnArgumentForItsTextOnce() {
        allowed.add("nobody");
        var texts = new AtomicInteger();
        var argument = new Object() {
            @Override
            public String toString() {
                return "text" + texts.incrementAndGet();
            }
        };
        MethodHandle check = link(MethodType.methodType(void.class, Object.class), Mode.ANY, "a:b:{0}", "a:c:{0}");
        assertThatCode(() -> check.invoke((Object) argument)).doesNotThrowAnyException();
        assertThat(seen).containsExactly(any("a:b:text1", "a:c:text1"));
    }

    @Test
    void isNotReplacedByWhoMayNotMakeContexts() {
        assertThatNullPointerException()
                .isThrownBy(() -> PermissionChecks.enforce(null, (method, context, arguments) -> {}));
    }

    @Test
    void knowsWhoWeavesBesidesWhom() {
        var first = PermissionChecks.weave(issuer);
        assertThat(first.isFirst()).isTrue();
        assertThat(first.isLast()).isTrue();
        var second = PermissionChecks.weave(issuer);
        assertThat(second.isFirst()).isFalse();
        assertThat(first.isLast()).isFalse();
        first.close();
        assertThat(second.isFirst()).isTrue();
        second.close();
        assertThat(second.isLast()).isFalse();
        assertThatNullPointerException().isThrownBy(() -> PermissionChecks.weave(null));
    }
}

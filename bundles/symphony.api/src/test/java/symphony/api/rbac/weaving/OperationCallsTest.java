package symphony.api.rbac.weaving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.RequiresPermission.Mode;
import symphony.api.rbac.SecurityContext;

class OperationCallsTest {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private final SecurityContext.Issuer issuer = SecurityContext.issuer(LOOKUP);
    private final List<OperationCall> calls = new ArrayList<>();
    private OperationCalls.Running running = OperationCalls.run(issuer, this::run);

    private Object run(OperationCall call) throws Exception {
        calls.add(call);
        return call.call();
    }

    @AfterEach
    void end() {
        running.close();
    }

    // ---- what a weaver moves away ----

    private static final class Speech implements CharSequence {
        private String say(String model, String text, int times) {
            return model + ":" + text.repeat(times);
        }

        private static long count(long first, byte... rest) {
            return first + rest.length;
        }

        private void fail(Throwable with) throws Throwable {
            throw with;
        }

        @Override
        public int length() {
            throw new AssertionError("the object is no argument");
        }

        @Override
        public char charAt(int index) {
            throw new AssertionError("the object is no argument");
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            throw new AssertionError("the object is no argument");
        }
    }

    private static MethodHandle link(MethodHandle code, String permission) {
        return OperationCalls.link(
                        LOOKUP,
                        "speak",
                        code.type(),
                        code,
                        new DemandPattern(Mode.ALL, List.of(permission)).toString(),
                        100,
                        2_500)
                .dynamicInvoker();
    }

    private static MethodHandle virtual(String name, MethodType type) throws ReflectiveOperationException {
        return LOOKUP.findVirtual(Speech.class, name, type);
    }

    private static MethodHandle sayLinked(String permission) throws ReflectiveOperationException {
        return link(
                virtual("say", MethodType.methodType(String.class, String.class, String.class, int.class)), permission);
    }

    @Test
    void tellsWhoRunsItWhatIsCalledAndHowMuchItMayTake() throws Throwable {
        MethodHandle say = sayLinked("nlp:say:{0}/{2}");
        assertThat((String) say.invokeExact(new Speech(), "home", "light ", 2)).isEqualTo("home:light light ");
        assertThat(calls).singleElement().satisfies(call -> {
            assertThat(call.method()).isEqualTo(OperationCallsTest.class.getName() + ".speak");
            assertThat(call.permission()).hasToString("nlp:say:home/2");
            assertThat(call.input()).hasToString("homelight ").hasSize(10);
            assertThat(call.maxInput()).isEqualTo(100);
            assertThat(call.timeLimit()).isEqualTo(Duration.ofMillis(2_500));
        });
    }

    @Test
    void countsArgumentsFromTheFirstOneAlsoWithoutAnObject() throws Throwable {
        MethodHandle count = link(
                LOOKUP.findStatic(Speech.class, "count", MethodType.methodType(long.class, long.class, byte[].class))
                        .asFixedArity(),
                "nlp:count:{0}");
        assertThat((long) count.invokeExact(40L, new byte[] {65, 66})).isEqualTo(42);
        assertThat(calls).singleElement().satisfies(call -> {
            assertThat(call.permission()).hasToString("nlp:count:40");
            assertThat(call.input()).hasToString("AB");
        });
    }

    /** Whoever asks for permissions has allowed it, as everything is where security is open. */
    @Test
    void leavesTheNumberOfAnArgumentThatCannotStandInThePermission() throws Throwable {
        MethodHandle say = sayLinked("nlp:say:{0}");
        assertThat((String) say.invokeExact(new Speech(), "../home", "a", 1)).isEqualTo("../home:a");
        assertThat(calls)
                .singleElement()
                .satisfies(call -> assertThat(call.permission()).hasToString("nlp:say:{0}"));
    }

    @SuppressWarnings("serial")
    private static final class Odd extends Throwable {}

    @Test
    void throwsWhatTheCodeThrows() throws Throwable {
        MethodHandle fail = link(virtual("fail", MethodType.methodType(void.class, Throwable.class)), "nlp:fail:x");
        for (Throwable thrown : List.of(
                new IOException("gone"), new IllegalStateException("broken"), new OutOfMemoryError(), new Odd())) {
            assertThatExceptionOfType(Throwable.class)
                    .isThrownBy(() -> fail.invoke(new Speech(), thrown))
                    .satisfies(e -> assertThat(e).isSameAs(thrown));
        }
    }

    @Test
    void givesWhoeverRunsItAnExceptionInAnyCase() throws Throwable {
        List<Throwable> seen = new ArrayList<>();
        running = OperationCalls.run(issuer, call -> {
            try {
                return call.call();
            } catch (Exception e) {
                seen.add(e);
                throw e;
            }
        });
        MethodHandle fail = link(virtual("fail", MethodType.methodType(void.class, Throwable.class)), "nlp:fail:x");
        assertThatExceptionOfType(Odd.class).isThrownBy(() -> fail.invoke(new Speech(), new Odd()));
        assertThat(seen).singleElement().isInstanceOf(Exception.class);
    }

    @Test
    void runsNothingThatWhoeverRunsItDoesNotRun() throws Throwable {
        running = OperationCalls.run(issuer, call -> {
            throw new IllegalArgumentException("too long");
        });
        MethodHandle say = sayLinked("nlp:say:{0}");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> say.invoke(new Speech(), "home", (String) null, 1))
                .withMessage("too long");
    }

    @Test
    void letsNothingRunWhileNobodyRunsOperations() throws Throwable {
        MethodHandle say = sayLinked("nlp:say:{0}");
        running.close();
        assertThatExceptionOfType(AccessUndecidedException.class)
                .isThrownBy(() -> issuer.of("shop").call(() -> {
                    try {
                        return say.invoke(new Speech(), "home", "a", 1);
                    } catch (Exception e) {
                        throw e;
                    } catch (Throwable t) {
                        throw new AssertionError(t);
                    }
                }))
                .withMessageContainingAll("shop", "nlp:say:home", "OperationCallsTest.speak", "symphony.rbac.weaver");
        assertThat(calls).isEmpty();
    }

    @Test
    void goesOnWithASuccessorThatCameBeforeTheOldOneEnded() throws Throwable {
        var successor = OperationCalls.run(issuer, call -> "another");
        MethodHandle say = sayLinked("nlp:say:x");
        running.close();
        assertThat((String) say.invokeExact(new Speech(), "home", "a", 1)).isEqualTo("another");
        successor.close();
        assertThatExceptionOfType(AccessUndecidedException.class)
                .isThrownBy(() -> say.invoke(new Speech(), "home", "a", 1));
    }

    @Test
    void isNotReplacedByWhoMayNotMakeContexts() {
        assertThatNullPointerException().isThrownBy(() -> OperationCalls.run(null, this::run));
        assertThatNullPointerException().isThrownBy(() -> OperationCalls.run(issuer, null));
    }
}

package symphony.rbac.weaver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.Outcome;
import symphony.api.nlp.NlpOperations;
import symphony.api.nlp.OperationLimits;
import symphony.api.nlp.TimeLimitException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Permission;
import symphony.api.rbac.RequiresPermission.Mode;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.weaving.DemandPattern;
import symphony.api.rbac.weaving.OperationCalls;
import symphony.component.Guard;

class ServiceRunnerTest {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private final List<AuditEntry> audited = new ArrayList<>();
    private final List<String> ran = new ArrayList<>();
    private final SecurityContext.Issuer issuer = SecurityContext.issuer(LOOKUP);
    private final Guard guard = new Guard(false);
    private final ServiceRunner runner = new ServiceRunner(new Denials(guard));
    private final OperationCalls.Running running = OperationCalls.run(issuer, runner);

    /** Takes it for the configured length if it has none of its own. */
    private final NlpOperations service = new NlpOperations() {
        @Override
        public <T> T run(Permission permission, String input, OperationLimits limits, Callable<? extends T> work) {
            throw new AssertionError("of recognisers");
        }

        @Override
        public <T> T runMethod(
                String method,
                Permission permission,
                CharSequence input,
                OperationLimits limits,
                Callable<? extends T> work)
                throws Exception {
            if (input.length() > limits.maxChars()) {
                throw new IllegalArgumentException(input.length() + " characters");
            }
            ran.add(method + " " + permission + " " + input);
            T result = work.call();
            if (limits.timeLimit().toMillis() == 1) {
                throw new TimeLimitException(permission.toString(), limits.timeLimit());
            }
            return result;
        }
    };

    @AfterEach
    void end() {
        running.close();
    }

    private static String echo(String text) {
        return "echo " + text;
    }

    private static Object call(String text, int maxInput, long millis) throws Exception {
        var type = MethodType.methodType(String.class, String.class);
        MethodHandle echo = OperationCalls.link(
                        LOOKUP,
                        "echo",
                        type,
                        LOOKUP.findStatic(ServiceRunnerTest.class, "echo", type),
                        new DemandPattern(Mode.ALL, List.of("nlp:echo:{0}")).toString(),
                        maxInput,
                        millis)
                .dynamicInvoker();
        try {
            return echo.invoke(text);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    @Test
    void runsOperationsByTheServiceWithinTheirLimits() throws Exception {
        runner.use(service);
        assertThat(call("abc", 3, 500)).isEqualTo("echo abc");
        assertThat(ran).containsExactly(ServiceRunnerTest.class.getName() + ".echo nlp:echo:abc abc");
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> call("abcd", 3, 500));
        assertThatExceptionOfType(TimeLimitException.class)
                .isThrownBy(() -> call("abc", 3, 1))
                .withMessageContaining(String.valueOf(Duration.ofMillis(1).toMillis()));
        assertThat(audited).isEmpty(); // it is for the service to do so
    }

    private final AuditSink sink = new AuditSink() {
        @Override
        public void record(AuditEntry entry) {
            audited.add(entry);
        }

        @Override
        public void count(String a, String p, String t, String s, Outcome o, UUID e) {
            throw new AssertionError("no event");
        }
    };

    @Test
    void runsNoneWithoutTheServiceAndHasThatAudited() {
        guard.bind(sink);
        SecurityContext shop = issuer.of("shop");
        assertThatExceptionOfType(AccessUndecidedException.class)
                .isThrownBy(() -> shop.call(() -> call("abc", 3, 500)))
                .withMessageContainingAll(
                        "shop",
                        "nlp:echo:abc",
                        "ServiceRunnerTest.echo",
                        "NlpOperations",
                        "start the bundle symphony.nlp");
        assertThat(audited).singleElement().satisfies(entry -> {
            assertThat(entry.actor()).isEqualTo("shop");
            assertThat(entry.action()).isEqualTo("nlp:echo");
            assertThat(entry.target()).isEqualTo("abc");
            assertThat(entry.outcome()).isEqualTo(Outcome.DENIED);
            assertThat(entry.details()).containsEntry("method", ServiceRunnerTest.class.getName() + ".echo");
        });
        runner.use(service);
        runner.use(null);
        assertThatExceptionOfType(AccessUndecidedException.class)
                .isThrownBy(() -> call("abc", 3, 500))
                .withMessageContaining("(nobody)");
        assertThat(ran).isEmpty();
    }
}

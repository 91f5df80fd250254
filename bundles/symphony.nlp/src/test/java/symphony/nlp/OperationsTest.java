package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.nlp.OperationLimits;
import symphony.api.nlp.TimeLimitException;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.api.rbac.SecurityContext;
import symphony.component.Guard;
import symphony.testing.ManualTimer;

class OperationsTest {
    private static final Permission PERMISSION = Permission.of("nlp:recognize:home");
    private static final SecurityContext.Issuer ISSUER = SecurityContext.issuer(MethodHandles.lookup());
    private static final AccessControl ONLY_ADA =
            (principal, permission) -> new Decision(principal.equals("ada"), "only ada may");

    private final ManualTimer timer = new ManualTimer(Instant.EPOCH);
    private final Trail trail = new Trail();
    private final Guard guard = new Guard(false);
    private final TextHash hash = new TextHash(new byte[TextHash.KEY_BYTES]);
    private final Operations operations =
            new Operations(guard, timer, hash, new OperationLimits(100, Duration.ofSeconds(5)));
    private final ContextOperations inContext = new ContextOperations(operations);

    OperationsTest() {
        guard.bind(trail);
    }

    @AfterEach
    void close() {
        timer.close();
    }

    private <T> T run(String input, Callable<T> work) throws Exception {
        return operations.run("ada", PERMISSION, input, OperationLimits.CONFIGURED, work);
    }

    @Test
    void auditsWhatWasDoneWithoutTheText() throws Exception {
        assertThat(run("my secret", () -> 7)).isEqualTo(7);

        assertThat(trail.lines()).containsExactly("ada nlp:recognize home DONE");
        Map<String, String> details = trail.entries().get(0).details();
        assertThat(details).containsEntry("chars", "9").containsEntry("hash", hash.of("my secret"));
        assertThat(details.toString()).doesNotContain("secret");
    }

    /** Issue 13: half a gigabyte was hashed before it was refused. */
    @Test
    void hashesNothingThatIsTooLong() {
        assertThatThrownBy(() -> run("x".repeat(101), () -> 7)).isInstanceOf(IllegalArgumentException.class);

        assertThat(trail.lines()).containsExactly("ada nlp:recognize home FAILED");
        assertThat(details(0)).containsEntry("chars", "101").doesNotContainKey("hash");
    }

    /** Issue 13: whoever runs one could have the trail say that it published an event. */
    @Test
    void runsOperationsOfItsOwnDomainOnly() {
        var permission = new Permission("event", "publish", "orders/new");
        assertThatThrownBy(() -> operations.run("ada", permission, "x", OperationLimits.CONFIGURED, () -> 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its domain must be nlp");
        assertThat(trail.entries()).isEmpty();
    }

    private <T> T runMethod(CharSequence input, Callable<T> work) throws Exception {
        return operations.runMethod(
                "ada", "Notes.summary", PERMISSION, input, new OperationLimits(10, Duration.ofSeconds(2)), work);
    }

    private Map<String, String> details(int entry) {
        return trail.entries().get(entry).details();
    }

    @Test
    void auditsBeginAndEndOfAMethod() throws Exception {
        assertThat(runMethod("my secret", () -> {
                    assertThat(trail.lines()).containsExactly("ada nlp:recognize home DONE"); // before it is called
                    timer.move(Duration.ofMillis(30));
                    return 7;
                }))
                .isEqualTo(7);

        assertThat(trail.lines()).containsExactly("ada nlp:recognize home DONE", "ada nlp:recognize home DONE");
        assertThat(details(0))
                .containsEntry("step", "begin")
                .containsEntry("method", "Notes.summary")
                .containsEntry("chars", "9")
                .containsEntry("hash", hash.of("my secret"));
        assertThat(details(1))
                .containsEntry("step", "end")
                .containsEntry("ended", "OK")
                .containsEntry("millis", "30")
                .containsEntry("operation", details(0).get("operation"));
        assertThat(trail.entries().toString()).doesNotContain("secret");
    }

    @Test
    void auditsHowAMethodFailed() {
        var failure = new IOException("gone");
        assertThatThrownBy(() -> runMethod("x", () -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(details(1)).containsEntry("ended", "FAILED").containsEntry("failure", "java.io.IOException");

        assertThatThrownBy(() -> runMethod("x", () -> {
                    timer.move(Duration.ofSeconds(3));
                    return null;
                }))
                .isInstanceOf(TimeLimitException.class);
        assertThat(details(3)).containsEntry("ended", "TIME_LIMIT");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void asksForNoTextOfAMethodsInputThatIsTooLong() {
        CharSequence endless = new CharSequence() {
            @Override
            public int length() {
                return 11;
            }

            @Override
            public char charAt(int index) {
                throw new AssertionError("nobody asks");
            }

            @Override
            public CharSequence subSequence(int start, int end) {
                throw new AssertionError("nobody asks");
            }

            @Override
            public String toString() {
                throw new AssertionError("nobody asks");
            }
        };
        assertThatThrownBy(() -> runMethod(endless, () -> 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its input has 11 characters, must be 10 at most");
        assertThat(trail.lines()).containsExactly("ada nlp:recognize home FAILED");
        assertThat(details(0)).containsEntry("ended", "TOO_LONG");
    }

    @Test
    void callsNoMethodWhoseBeginCannotBeAudited() {
        trail.fail(true);
        assertThatThrownBy(() -> runMethod("x", () -> {
                    throw new AssertionError("nobody calls it");
                }))
                .isInstanceOf(AuditUnavailableException.class);
    }

    @Test
    void hashesWithAKey() {
        assertThat(hash.of("a")).hasSize(32).isEqualTo(hash.of("a")).isNotEqualTo(hash.of("b"));
        byte[] other = new byte[TextHash.KEY_BYTES];
        other[0] = 1;
        assertThat(new TextHash(other).of("a")).isNotEqualTo(hash.of("a"));
    }

    @Test
    void auditsFailures() {
        assertThatThrownBy(() -> run("x", () -> {
                    throw new IOException("gone");
                }))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> run("x", () -> {
                    throw new StackOverflowError();
                }))
                .isInstanceOf(StackOverflowError.class);

        assertThat(trail.lines()).containsExactly("ada nlp:recognize home FAILED", "ada nlp:recognize home FAILED");
        assertThat(trail.entries().get(0).details()).containsEntry("failure", "java.io.IOException");
    }

    @Test
    void refusesLongInputBeforeTheWork() {
        assertThatThrownBy(() -> run("x".repeat(101), () -> {
                    throw new AssertionError("it was done");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("101 characters, must be 100 at most");
        assertThatThrownBy(() ->
                        operations.run("ada", PERMISSION, "four", new OperationLimits(3, Duration.ofDays(1)), () -> 1))
                .hasMessageContaining("must be 3 at most");

        assertThat(trail.lines()).containsOnly("ada nlp:recognize home FAILED").hasSize(2);
    }

    @Test
    void givesNothingThatCannotBeAudited() {
        trail.fail(true);
        assertThatThrownBy(() -> run("x", () -> 7)).isInstanceOf(AuditUnavailableException.class);
    }

    @Test
    void interruptsWhatIsTooLate() throws Exception {
        var begun = new CountDownLatch(1);
        var thrown = new AtomicReference<Throwable>();
        var interruptedAfter = new AtomicReference<Boolean>();
        var thread = new Thread(() -> {
            try {
                run("x", () -> {
                    begun.countDown();
                    return new CountDownLatch(1).await(60, TimeUnit.SECONDS);
                });
            } catch (Exception e) {
                thrown.set(e);
            }
            interruptedAfter.set(Thread.currentThread().isInterrupted());
        });
        thread.start();
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        timer.move(Duration.ofMillis(4_999));
        assertThat(thread.isAlive()).isTrue();
        timer.move(Duration.ofMillis(2));
        thread.join(30_000);

        assertThat(thrown.get()).isInstanceOf(TimeLimitException.class).hasMessageContaining("5000 ms");
        assertThat(interruptedAfter.get()).isFalse();
        assertThat(trail.lines()).containsExactly("ada nlp:recognize home FAILED");
    }

    @Test
    void takesNoResultThatIsTooLate() {
        assertThatThrownBy(() -> run("x", () -> {
                    timer.move(Duration.ofSeconds(6));
                    return 7;
                }))
                .isInstanceOf(TimeLimitException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void interruptsNobodyAfterwards() throws Exception {
        run("x", () -> 7);
        timer.move(Duration.ofSeconds(6));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void asksForWhomTheThreadActs() throws Exception {
        guard.bind(ONLY_ADA);

        assertThat(ISSUER.of("ada").call(() -> inContext.run(PERMISSION, "x", OperationLimits.CONFIGURED, () -> 7)))
                .isEqualTo(7);
        assertThatThrownBy(() -> ISSUER.of("bob")
                        .call(() -> inContext.run(PERMISSION, "x", OperationLimits.CONFIGURED, () -> 7)))
                .isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> ISSUER.forUser(ISSUER.of("ada"), "user:bob")
                        .call(() -> inContext.run(PERMISSION, "x", OperationLimits.CONFIGURED, () -> 7)))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("user:bob");
        assertThatThrownBy(() -> inContext.run(PERMISSION, "x", OperationLimits.CONFIGURED, () -> 7))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("(nobody)");
        assertThat(trail.lines())
                .containsExactly(
                        "ada nlp:recognize home DONE",
                        "bob nlp:recognize home DENIED",
                        "ada nlp:recognize home DENIED",
                        "(nobody) nlp:recognize home DENIED");
    }

    @Test
    void asksWhoeverTookANameForThat() {
        guard.bind(ONLY_ADA);

        assertThatThrownBy(() -> ISSUER.by(ISSUER.of("ada"), "mallory")
                        .call(() -> inContext.run(PERMISSION, "x", OperationLimits.CONFIGURED, () -> 7)))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("mallory has no permission context:run-as:ada");
    }
}

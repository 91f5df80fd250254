package symphony.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.SecurityContext;

class GuardTest {
    private final List<AuditEntry> trail = new ArrayList<>();
    private final AuditSink audit = new AuditSink() {
        @Override
        public void record(AuditEntry entry) {
            trail.add(entry);
        }

        @Override
        public void count(
                String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {}
    };
    private final AccessControl onlyAda =
            (principal, permission) -> new Decision(principal.equals("ada"), "only ada may");

    @Test
    void allowsEverythingWhileNobodyDecides() {
        assertThatCode(() -> new Guard(false).check("bob", "event", "publish", "a"))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesEverythingWhereSecurityIsRequiredAndNobodyDecides() {
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> Guard.of("required").check("bob", "event", "publish", "a"));
        assertThat(Guard.of("required").ask("bob", "event", "publish", "a")).isEqualTo(Guard.Answer.UNKNOWN);
        assertThat(Guard.of("required").canDecide()).isFalse();
    }

    @Test
    void takesASettingItDoesNotKnowForRequired() {
        assertThat(Guard.of(null).required()).isFalse();
        assertThat(Guard.of("open").required()).isFalse();
        assertThat(Guard.of("Required").required()).isTrue();
        assertThat(Guard.of("").required()).isTrue();
    }

    @Test
    void doesNotTakeAFailureOfAccessControlForADenial() {
        Guard guard = Guard.of("required");
        guard.bind((AccessControl) (principal, permission) -> {
            throw new IllegalStateException("it stops, a test says");
        });
        assertThat(guard.ask("bob", "event", "receive", "a")).isEqualTo(Guard.Answer.UNKNOWN);
    }

    /** As while no policy is in force: calls are denied, and what waits is not. */
    @Test
    void doesNotTakeAnAccessControlThatCannotDecideForADenial() {
        var inForce = new AtomicBoolean();
        Guard guard = Guard.of("open");
        guard.bind(audit);
        guard.bind((AccessControl) (principal, permission) -> {
            if (!inForce.get()) {
                throw new AccessUndecidedException(principal, permission, "no policy is in force");
            }
            return new Decision(false, "");
        });
        assertThat(guard.ask("bob", "event", "receive", "a")).isEqualTo(Guard.Answer.UNKNOWN);
        assertThat(guard.canDecide("bob", "event", "receive", "a")).isFalse();
        assertThat(trail).isEmpty();
        assertThatExceptionOfType(AccessUndecidedException.class)
                .isThrownBy(() -> guard.check("bob", "event", "publish", "a"))
                .withMessage("bob has no permission event:publish:a (no policy is in force)");
        inForce.set(true);
        assertThat(guard.canDecide("bob", "event", "receive", "a")).isTrue();
        assertThat(trail).as("that of the check").hasSize(1);
    }

    @Test
    void cannotDecideWhereSecurityIsRequiredAndNobodyIsThere() {
        assertThat(Guard.of("required").canDecide("bob", "event", "publish", "a"))
                .isFalse();
        assertThat(Guard.of("open").canDecide("bob", "event", "publish", "a")).isTrue();
        assertThatExceptionOfType(AccessUndecidedException.class)
                .isThrownBy(() -> Guard.of("required").check("bob", "event", "publish", "a"));
    }

    // ---- users ----

    private static final SecurityContext.Issuer ISSUER = SecurityContext.issuer(MethodHandles.lookup());
    private static final SecurityContext EVE = ISSUER.forUser(ISSUER.of("ada"), "user:eve");

    @Test
    void asksForTheUserWhoIsAtWorkToo() {
        var guard = new Guard(false);
        guard.bind(onlyAda);
        guard.bind(audit);
        EVE.run(() -> {
            assertThatExceptionOfType(AccessDeniedException.class)
                    .isThrownBy(() -> guard.check("ada", "event", "publish", "a"))
                    .satisfies(denied -> assertThat(denied.principal()).isEqualTo("user:eve"));
            assertThat(guard.ask("ada", "event", "publish", "b")).isEqualTo(Guard.Answer.NO);
            assertThat(guard.ask("bob", "event", "publish", "c")).isEqualTo(Guard.Answer.NO);
        });
        assertThat(trail)
                .containsExactly(
                        new AuditEntry(
                                "ada",
                                "event:publish",
                                "a",
                                Outcome.DENIED,
                                Map.of("user", "user:eve", "lacks", "user:eve")),
                        new AuditEntry(
                                "ada",
                                "event:publish",
                                "b",
                                Outcome.DENIED,
                                Map.of("user", "user:eve", "lacks", "user:eve")),
                        new AuditEntry("bob", "event:publish", "c", Outcome.DENIED, Map.of("user", "user:eve")));
        assertThatCode(() -> guard.check("ada", "event", "publish", "a")).doesNotThrowAnyException();
    }

    @Test
    void tellsWhatWouldBeAllowedWithoutATrace() {
        var guard = new Guard(false);
        assertThat(guard.wouldAllow("bob", "event", "publish", "a")).isTrue();
        assertThat(Guard.of("required").wouldAllow("ada", "event", "publish", "a"))
                .isFalse();
        guard.bind(onlyAda);
        guard.bind(audit);
        assertThat(guard.wouldAllow("ada", "event", "publish", "a")).isTrue();
        assertThat(guard.wouldAllow("bob", "event", "publish", "a")).isFalse();
        EVE.run(() ->
                assertThat(guard.wouldAllow("ada", "event", "publish", "a")).isFalse());
        guard.bind((AccessControl) (principal, permission) -> {
            throw new AccessUndecidedException(principal, permission, "no policy is in force");
        });
        assertThat(guard.wouldAllow("ada", "event", "publish", "a")).isFalse();
        guard.bind((AccessControl) (principal, permission) -> {
            throw new IllegalStateException("it stops, a test says");
        });
        assertThat(guard.wouldAllow("ada", "event", "publish", "a")).isFalse();
        assertThat(trail).isEmpty();
    }

    /** Whoever asks in a loop does not fill the log while the audit is down. */
    @Test
    void saysOnceInAWhileThatDenialsCannotBeAudited() {
        CapturedLog.clear();
        var guard = new Guard(false);
        guard.bind(onlyAda);
        guard.bind(new AuditSink() {
            @Override
            public void record(AuditEntry entry) {
                throw new AuditUnavailableException("it is down, a test says", null);
            }

            @Override
            public void count(
                    String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {
                throw new IllegalStateException("nothing is counted here");
            }
        });
        for (int i = 0; i < 10_000; i++) {
            assertThat(guard.ask("bob", "event", "publish", "t" + i)).isEqualTo(Guard.Answer.NO);
        }
        assertThat(CapturedLog.lines().stream().filter(line -> line.contains("could not be audited")))
                .hasSizeBetween(1, 100) // one in ten seconds
                .first()
                .asString()
                .startsWith("WARN the denial of event:publish:t0 to bob could not be audited (0 more not told): ");
    }

    @Test
    void asksForNoUserWhereItIsForItself() {
        var guard = new Guard(false);
        guard.bind(onlyAda);
        EVE.run(() -> {
            assertThatCode(() -> guard.checkForItself("ada", "event", "publish-as", "shop"))
                    .doesNotThrowAnyException();
            assertThat(guard.askForItself("ada", "event", "receive", "a")).isEqualTo(Guard.Answer.YES);
            assertThatExceptionOfType(AccessDeniedException.class)
                    .isThrownBy(() -> guard.checkForItself("bob", "event", "publish-as", "shop"));
            assertThat(guard.askForItself("bob", "event", "receive", "a")).isEqualTo(Guard.Answer.NO);
        });
    }

    @Test
    void namesTheUserInWhatIsAudited() {
        var guard = new Guard(false);
        guard.bind(audit);
        EVE.run(() -> guard.record("ada", "dead:drop", "t", Outcome.DONE, Map.of("n", "1")));
        guard.record("ada", "dead:drop", "t", Outcome.DONE, Map.of("n", "1"));
        assertThat(trail)
                .extracting(AuditEntry::details)
                .containsExactly(Map.of("n", "1", "user", "user:eve"), Map.of("n", "1"));
    }

    @Test
    void answersAndGoesOnThoughAuditFails() {
        var guard = new Guard(false);
        guard.bind(onlyAda);
        guard.bind(new AuditSink() {
            @Override
            public void record(AuditEntry entry) {
                throw new IllegalStateException("it stops, a test says");
            }

            @Override
            public void count(
                    String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {
                throw new NoClassDefFoundError("it is gone, a test says");
            }
        });
        assertThat(guard.ask("bob", "event", "receive", "a")).isEqualTo(Guard.Answer.NO);
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> guard.check("bob", "event", "publish", "a"));
        assertThatCode(() -> guard.count("event:publish", "ada", "a", "", Outcome.DONE, UUID.randomUUID()))
                .doesNotThrowAnyException();
    }

    @Test
    void auditsADenialAlsoWhereNobodyDecides() {
        var guard = new Guard(true);
        guard.bind(audit);
        guard.bind((AccessControl) (principal, permission) -> new Decision(false, "test"));
        assertThat(guard.ask("bob", "event", "receive", "a")).isEqualTo(Guard.Answer.NO);
        assertThat(trail).containsExactly(new AuditEntry("bob", "event:receive", "a", Outcome.DENIED, Map.of()));
    }

    /** As symphony.rbac answers its own: {@code 3/1} where bob, or the user eve, is denied. */
    private Guard numbered() {
        var guard = new Guard(true);
        guard.bind((AccessControl) (principal, permission) -> switch (principal) {
            case "bob", "user:eve" -> new Decision(false, "", "3/1", 3);
            case "user:ada" -> new Decision(true, "", "3/5", 3);
            default -> new Decision(true, "", "3/17", 3);
        });
        guard.bind(audit);
        return guard;
    }

    @Test
    void recordsWhatDecidedWithEachDenial() {
        Guard guard = numbered();
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> guard.check("bob", "event", "publish", "a"))
                .withMessage("bob has no permission event:publish:a");
        assertThat(guard.askForItself("bob", "event", "receive", "a")).isEqualTo(Guard.Answer.NO);
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> EVE.run(() -> guard.check("shop", "event", "publish", "a")));
        assertThat(trail)
                .extracting(AuditEntry::details)
                .containsExactly(
                        Map.of("decision", "3/1", "epoch", "3"),
                        Map.of("decision", "3/1", "epoch", "3"),
                        Map.of("decision", "3/1", "epoch", "3", "lacks", "user:eve", "user", "user:eve"));
    }

    @Test
    void recordsWhatAllowedAnOperation() {
        Guard guard = numbered();
        guard.record("shop", "dead:drop", "t", Outcome.DONE, Map.of(), guard.check("shop", "dead", "drop", "t"));
        guard.submit(
                "shop", "dead:drop", "t", Outcome.DONE, Map.of("n", "1"), guard.check("shop", "dead", "drop", "t"));
        var open = new Guard(false);
        open.bind(audit);
        open.record("shop", "dead:drop", "t", Outcome.DONE, Map.of(), open.check("shop", "dead", "drop", "t"));
        assertThat(trail)
                .extracting(AuditEntry::details)
                .containsExactly(
                        Map.of("decision", "3/17", "epoch", "3"),
                        Map.of("decision", "3/17", "epoch", "3", "n", "1"),
                        Map.of());
    }

    /** It rests on both. */
    @Test
    void namesTheDecisionsOfTheBundleAndOfItsUser() {
        Guard guard = numbered();
        var decision = new AtomicReference<Decision>();
        ISSUER.forUser(ISSUER.of("shop"), "user:ada").run(() -> decision.set(guard.check("shop", "dead", "drop", "t")));
        assertThat(decision.get()).isEqualTo(new Decision(true, "", "3/17 3/5", 3));
    }

    @Test
    void asksAccessControlAndAuditsTheDenial() {
        var guard = new Guard(false);
        guard.bind(onlyAda);
        guard.bind(audit);
        guard.check("ada", "event", "publish", "a");
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> guard.check("bob", "event", "publish", "a"))
                .withMessage("bob has no permission event:publish:a (only ada may)");
        assertThat(trail).containsExactly(new AuditEntry("bob", "event:publish", "a", Outcome.DENIED, Map.of()));
    }

    @Test
    void keepsASuccessorThatCameBeforeTheOldOneLeft() {
        var guard = new Guard(true);
        AccessControl nobody = (principal, permission) -> new Decision(false, "");
        guard.bind(nobody);
        guard.bind(onlyAda);
        guard.unbind(nobody);
        assertThat(guard.ask("ada", "event", "publish", "a")).isEqualTo(Guard.Answer.YES);
        assertThat(guard.canDecide()).isTrue();
    }

    @Test
    void refusesWhatNeedsAnEntryWhereSecurityIsRequiredAndNoAuditIsThere() {
        assertThatExceptionOfType(AuditUnavailableException.class)
                .isThrownBy(() -> new Guard(true).record("ada", "dead:drop", "7", Outcome.DONE, Map.of()));
    }

    @Test
    void submitsWithoutWaitingAndRefusesLikewise() {
        var submitted = new ArrayList<AuditEntry>();
        var guard = new Guard(true);
        assertThatExceptionOfType(AuditUnavailableException.class)
                .isThrownBy(() -> guard.submit("ada", "nlp:recognize", "home", Outcome.DONE, Map.of()));

        guard.bind(new AuditSink() {
            @Override
            public void record(AuditEntry entry) {
                throw new AssertionError("it waits");
            }

            @Override
            public void submit(AuditEntry entry) {
                submitted.add(entry);
            }

            @Override
            public void count(
                    String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {}
        });
        guard.submit("ada", "nlp:recognize", "home", Outcome.DONE, Map.of("chars", "3"));

        assertThat(submitted)
                .containsExactly(new AuditEntry("ada", "nlp:recognize", "home", Outcome.DONE, Map.of("chars", "3")));
    }
}

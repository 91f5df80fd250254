package symphony.rbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.Outcome;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyEntry;
import symphony.api.rbac.PolicyReload;
import symphony.api.rbac.PolicyTrial;
import symphony.api.rbac.PolicyView;
import symphony.api.rbac.PolicyView.Origin;
import symphony.component.Guard;

/** The engine with its thread and real files. */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(60)
class RbacEngineTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String ONE = Policies.json(Policies.textGranting("event:publish:one", "event:publish:both"));
    private static final String TWO = Policies.json(Policies.textGranting("event:publish:two", "event:publish:both"));

    @TempDir
    private Path temp;

    private final AtomicInteger changes = new AtomicInteger();
    private final Guard guard = new Guard(false);
    private Path path;
    private RbacEngine engine;

    @BeforeEach
    void begin() throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwx------"));
        path = temp.resolve("policy.json");
        CapturedLog.begin();
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private void start(boolean development) {
        start(development, Optional.empty());
    }

    private void start(boolean development, Optional<Path> fixed) {
        engine = new RbacEngine(
                RbacEngine.SETTINGS.orDefaults(Map.of("poll", "100ms")),
                temp,
                fixed,
                development,
                Policies.SYSTEM,
                guard,
                new HandClock(),
                Thread::new,
                changes::incrementAndGet);
        engine.start();
    }

    private boolean allows(String name) {
        try {
            return engine.decide("shop", Permission.of("event:publish:" + name)).allowed();
        } catch (AccessUndecidedException e) {
            return false;
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    // ---- following the file ----

    @Test
    void hasReadTheFileWhenItHasStarted() throws IOException {
        PolicyFileTest.write(path, ONE);
        start(false);
        assertThat(allows("one")).isTrue();
        assertThat(engine.epoch()).isEqualTo(1);
    }

    /** Whoever is told of the change may take as long as it likes: the mark of answers from before is no longer theirs. */
    @Test
    void hasAnotherMarkAsSoonAsAnotherPolicyIsInForce() throws IOException {
        PolicyFileTest.write(path, ONE);
        start(false);
        Object mark = engine.mark();
        assertThat(engine.mark()).isSameAs(mark).isExactlyInstanceOf(Object.class);
        engine.apply(RbacEngine.SETTINGS.orDefaults(Map.of("poll", "1h", "decisions", 64)));
        assertThat(engine.mark()).as("decides as before").isSameAs(mark);
        PolicyFileTest.write(path, TWO);
        engine.reload("ada"); // unless a look that came late has found it
        await(() -> allows("two"));
        assertThat(engine.mark()).isNotSameAs(mark);
    }

    @Test
    void followsTheFileHoweverItIsReplaced() throws IOException {
        PolicyFileTest.write(path, ONE);
        start(false);
        Path beside = temp.resolve("beside");
        PolicyFileTest.write(beside, TWO);
        Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE);
        await(() -> allows("two"));
        Files.writeString(path, ONE); // truncated and written over
        await(() -> allows("one"));
        Files.delete(path);
        await(() -> engine.view().problem().equals("it is gone; put it back"));
        assertThat(allows("one")).isTrue();
        Files.createSymbolicLink(path, beside);
        await(() -> engine.view().problem().startsWith("it is a link"));
        Files.delete(path);
        Files.createDirectory(path);
        await(() -> engine.view().problem().startsWith("it is a folder"));
        Files.delete(path);
        PolicyFileTest.write(path, TWO);
        await(() -> allows("two"));
        assertThat(engine.view().problem()).isEmpty();
        await(() -> changes.get() == 4);
    }

    /** The folder that the file lies in is replaced as a whole. */
    @Test
    void followsAFolderThatIsReplaced() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("conf"));
        PolicyFileTest.write(folder.resolve("policy.json"), ONE);
        start(false);
        engine.apply(RbacEngine.SETTINGS.orDefaults(Map.of("poll", "100ms", "path", "conf/policy.json")));
        await(() -> allows("one"));
        Path other = Files.createDirectory(temp.resolve("other"));
        PolicyFileTest.write(other.resolve("policy.json"), TWO);
        Files.move(folder, temp.resolve("old"));
        Files.move(other, folder);
        await(() -> allows("two"));
    }

    @Test
    void appliesAChangedConfiguration() throws IOException {
        Path other = temp.resolve("other.json");
        PolicyFileTest.write(path, ONE);
        PolicyFileTest.write(other, TWO);
        start(false);
        engine.apply(RbacEngine.SETTINGS.orDefaults(Map.of("path", "other.json", "poll", "1h", "decisions", 64)));
        await(() -> allows("two"));
        assertThat(engine.view().source()).isEqualTo(other.toString());
        engine.apply(RbacEngine.SETTINGS.orDefaults(Map.of("path", "policy.json", "poll", "1h")));
        await(() -> allows("one"));
        PolicyFileTest.write(path, TWO);
        assertThat(engine.reload("ada")).isInstanceOf(PolicyReload.Swapped.class);
        assertThat(allows("two")).isTrue();
    }

    /** Whoever is told of a change, or takes the audit, may do anything. */
    @Test
    void goesOnWhateverThoseThrowWhoAreTold() throws IOException {
        var thrown = new AtomicInteger();
        PolicyFileTest.write(path, ONE);
        engine = new RbacEngine(
                RbacEngine.SETTINGS.orDefaults(Map.of("poll", "100ms")),
                temp,
                Optional.empty(),
                false,
                Policies.SYSTEM,
                guard,
                new HandClock(),
                Thread::new,
                () -> {
                    thrown.incrementAndGet();
                    throw new OutOfMemoryError("a test says");
                });
        engine.start();
        PolicyFileTest.write(path, TWO);
        await(() -> allows("two"));
        await(() -> thrown.get() >= 2);
        assertThat(CapturedLog.LINES)
                .anyMatch(line -> line.startsWith(
                        "ERROR symphony.rbac: the policy file could not be looked at; it is tried again"));
    }

    @Test
    void interruptsOfStrangersDoNotStopIt() throws IOException {
        var thread = new Thread[1];
        PolicyFileTest.write(path, ONE);
        engine = new RbacEngine(
                RbacEngine.SETTINGS.orDefaults(Map.of("poll", "100ms")),
                temp,
                Optional.empty(),
                false,
                Policies.SYSTEM,
                guard,
                new HandClock(),
                task -> thread[0] = new Thread(task),
                () -> {});
        Thread.currentThread().interrupt();
        engine.start();
        assertThat(Thread.interrupted()).as("kept for the caller").isTrue();
        assertThat(allows("one")).isTrue();
        for (int i = 0; i < 20; i++) {
            thread[0].interrupt();
            PolicyFileTest.write(path, i % 2 == 0 ? TWO : ONE);
            String now = i % 2 == 0 ? "two" : "one";
            await(() -> allows(now));
        }
    }

    // ---- reload ----

    @Test
    void reloadsForWhoeverCallsAlsoIfInterrupted() throws Exception {
        PolicyFileTest.write(path, ONE);
        start(false);
        assertThat(engine.reload("ada")).isInstanceOf(PolicyReload.Unchanged.class);
        var audit = new HangingAudit();
        guard.bind(audit);
        PolicyFileTest.write(path, TWO);
        audit.awaitEntered(); // whatever comes waits for its turn
        Thread.currentThread().interrupt();
        assertThat(engine.reload("ada"))
                .isInstanceOfSatisfying(
                        PolicyReload.Unanswered.class,
                        none -> assertThat(none.reason()).contains("interrupted"));
        assertThat(Thread.interrupted()).as("kept").isTrue();
        audit.release();
        await(() -> allows("two"));
    }

    @Test
    void answersNoReloadAfterItsEnd() throws IOException {
        PolicyFileTest.write(path, ONE);
        start(false);
        engine.close();
        assertThat(engine.reload("ada")).isEqualTo(new PolicyReload.Unanswered("symphony.rbac stops"));
        assertThat(allows("one")).as("decisions go on").isTrue();
    }

    /** An audit that hangs delays swaps, never decisions. */
    @Test
    void decidesWhileTheAuditHangs() throws Exception {
        var audit = new HangingAudit();
        PolicyFileTest.write(path, ONE);
        start(false);
        guard.bind(audit);
        PolicyFileTest.write(path, TWO);
        audit.awaitEntered();
        assertThat(allows("one")).isTrue();
        assertThat(allows("two")).isFalse();
        audit.release();
        await(() -> allows("two"));
    }

    /** The first policy of a start does not wait for it, and the start does not wait, either. */
    @Test
    void startsThoughTheAuditHangs() throws Exception {
        var audit = new HangingAudit();
        guard.bind(audit);
        PolicyFileTest.write(path, ONE);
        start(false);
        assertThat(allows("one")).isTrue();
        assertThat(CapturedLog.LINES).noneMatch(line -> line.startsWith("ERROR"));
        audit.awaitEntered();
        assertThat(engine.epoch()).isEqualTo(1);
        audit.release();
        assertThat(engine.reload("ada")).isInstanceOf(PolicyReload.Unchanged.class);
    }

    /** Those that wait for their turn are one: many callers make the file read no more often. */
    @Test
    void joinsReloadsThatWaitForTheirTurn() throws Exception {
        PolicyFileTest.write(path, ONE);
        start(false);
        var audit = new HangingAudit();
        guard.bind(audit);
        PolicyFileTest.write(path, TWO);
        audit.awaitEntered();
        var begun = new CountDownLatch(8);
        var pool = Executors.newFixedThreadPool(8);
        try {
            List<Future<PolicyReload>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(pool.submit(() -> {
                    begun.countDown();
                    return engine.reload("ada");
                }));
            }
            assertThat(begun.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            await(() -> waitingReloads() == 8);
            audit.release();
            PolicyReload first = answers.get(0).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            for (Future<PolicyReload> answer : answers) {
                assertThat(answer.get(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isSameAs(first);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** Threads that wait for an answer to their reload. */
    private static long waitingReloads() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> Arrays.stream(stack)
                                .anyMatch(at -> at.getClassName().equals(PolicyWatch.class.getName())
                                        && at.getMethodName().equals("reload"))
                        && Arrays.stream(stack)
                                .anyMatch(at -> at.getClassName().equals("java.util.concurrent.CompletableFuture")
                                        && at.getMethodName().equals("timedGet")))
                .count();
    }

    /** An audit that takes nothing until it is released. */
    private static final class HangingAudit implements AuditSink {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch go = new CountDownLatch(1);

        @Override
        public void record(AuditEntry entry) {
            entered.countDown();
            try {
                assertThat(go.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void count(
                String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {}

        void awaitEntered() throws InterruptedException {
            assertThat(entered.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        void release() {
            go.countDown();
        }
    }

    // ---- views ----

    @Test
    void showsWhatIsInForce() throws IOException {
        PolicyFileTest.write(path, Policies.json("""
                        {'version': 1,
                         'roles': {'clerk': {'comment': 'sells', 'grants': ['a:b:c', '!a:b:d']}},
                         'bundles': {'shop': {'roles': ['clerk']}, '*': {}},
                         'users': {'ada': {}}}
                        """));
        start(false);
        PolicyView view = engine.view();
        assertThat(view.origin()).isEqualTo(Origin.FILE);
        assertThat(view.source()).isEqualTo(path.toString());
        assertThat(view.hash()).isEqualTo(PolicyReader.hash(Files.readAllBytes(path)));
        assertThat(view.epoch()).isEqualTo(1);
        assertThat(view.since()).isEqualTo(new HandClock().instant());
        assertThat(view.problem()).isEmpty();
        assertThat(view.roles())
                .containsExactly(new PolicyEntry("clerk", 2, "sells", "", List.of(), List.of("a:b:c", "!a:b:d")));
        assertThat(view.principals())
                .containsExactly(
                        new PolicyEntry("shop", 3, "", "", List.of("clerk"), List.of()),
                        new PolicyEntry("*", 3, "", "", List.of(), List.of()),
                        new PolicyEntry("user:ada", 4, "", "", List.of(), List.of()));
    }

    @Test
    void showsThatThePolicyIsGeneratedOrThatThereIsNone() {
        start(true);
        assertThat(engine.view().origin()).isEqualTo(Origin.GENERATED);
        assertThat(engine.view().source()).isEqualTo("generated policy");
        engine.close();
        start(false);
        assertThat(engine.view().origin()).isEqualTo(Origin.NONE);
        assertThat(engine.view().hash()).isEmpty();
        assertThat(engine.view().problem()).isEqualTo("no policy is in force: write " + path);
    }

    /** Who is denied does not learn which topics there are; who administers does. */
    @Test
    void namesRulesToWhoAdministersOnly() throws IOException {
        PolicyFileTest.write(
                path, Policies.json(Policies.textGranting("event:subscribe:*", "!event:subscribe:orders/secret")));
        start(false);
        Permission wanted = Permission.of("event:subscribe:orders/*");
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> engine.check("shop", wanted))
                .withMessage("shop has no permission event:subscribe:orders/*");
        Decision decision = new Decision(false, "policy.json line 1: bundle shop: !event:subscribe:orders/secret");
        assertThat(engine.explain("shop", wanted).decision()).isEqualTo(decision);
        assertThat(engine.decide("shop", wanted)).isEqualTo(new Decision(false, ""));
        assertThat(engine.decide("shop", Permission.of("event:subscribe:news"))).isEqualTo(new Decision(true, ""));
        AccessControl numbered = engine.numbered();
        assertThat(numbered.mark()).isSameAs(engine.mark());
        Decision denied = numbered.decide("shop", wanted);
        assertThat(denied.allowed()).isFalse();
        assertThat(denied.rule()).isEmpty();
        assertThat(denied.id()).isEqualTo(denied.epoch() + "/2");
        assertThat(denied.epoch()).isEqualTo(engine.view().epoch()).isPositive();
        assertThat(numbered.decide("shop", wanted)).as("nothing is made anew").isSameAs(denied);
        assertThat(numbered.decide("shop", Permission.of("a:b:c")).id()).endsWith("/none");
        assertThat(engine.explain("shop", wanted).rules()).hasSize(2);
        assertThat(CapturedLog.LINES)
                .contains("DEBUG shop has no permission event:subscribe:orders/* (" + decision.rule() + ")");
        engine.check("shop", Permission.of("event:subscribe:news"));
    }

    /** Whoever asks for something chooses what is in this line. */
    @Test
    void logsWhatIsAskedForInOneLine() throws IOException {
        PolicyFileTest.write(path, ONE);
        start(false);
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> engine.check("shop", new Permission("event", "publish", "a\nERROR all is lost")));
        assertThat(CapturedLog.LINES)
                .contains("DEBUG shop has no permission event:publish:a\\u000aERROR all is lost ()");
    }

    /** A call is denied and can be made again; what waits is not given up. What is wrong with the file is for administrators. */
    @Test
    void decidesNothingWhileNoPolicyIsInForce() throws IOException {
        PolicyFileTest.write(path, "correct horse");
        start(false);
        Permission wanted = Permission.of("event:publish:one");
        assertThatExceptionOfType(AccessUndecidedException.class).isThrownBy(() -> engine.decide("shop", wanted));
        assertThatExceptionOfType(AccessUndecidedException.class)
                .isThrownBy(() -> engine.check("shop", wanted))
                .withMessage("shop has no permission event:publish:one (no policy is in force)");
        assertThat(guard(engine).ask("shop", "event", "publish", "one")).isEqualTo(Guard.Answer.UNKNOWN);
        assertThat(engine.view().problem()).contains("correct");
        PolicyFileTest.write(path, ONE);
        await(() -> guard(engine).ask("shop", "event", "publish", "one") == Guard.Answer.YES);
        assertThat(engine.epoch()).isEqualTo(1);
        await(() -> changes.get() == 1);
    }

    private static Guard guard(AccessControl access) {
        var guard = new Guard(true);
        guard.bind(access);
        return guard;
    }

    /** The state folder is the launcher's to choose: whoever may configure must not lead out of it. */
    @Test
    void takesItsFileFromElsewhereByTheLaunchPropertyOnly() throws IOException {
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        PolicyFileTest.write(path, ONE);
        PolicyFileTest.write(elsewhere.resolve("site.json"), TWO);
        start(false, Optional.of(elsewhere.resolve("site.json")));
        assertThat(allows("two")).isTrue();
        engine.apply(RbacEngine.SETTINGS.orDefaults(Map.of("poll", "100ms", "path", "policy.json")));
        assertThat(engine.reload("ada")).isInstanceOf(PolicyReload.Unchanged.class);
        assertThat(allows("two")).isTrue();
        assertThat(engine.view().source())
                .isEqualTo(elsewhere.resolve("site.json").toString());
    }

    /** Where it came from, and not where the next one is looked for. */
    @Test
    void showsWhereThePolicyInForceIsFrom() throws IOException {
        PolicyFileTest.write(path, ONE);
        start(false);
        engine.apply(RbacEngine.SETTINGS.orDefaults(Map.of("poll", "100ms", "path", "sub/other.json")));
        Path other = temp.resolve("sub/other.json");
        await(() -> engine.view().problem().startsWith(other + " is not there, and the policy of " + path));
        assertThat(engine.view().source()).isEqualTo(path.toString());
        assertThat(CapturedLog.LINES)
                .contains("WARN symphony.rbac: " + other + " is not there; the policy of " + path
                        + " stays in force until the next start");
    }

    // ---- trying another ----

    @Test
    void triesAPolicyAndTellsTheDifference() throws IOException {
        PolicyFileTest.write(path, ONE);
        start(false);
        assertThat(engine.tryOut(TWO))
                .isEqualTo(new PolicyTrial.Valid(
                        PolicyReader.hash(TWO.getBytes(StandardCharsets.UTF_8)),
                        List.of("shop event:publish:two"),
                        List.of("shop event:publish:one"),
                        true));
        assertThat(engine.tryOut(Policies.json(
                        "{'version': 1, 'roles': {'r': {'grants': ['!a:b:c']}}, 'users': {'ada': {'roles': ['r']}}}")))
                .isInstanceOfSatisfying(PolicyTrial.Valid.class, valid -> {
                    assertThat(valid.added()).containsExactly("user:ada !a:b:c");
                    assertThat(valid.removed()).containsExactly("shop event:publish:one", "shop event:publish:both");
                });
        assertThat(engine.tryOut("{}"))
                .isEqualTo(new PolicyTrial.Refused(
                        "line 1, column 1: the policy has no member 'version'; write \"version\": 1"));
        assertThat(allows("one")).as("nothing has changed").isTrue();
        assertThat(engine.epoch()).isEqualTo(1);
    }

    /** The same roles with the same grants, the same roles with others, other roles, another order, a signer. */
    @Test
    void tellsTheDifferenceWhereverItComesFrom() throws IOException {
        String text = Policies.json("{'version': 1, 'roles': {'r': {'grants': ['a:b:r']}, 's': {'grants': ['a:b:s']}},"
                + " 'bundles': {'one': {'roles': ['r', 's'], 'grants': ['a:b:o']}, 'two': {'roles': ['r']}}}");
        PolicyFileTest.write(path, text);
        start(false);
        differs(text, text, List.of(), List.of());
        differs(
                text,
                text.replace("a:b:r", "a:b:x"),
                List.of("one a:b:x", "two a:b:x"),
                List.of("one a:b:r", "two a:b:r"));
        differs(text, text.replace("'r', 's'".replace('\'', '"'), Policies.json("'s', 'r'")), List.of(), List.of());
        differs(text, text.replace(Policies.json("'r', 's'"), Policies.json("'s'")), List.of(), List.of("one a:b:r"));
        differs(
                text,
                text.replace(Policies.json("'grants': ['a:b:o']"), Policies.json("'grants': ['!a:b:r']")),
                List.of("one !a:b:r"),
                List.of("one a:b:o"));
        differs(text, text.replace("two", "three"), List.of("three a:b:r"), List.of("two a:b:r"));
        differs(
                text,
                text.replace(Policies.json("'two': {"), Policies.json("'two': {'signer': '" + "0".repeat(64) + "', ")),
                List.of("two a:b:r if signed by " + "0".repeat(64)),
                List.of("two a:b:r"));
        differs(
                text,
                text.replace(Policies.json("'two': {"), Policies.json("'two': {'comment': 'c', ")),
                List.of(),
                List.of());
    }

    private void differs(String before, String after, List<String> added, List<String> removed) {
        assertThat(engine.view().hash()).isEqualTo(PolicyReader.hash(before.getBytes(StandardCharsets.UTF_8)));
        assertThat(engine.tryOut(after))
                .isEqualTo(new PolicyTrial.Valid(
                        PolicyReader.hash(after.getBytes(StandardCharsets.UTF_8)), added, removed, true));
    }

    /** Ten thousand bundles with a role of ten thousand grants would be a hundred million rules. */
    @Test
    @Timeout(120)
    void comparesLargePoliciesWithoutLookingAtWhatIsTheSame() throws IOException {
        String grants =
                IntStream.range(0, 10_000).mapToObj(i -> "'a:b:" + i + "'").collect(Collectors.joining(","));
        String bundles = IntStream.range(0, 9_999)
                .mapToObj(i -> "'b" + i + "': {'roles': ['r']}")
                .collect(Collectors.joining(","));
        String text = Policies.json(
                "{'version': 1, 'roles': {'r': {'grants': [" + grants + "]}}, 'bundles': {" + bundles + "}}");
        PolicyFileTest.write(path, text);
        start(false);
        await(() -> engine.epoch() == 1); // a start does not wait for ever, and this takes a while
        String more = text.replace(
                Policies.json("'b0': {'roles': ['r']}"), Policies.json("'b0': {'roles': ['r'], 'grants': ['c:d:e']}"));
        differs(text, more, List.of("b0 c:d:e"), List.of());
        var difference = new PolicyDifference(Policies.policy(text), Policies.policy(more));
        assertThat(difference.compared())
                .as("principals whose rules were listed")
                .isEqualTo(1);
    }

    @Test
    void triesAFileWhoeverMayReadIt() throws IOException {
        PolicyFileTest.write(path, ONE);
        start(false);
        Path candidate = temp.resolve("candidate.json");
        assertThat(engine.tryOut(candidate)).isEqualTo(new PolicyTrial.Refused(candidate + " is not there"));
        Files.writeString(candidate, TWO);
        Files.setPosixFilePermissions(candidate, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(engine.tryOut(candidate)).isInstanceOf(PolicyTrial.Valid.class);
        Path link = Files.createSymbolicLink(temp.resolve("link.json"), candidate);
        assertThat(engine.tryOut(link))
                .isInstanceOfSatisfying(
                        PolicyTrial.Refused.class, no -> assertThat(no.reason()).startsWith("it is a link"));
    }

    /** What is wrong with a file is quoted. */
    @Test
    void readsNoFileThatMayHoldASecret() throws IOException {
        start(false);
        Path secret = Files.writeString(temp.resolve("passphrase"), "correct horse");
        assertThat(engine.tryOut(secret))
                .isInstanceOfSatisfying(
                        PolicyTrial.Refused.class,
                        no -> assertThat(no.reason())
                                .contains("does not end with .json")
                                .doesNotContain("correct"));
    }

    @Test
    void cutsADifferenceThatIsLong() throws IOException {
        start(false);
        var grants = new StringBuilder();
        for (int i = 0; i < 1_500; i++) {
            grants.append(i == 0 ? "'a:b:c" : ", 'a:b:c").append(i).append('\'');
        }
        String text = Policies.json("{'version': 1, 'roles': {'r': {'grants': [" + grants
                + "]}}, 'bundles': {'x': {'roles': ['r']}, 'y': {'roles': ['r']}}}");
        assertThat(engine.tryOut(text)).isInstanceOfSatisfying(PolicyTrial.Valid.class, valid -> {
            assertThat(valid.added()).hasSize(1_000);
            assertThat(valid.removed()).isEmpty();
            assertThat(valid.complete()).isFalse();
        });
        var difference = new PolicyDifference(Policies.policy("{'version': 1}"), Policies.policy(text));
        assertThat(difference.compared()).as("no more than are shown").isEqualTo(1);
    }
}

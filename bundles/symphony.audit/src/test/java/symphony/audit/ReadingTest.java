package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditAnchor;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditPage;
import symphony.api.audit.AuditQuery;
import symphony.api.audit.AuditRecord;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditStatus;
import symphony.api.audit.AuditTrail;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;
import symphony.component.Guard;

/** What is found, followed, exported and verified, by whom. */
@Timeout(120)
class ReadingTest {
    @TempDir
    private Path temp;

    private Rig rig;
    private AuditEngine audit;
    private AuditTrail trail;
    private final Guard guard = new Guard(false);

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(temp);
        restart();
    }

    private void restart() {
        audit = rig.start();
        guard.bind(audit);
        trail = new CallerTrail(new TrailReading(rig.folder, audit), guard, "auditor");
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private static List<String> targets(AuditPage page) {
        return page.records().stream()
                .map(record -> record.entry().map(AuditEntry::target).orElse("?"))
                .toList();
    }

    @Test
    void showsARecordWithAllThatWasTold() {
        var entry = new AuditEntry("acme", "key:destroy", "event/3", Outcome.FAILED, Map.of("force", "true"));
        audit.record(entry);
        AuditRecord record = trail.show(2).orElseThrow();
        assertThat(record.entry()).hasValue(entry);
        assertThat(record.kind()).isEqualTo(Kind.SECURITY);
        assertThat(record.time()).isEqualTo(rig.clock.instant());
        assertThat(record.count()).isEqualTo(1);
        assertThat(record.hash()).hasSize(64);
        assertThat(trail.show(0)).isEmpty();
        assertThat(trail.show(3)).isEmpty();
    }

    @Test
    void showsSummariesWithCountAndIds() {
        audit.record(Rig.entry("first"));
        var id = new UUID(1, 2);
        audit.count("event:deliver", "shop", "orders/new", "shop/handler", Outcome.DONE, id);
        audit.count("event:deliver", "shop", "orders/new", "shop/handler", Outcome.DONE, new UUID(1, 3));
        rig.advanceUntil(() -> trail.tail(1).records().get(0).kind() == Kind.SUMMARY);
        AuditRecord record = trail.tail(1).records().get(0);
        assertThat(record.count()).isEqualTo(2);
        assertThat(record.first()).hasValue(id);
        assertThat(record.last()).hasValue(new UUID(1, 3));
        assertThat(record.subscription()).isEqualTo("shop/handler");
        assertThat(record.from()).isBefore(record.to());
    }

    @Test
    void findsPageByPageAndGoesOnWithWhatIsNew() {
        for (int i = 0; i < 10; i++) {
            audit.record(Rig.entry("e" + i));
        }
        AuditPage page = trail.find(AuditQuery.all().to("e*"), 4);
        assertThat(targets(page)).containsExactly("e0", "e1", "e2", "e3");
        assertThat(page.isEnd()).isFalse();
        page = trail.find(AuditQuery.all().to("e*").from(page.next()), 100);
        assertThat(targets(page)).containsExactly("e4", "e5", "e6", "e7", "e8", "e9");
        assertThat(page.isEnd()).isTrue();
        AuditQuery behind = AuditQuery.all().from(page.next());
        assertThat(trail.find(behind, 100)).isEqualTo(new AuditPage(List.of(), page.next(), true));
        audit.record(Rig.entry("new"));
        assertThat(targets(trail.find(behind, 100))).containsExactly("new");
    }

    @Test
    void findsByTimeKindAndOutcome() {
        audit.record(Rig.entry("early"));
        rig.advance(Duration.ofHours(1));
        rig.settle();
        audit.record(Rig.denial("late"));
        var late = AuditQuery.all()
                .between(Optional.of(rig.clock.instant()), Optional.empty())
                .of(Set.of(Kind.SECURITY));
        assertThat(targets(trail.find(late, 10))).containsExactly("late");
        var early = AuditQuery.all()
                .between(Optional.empty(), Optional.of(rig.clock.instant()))
                .by("acme");
        assertThat(targets(trail.find(early, 10))).containsExactly("early");
        assertThat(targets(trail.find(AuditQuery.all().ended(Outcome.DENIED), 10)))
                .containsExactly("late");
    }

    @Test
    void looksAtABoundedNumberOfRecordsEachTime() {
        for (int i = 0; i < 50; i++) {
            audit.submit(Rig.entry("e" + i));
        }
        audit.record(Rig.entry("wanted"));
        var bounded = new TrailReading(rig.folder, audit, 20, 1 << 20);
        AuditQuery query = AuditQuery.all().to("wanted");
        List<String> found = new ArrayList<>();
        int calls = 0;
        AuditPage page;
        do {
            page = bounded.find(query, 10);
            found.addAll(targets(page));
            query = query.from(page.next());
            calls++;
        } while (!page.isEnd());
        assertThat(found).containsExactly("wanted");
        assertThat(calls).isEqualTo(3);
    }

    @Test
    void showsTheNewestWhereverTheyLie() {
        rig.apply("segment.bytes", 64 << 10);
        for (int i = 0; i < 1000; i++) {
            audit.submit(Rig.entry("e" + i));
        }
        audit.record(Rig.entry("last"));
        AuditPage page = trail.tail(600);
        assertThat(page.records()).hasSize(600);
        assertThat(targets(page)).endsWith("last").contains("e999", "e500");
        assertThat(page.isEnd()).isTrue();
        assertThat(page.next()).isEqualTo(page.records().get(599).sequence() + 1);
        assertThat(trail.show(500).orElseThrow().sequence()).isEqualTo(500);
        assertThatIllegalArgumentException().isThrownBy(() -> trail.tail(0));
        assertThatIllegalArgumentException().isThrownBy(() -> trail.find(AuditQuery.all(), 10_001));
    }

    @Test
    void readsWhatLiesThereWhileNothingCanBeWritten() throws Exception {
        audit.record(Rig.entry("first"));
        rig.disk.failForces(true);
        assertThatThrownBy(() -> audit.record(Rig.entry("second"))).isInstanceOf(AuditUnavailableException.class);
        rig.settle();
        assertThat(audit.writer().trail()).isEmpty();
        assertThat(targets(trail.tail(10))).contains("first");
        assertThat(targets(trail.find(AuditQuery.all().to("first"), 10))).containsExactly("first");
        assertThat(trail.verify().verdict()).isEqualTo(Verdict.INTACT);
        AuditStatus status = trail.status();
        assertThat(status.isWritable()).isFalse();
        assertThat(status.problem()).contains("Input/output error");
        rig.disk.failForces(false);
    }

    @Test
    void showsThatARecordCannotBeOpenedAnyMore() {
        audit.record(Rig.entry("old"));
        rig.crypto.rotate();
        audit.record(Rig.entry("new"));
        rig.crypto.destroy(1);
        AuditPage page = trail.find(AuditQuery.all().of(Set.of(Kind.SECURITY)), 10);
        assertThat(targets(page)).containsExactly("?", "new");
        assertThat(trail.verify().verdict()).as("that needs no key").isEqualTo(Verdict.INTACT);
    }

    @Test
    void tellsHowItStands() {
        audit.record(Rig.entry("first"));
        AuditStatus status = trail.status();
        assertThat(status.isWritable()).isTrue();
        assertThat(status.problem()).isEmpty();
        assertThat(status.isSealing()).isTrue();
        assertThat(status.sequence()).isEqualTo(2);
        assertThat(status.firstSequence()).isEqualTo(1);
        assertThat(status.bytes()).isPositive();
        assertThat(status.checkpoint()).isEmpty();
        assertThat(status.key()).hasSize(16);
        rig.advance(Duration.ofSeconds(10));
        rig.advance(Duration.ofSeconds(10));
        rig.settle();
        assertThat(trail.status().checkpoint().orElseThrow().sequence()).isEqualTo(3);
    }

    @Test
    void knowsItsCallerAndTellsOfExports() throws Exception {
        var denied = new ArrayList<String>();
        AccessControl access = (principal, permission) -> {
            denied.add(principal + " " + permission);
            return new Decision(false, "");
        };
        audit.record(Rig.entry("first"));
        guard.bind(access);
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> trail.tail(1));
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> trail.find(AuditQuery.all(), 1));
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> trail.show(1));
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> trail.verify());
        var out = new StringBuilder();
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> trail.export(AuditQuery.all(), out));
        assertThat(out).isEmpty();
        assertThat(denied)
                .containsExactly(
                        "auditor audit:read:trail",
                        "auditor audit:read:trail",
                        "auditor audit:read:trail",
                        "auditor audit:verify:trail",
                        "auditor audit:export:trail");
        guard.unbind(access);
        trail.export(AuditQuery.all(), out);
        assertThat(trail.find(AuditQuery.all().by("auditor").doing("audit:*"), 10)
                        .records())
                .extracting(record -> record.entry().orElseThrow().action() + " "
                        + record.entry().get().outcome())
                .containsExactly(
                        "audit:read DENIED", "audit:verify DENIED", "audit:export DENIED", "audit:export DONE");
    }

    @Test
    void exportsNothingThatCannotBeRecorded() throws Exception {
        audit.record(Rig.entry("first"));
        rig.disk.failForces(true);
        var out = new StringBuilder();
        assertThatThrownBy(() -> trail.export(AuditQuery.all(), out)).isInstanceOf(AuditUnavailableException.class);
        assertThat(out).isEmpty();
        rig.disk.failForces(false);
    }

    /** Row 37. */
    @Test
    void exportsOneLineForEachRecordWhateverTheNamesAre() throws Exception {
        String strange = "a\n\"b\\\t\u202eevil\u2066\u001b[31m\u2028\u0000\ud83d\ude00\ue000\u00a0ü\udb40\udc41";
        audit.record(new AuditEntry(strange, "key:rotate", strange, Outcome.DONE, Map.of(strange, strange)));
        audit.record(new AuditEntry("x".repeat(1 << 20), "a:b", "t", Outcome.DONE, Map.of()));
        var out = new StringBuilder();
        long written = trail.export(AuditQuery.all().of(Set.of(Kind.SECURITY)), out);
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize((int) written).hasSize(3);
        String escaped =
                "a\\u000a\\\"b\\\\\\u0009\\u202eevil\\u2066\\u001b[31m\\u2028\\u0000\ud83d\ude00\\ue000\\u00a0ü"
                        + "\\udb40\\udc41";
        AuditRecord record = trail.show(2).orElseThrow();
        assertThat(lines.get(0))
                .isEqualTo(
                        "{\"sequence\":2,\"time\":\"2026-11-24T08:00:00Z\",\"kind\":\"SECURITY\",\"sealed\":true,\"actor\":\""
                                + escaped
                                + "\",\"action\":\"key:rotate\",\"target\":\"" + escaped
                                + "\",\"outcome\":\"DONE\",\"count\":1,\"details\":{\"" + escaped + "\":\"" + escaped
                                + "\"},\"hash\":\"" + record.hash() + "\"}");
        assertThat(lines.get(1).length()).isLessThan(1_500);
        assertThat(lines.get(2)).contains("\"action\":\"audit:export\"");
        assertThat(out.codePoints()
                        .filter(c -> c != '\n')
                        .noneMatch(c ->
                                Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || c == '\u2028'))
                .isTrue();
    }

    @Test
    void tellsWhoeverExportsOfAFailureOfTheReceiver() {
        audit.record(Rig.entry("first"));
        Appendable full = new Appendable() {
            @Override
            public Appendable append(CharSequence text) throws IOException {
                throw new IOException("full");
            }

            @Override
            public Appendable append(CharSequence text, int from, int to) throws IOException {
                throw new IOException("full");
            }

            @Override
            public Appendable append(char c) throws IOException {
                throw new IOException("full");
            }
        };
        assertThatThrownBy(() -> trail.export(AuditQuery.all(), full))
                .isInstanceOf(IOException.class)
                .hasMessage("full");
    }

    /** What can be seen of a line must be what is there. */
    @Test
    void exportsNothingThatCannotBeSeenOrJoinsWhatIsBesideIt() throws Exception {
        String strange = "\u0301a\u0301\u3164b\u115f\u034fc\ufe0f\u2800\u0301\"\u0301d\udb40\udd00\uffa0e\u20dd";
        audit.record(new AuditEntry(strange, "a:b", "t", Outcome.DONE, Map.of()));
        var out = new StringBuilder();
        trail.export(AuditQuery.all().of(Set.of(Kind.SECURITY)), out);
        assertThat(out.toString().lines().findFirst().orElseThrow())
                .contains("\"actor\":\"\\u0301a\u0301\\u3164b\\u115f\\u034fc\\ufe0f\\u2800\\u0301\\\"\\u0301d"
                        + "\\udb40\\udd00\\uffa0e\u20dd\"");
    }

    @Test
    void showsWhatIsSealedWhatIsNotAndWhatIsMalformed() throws Exception {
        audit.record(Rig.entry("first"));
        assertThat(trail.show(1).orElseThrow().isSealed()).as("START").isFalse();
        assertThat(trail.show(2).orElseThrow().isSealed()).isTrue();
        rig.stop();
        var forgery = new Forgery(rig.folder);
        forgery.add(Kind.SECURITY, false, true, new byte[] {99});
        Rig attacked = rig.next(forgery.write(temp.resolve("attacked")));
        try (attacked) {
            AuditEngine other = attacked.startWithoutCrypto();
            var reading = new TrailReading(attacked.folder, other);
            AuditRecord malformed = reading.show(4).orElseThrow();
            assertThat(malformed.isSealed()).isFalse();
            assertThat(malformed.entry()).isEmpty();
            var out = new StringBuilder();
            reading.export(AuditQuery.all().of(Set.of(Kind.SECURITY)), out);
            List<String> lines = out.toString().lines().toList();
            assertThat(lines.get(0)).contains("\"sealed\":true,\"hash\":");
            assertThat(lines.get(1)).contains("\"sealed\":false,\"malformed\":true,\"hash\":");
        }
    }

    @Test
    void readsWhatCannotBeOpenedWhileTheCryptoServiceIsReplaced() {
        CryptoService broken = (CryptoService) Proxy.newProxyInstance(
                ReadingTest.class.getClassLoader(),
                new Class<?>[] {CryptoService.class},
                (proxy, method, arguments) -> {
                    throw new NoClassDefFoundError("gone");
                });
        var views = new RecordViews(Optional.of(broken));
        StoredRecord stored = StoredRecord.make(
                new StoredRecord.Header(Kind.SECURITY, true, true, 1, 0), new byte[80], new byte[32], new ChainHash());
        assertThat(views.view(stored).entry()).isEmpty();
    }

    @Test
    void returnsABoundedNumberOfBytesEachTime() {
        String text = "x".repeat(1000);
        for (int i = 0; i < 50; i++) {
            audit.submit(new AuditEntry("acme", "a:b", "e" + i, Outcome.DONE, Map.of("a", text)));
        }
        audit.record(Rig.entry("last"));
        var bounded = new TrailReading(rig.folder, audit, 1_000_000, 10_000);
        AuditQuery query = AuditQuery.all();
        int calls = 0;
        List<String> found = new ArrayList<>();
        AuditPage page;
        do {
            page = bounded.find(query, 1000);
            assertThat(page.records()).hasSizeLessThan(12);
            found.addAll(targets(page));
            query = query.from(page.next());
            calls++;
        } while (!page.isEnd());
        assertThat(calls).isBetween(5, 10);
        assertThat(found).hasSize(52).endsWith("e49", "last");
        AuditPage newest = bounded.tail(1000);
        assertThat(newest.records()).hasSizeLessThan(12);
        assertThat(targets(newest)).endsWith("e49", "last");
    }

    /** There is no index then. */
    @Test
    void readsPageByPageWhileNothingCanBeWrittenWithoutReadingAllOfItEachTime() throws Exception {
        rig.apply("segment.bytes", 64 << 10);
        String text = "x".repeat(1000);
        for (int i = 0; i < 1000; i++) {
            audit.submit(new AuditEntry("acme", "a:b", "e" + i, Outcome.DONE, Map.of("a", text, "b", text)));
        }
        audit.record(Rig.entry("last"));
        rig.stop();
        var reading = new TrailReading(rig.folder, audit);
        AuditPage page = reading.find(AuditQuery.all(), 600);
        Path first = rig.folder.resolve("0000000000000001.segment");
        Files.delete(first);
        Files.createDirectory(first); // it cannot be read again
        AuditPage next = reading.find(AuditQuery.all().from(page.next()), 10);
        assertThat(next.records().get(0).sequence()).isEqualTo(page.next());
    }

    @Test
    void tellsWhoFollowsThatTheTrailHasLostItsEnd() throws Exception {
        for (int i = 0; i < 10; i++) {
            audit.record(Rig.entry("e" + i));
        }
        long next = trail.find(AuditQuery.all(), 100).next();
        assertThat(trail.find(AuditQuery.all().from(next), 10).next()).isEqualTo(next);
        rig.stop();
        var forgery = new Forgery(rig.folder);
        forgery.bodies.subList(5, forgery.bodies.size()).clear();
        Rig shorter = rig.next(forgery.write(temp.resolve("shorter")));
        try (shorter) {
            AuditEngine other = shorter.start();
            other.record(Rig.entry("later"));
            AuditPage page = new TrailReading(shorter.folder, other)
                    .find(AuditQuery.all().from(next), 10);
            assertThat(page.records()).isEmpty();
            assertThat(page.next()).isLessThan(next);
        }
    }

    @Test
    void tellsThatThereIsNothingToVerify() throws Exception {
        audit.record(Rig.entry("first"));
        Path away = Files.move(rig.folder.resolve(KeyFiles.PUBLIC), temp.resolve("away"));
        var result = trail.verify();
        assertThat(result.verdict()).isEqualTo(Verdict.MISSING);
        assertThat(result.findings().get(0).detail()).contains("public.pem with public keys");
        Files.move(away, rig.folder.resolve(KeyFiles.PUBLIC));
        var nowhere = new TrailReading(temp.resolve("nowhere"), audit).verify();
        assertThat(nowhere.verdict()).isEqualTo(Verdict.MISSING);
    }

    private static AuditAnchor anchor(String name, Callable<List<AuditCheckpoint>> kept) {
        return new AuditAnchor() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void keep(AuditCheckpoint checkpoint) throws IOException {
                throw new IOException("keeps nothing");
            }

            @Override
            public List<AuditCheckpoint> kept() throws IOException {
                try {
                    return kept.call();
                } catch (IOException | RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IOException(e);
                }
            }
        };
    }

    @Test
    void anAnchorThatHasNothingIsNoAnchor() {
        audit.record(Rig.entry("first"));
        rig.stop();
        restart();
        audit.record(Rig.entry("second"));
        audit.bind(anchor("empty\u001b[31m", List::of));
        var result = trail.verify();
        assertThat(result.verdict()).isEqualTo(Verdict.ANCHOR);
        assertThat(result.findings())
                .singleElement()
                .satisfies(
                        finding -> assertThat(finding.detail())
                                .isEqualTo(
                                        "the anchor empty\ufffd[31m has no checkpoint, though the trail is signed up to record 4"));
        assertThat(result.notes())
                .anyMatch(note -> note.startsWith("there was no checkpoint from outside of its folder"));
    }

    /** They are services of others. */
    @Test
    void verifiesWhateverAnAnchorDoes() {
        audit.record(Rig.entry("first"));
        audit.bind(anchor("a", () -> Arrays.asList((AuditCheckpoint) null)));
        audit.bind(anchor("b", () -> null));
        audit.bind(anchor(null, List::of));
        audit.bind(anchor("d", () -> {
            throw new IllegalStateException("line\nbreak");
        }));
        audit.bind(anchor("e", () -> {
            throw new NoClassDefFoundError("gone");
        }));
        var result = trail.verify();
        assertThat(result.verdict()).isEqualTo(Verdict.ANCHOR);
        assertThat(result.findings())
                .hasSize(5)
                .allSatisfy(finding -> assertThat(finding.detail())
                        .contains("cannot be asked: ")
                        .doesNotContain("\n"));
    }

    @Test
    void tellsWhatAnAnchorsFileHas() throws Exception {
        Path file = temp.resolve("symphony.anchor");
        rig.apply("checkpoint.records", 1);
        rig.apply("anchor.file", file.toString());
        audit.record(Rig.entry("first"));
        Rig.await(() -> kept(file).size() == 1);
        rig.stop();
        Files.writeString(file, "not a line of ours\n", StandardOpenOption.APPEND);
        int before = kept(file).size();
        restart();
        audit.record(Rig.entry("second"));
        Rig.await(() -> kept(file).size() > before); // nothing comes to it for a minute then
        var result = trail.verify();
        assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
        assertThat(result.notes())
                .anyMatch(note ->
                        note.startsWith("the anchor file " + file) && note.endsWith("lines that are no checkpoint: 1"));
        Files.delete(file);
        assertThat(trail.verify().verdict()).as("as where its mount is away").isEqualTo(Verdict.ANCHOR);
    }

    /** What an anchor has, and how it fails. */
    private static final class MemoryAnchor implements AuditAnchor {
        private final List<AuditCheckpoint> kept = new ArrayList<>();
        private volatile boolean fails;

        @Override
        public String name() {
            return "memory";
        }

        @Override
        public synchronized void keep(AuditCheckpoint checkpoint) throws IOException {
            if (fails) {
                throw new IOException("away");
            }
            kept.add(checkpoint);
        }

        @Override
        public synchronized List<AuditCheckpoint> kept() throws IOException {
            if (fails) {
                throw new IOException("away");
            }
            return List.copyOf(kept);
        }
    }

    @Test
    void givesAnchorsTheNewestCheckpointAndTheLastOneAndVerifiesByThem() throws Exception {
        var anchor = new MemoryAnchor();
        Path file = temp.resolve("symphony.anchor");
        rig.apply("checkpoint.records", 1);
        rig.apply("anchor.file", file.toString());
        audit.bind(anchor);
        audit.record(Rig.entry("first"));
        Rig.await(() -> kept(anchor).size() == 1 && kept(file).size() == 1);
        audit.record(Rig.entry("second"));
        rig.settle();
        assertThat(kept(anchor)).as("not yet: a minute is not over").hasSize(1);
        assertThat(trail.verify().verdict()).isEqualTo(Verdict.INTACT);
        rig.stop();
        assertThat(kept(anchor)).hasSize(2);
        assertThat(kept(file)).last().isEqualTo(kept(anchor).get(1));
        assertThat(kept(anchor).get(1))
                .isEqualTo(CheckpointFile.in(rig.folder).read().orElseThrow());

        var forgery = new Forgery(rig.folder);
        forgery.bodies.remove(forgery.bodies.size() - 1);
        var attacked = new Rig(Files.createDirectory(temp.resolve("attacked")));
        attacked.crypto = rig.crypto;
        Files.delete(attacked.folder);
        forgery.write(attacked.folder);
        try (attacked) {
            AuditEngine other = attacked.start();
            other.bind(anchor);
            var verified = new TrailReading(attacked.folder, other).verify();
            assertThat(verified.verdict()).isEqualTo(Verdict.ANCHOR);
            anchor.fails = true;
            verified = new TrailReading(attacked.folder, other).verify();
            assertThat(verified.findings()).anyMatch(finding -> finding.detail().contains("cannot be asked"));
        }
    }

    private static List<AuditCheckpoint> kept(MemoryAnchor anchor) {
        synchronized (anchor) {
            return List.copyOf(anchor.kept);
        }
    }

    private static List<AuditCheckpoint> kept(Path file) {
        try {
            return new AnchorFile(file).kept();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anAnchorThatHangsOrFailsHoldsUpNobody() throws Exception {
        CapturedLog.LINES.clear();
        var hanging = new CountDownLatch(1);
        audit.bind(new AuditAnchor() {
            @Override
            public String name() {
                return "hangs";
            }

            @Override
            public void keep(AuditCheckpoint checkpoint) throws IOException {
                try {
                    hanging.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }

            @Override
            public List<AuditCheckpoint> kept() {
                return List.of();
            }
        });
        var failing = new MemoryAnchor();
        failing.fails = true;
        audit.bind(failing);
        var good = new MemoryAnchor();
        audit.bind(good);
        rig.apply("checkpoint.records", 1);
        for (int i = 0; i < 10; i++) {
            audit.record(Rig.entry("e" + i));
        }
        Rig.await(() -> !kept(good).isEmpty());
        Rig.await(() -> CapturedLog.LINES.stream()
                .anyMatch(line ->
                        line.startsWith("WARN symphony.audit: an anchor of ") && line.contains("MemoryAnchor")));
        hanging.countDown();
    }

    @Test
    void anAnchorFileIsGoneOnWithAfterATornLine() throws Exception {
        Path file = temp.resolve("symphony.anchor");
        rig.apply("checkpoint.records", 1);
        audit.record(Rig.entry("first"));
        rig.stop();
        AuditCheckpoint checkpoint = CheckpointFile.in(rig.folder).read().orElseThrow();
        var anchor = new AnchorFile(file);
        assertThat(anchor.kept()).isEmpty();
        Files.writeString(file, checkpoint + "\n" + checkpoint.toString().substring(0, 50));
        anchor.keep(checkpoint);
        assertThat(anchor.kept()).containsExactly(checkpoint, checkpoint);
        assertThat(anchor.lines().others()).isEqualTo(1);
        Files.writeString(file, "x".repeat(1 << 20) + "\n");
        assertThat(anchor.kept()).isEmpty();
    }

    @Test
    void givesUpAKeyOnceThoughTheTrailWasBusyTheFirstTime() throws Exception {
        var keys = new TrailKeys(new TrailReading(rig.folder, audit), audit.writer());
        audit.record(Rig.entry("first"));
        rig.settle();
        rig.disk.hold();
        audit.submit(Rig.entry("holds it up"));
        rig.disk.awaitHeld();
        rig.crypto.rotate();
        assertThatThrownBy(() -> keys.giveUp(CryptoContext.AUDIT, 1)).hasMessage("the audit trail is busy; try again");
        rig.disk.release();
        rig.settle();
        assertThat(keys.giveUp(CryptoContext.AUDIT, 1)).isEqualTo(2);
    }

    @Test
    void answersAtOnceThoughTheClassesOfTheCryptoServiceAreGone() {
        var keys = new TrailKeys(new TrailReading(rig.folder, audit), audit.writer());
        audit.record(Rig.entry("first"));
        rig.crypto.failKeys(true);
        assertThat(keys.count(CryptoContext.AUDIT, 1)).isEqualTo(2);
        audit.record(Rig.entry("second"));
        rig.stop();
    }

    @Test
    void tellsWhichKeysTheTrailNeeds() throws Exception {
        var keys = new TrailKeys(new TrailReading(rig.folder, audit), audit.writer());
        audit.record(Rig.entry("first"));
        audit.record(Rig.entry("second"));
        assertThat(keys.contexts()).containsExactly(CryptoContext.AUDIT);
        assertThat(keys.count(CryptoContext.AUDIT, 1)).as("and the signing key").isEqualTo(3);
        rig.crypto.rotate();
        assertThat(keys.count(CryptoContext.AUDIT, 1))
                .as("the signing key does not")
                .isEqualTo(2);
        assertThat(audit.writer().keys().sealedBy()).hasValue(2);
        assertThat(keys.count(CryptoContext.EVENT, 1)).isZero();
        assertThat(keys.giveUp(CryptoContext.AUDIT, 1)).isEqualTo(2);
        assertThat(keys.giveUp(CryptoContext.AUDIT, 1)).isZero();
        rig.crypto.destroy(1);
        audit.record(Rig.entry("third"));
        rig.stop();
        restart();
        audit.record(Rig.entry("fourth"));
        assertThat(trail.verify().verdict()).isEqualTo(Verdict.INTACT);
    }

    /** As where the disk is full, or the trail has not opened its key yet. */
    @Test
    void saysThatItsSigningKeyIsLostWithAKeyThatIsDestroyedByForce() throws Exception {
        audit.record(Rig.entry("first"));
        rig.stop();
        audit = rig.startWithoutCrypto();
        var keys = new TrailKeys(new TrailReading(rig.folder, audit), audit.writer());
        rig.crypto.rotate();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> keys.giveUp(CryptoContext.AUDIT, 1))
                    .as("each time it is asked")
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(
                            "the signing key of the audit trail, signing.key, is sealed by key 1 and could not be sealed anew");
        }
        audit.bind(rig.crypto);
        audit.record(Rig.entry("second"));
        assertThat(keys.giveUp(CryptoContext.AUDIT, 1)).isEqualTo(1);
        assertThat(keys.giveUp(CryptoContext.AUDIT, 1)).isZero();
    }
}

package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.felix.service.command.CommandSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord;
import symphony.api.audit.AuditStatus;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Finding;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.api.audit.Outcome;

@Timeout(120)
class AuditCommandTest {
    private static final AuditEntry LATER =
            new AuditEntry("symphony.shell", "key:destroy", "event", Outcome.FAILED, Map.of());

    private final Rig rig = Rig.complete();

    @AfterEach
    void close() {
        rig.close();
    }

    private List<Long> found(String line) throws Exception {
        return ((Rows<?>) rig.value(line))
                .stream().map(row -> ((AuditRow) row).sequence()).toList();
    }

    @Test
    void showsTheNewestRecords() throws Exception {
        assertThat(rig.run("symphony:audit tail")
                        .lines()
                        .map(line -> line.replaceAll("\\d\\d-\\d\\d \\d\\d:", "MM-dd HH:")))
                .containsExactly(
                        "N  TIME            KIND      ACTOR       ACTION       TARGET      OUTCOME  COUNT",
                        "1  MM-dd HH:00:01  START     sym….audit  audit:start  trail       DONE         1",
                        "2  MM-dd HH:00:02  SECURITY  sym….shell  key:rotate   event       DONE         1",
                        "3  MM-dd HH:00:03  SUMMARY   sho…orders  eve…publish  orders/new  DENIED   1 200");
        assertThat(found("symphony:audit tail --limit 2")).containsExactly(2L, 3L);
        assertThat(rig.run("symphony:audit tail --limit 1 --json"))
                .contains("\"sequence\":3", "\"kind\":\"SUMMARY\"", "\"actor\":\"shop.orders\"", "\"count\":1200");
    }

    @Test
    void findsWhatTheOptionsMean() throws Exception {
        assertThat(found("symphony:audit find")).containsExactly(1L, 2L, 3L);
        assertThat(found("symphony:audit find --outcome denied")).containsExactly(3L);
        assertThat(found("symphony:audit find --kind security,start")).containsExactly(1L, 2L);
        assertThat(found("symphony:audit find --action key:*")).containsExactly(2L);
        assertThat(found("symphony:audit find --actor shop.orders --target orders/*"))
                .containsExactly(3L);
        assertThat(found("symphony:audit find --from 2 --limit 1")).containsExactly(2L);
        assertThat(found("symphony:audit find --after 2026-11-24T12:00:02Z --before 2026-11-24T12:00:03Z"))
                .containsExactly(2L);
        assertThat(found("symphony:audit find --after 1h")).hasSize(3);
        assertThat(found("symphony:audit find --before 1h")).isEmpty();
    }

    /** The trail looks at so many in one call; what is wanted may come far behind. */
    @Test
    void findsWhatLiesBehindMuchElse() throws Exception {
        for (int i = 0; i < 20; i++) {
            rig.trail.add(AuditRecord.Kind.CHECKPOINT, LATER, 1);
        }
        rig.trail.add(AuditRecord.Kind.GAP, LATER, 1);
        assertThat(found("symphony:audit find --kind gap")).containsExactly(24L);
    }

    @Test
    void showsOneRecordHarmless() {
        assertThat(rig.run("symphony:audit show 2")).isEqualTo("""
                        record        2, SECURITY, 2026-11-24T12:00:02Z
                        actor         symphony.shell
                        action        key:rotate
                        target        event
                        outcome       DONE
                        key           2
                        note          \\u001b[2J
                        hash          cafe2""");
        assertThat(rig.run("symphony:audit show 3"))
                .contains("count         1 200, 2026-11-24T12:00:03Z to", "event         01976f0c-7c5e-7000-");
        assertThat(rig.run("symphony:audit show 4"))
                .isEqualTo("audit: no record 4; symphony:audit tail shows the newest ones");
    }

    @Test
    void showsTheNameOfADetailHarmless() {
        rig.trail.add(
                AuditRecord.Kind.SECURITY,
                new AuditEntry("a", "x:y", "z", Outcome.DONE, Map.of("\u001b[2J\nactor", "root")),
                1);
        assertThat(rig.run("symphony:audit show 4"))
                .contains("\\u001b[2J\\nactor root")
                .doesNotContain("\u001b");
    }

    @Test
    void saysWhereToGoOnIfThereMayBeMore() {
        assertThat(rig.run("symphony:audit find --limit 2")).endsWith("… there may be more; go on with --from 3");
        assertThat(rig.run("symphony:audit find --limit 2 --json")).endsWith("{\"next\":3}");
        assertThat(rig.run("symphony:audit find --limit 3")).doesNotContain("more");
    }

    @Test
    void saysOfARecordThatItsKeyIsNotThere() {
        rig.trail.add(AuditRecord.Kind.SECURITY, null, 1);
        assertThat(rig.run("symphony:audit show 4")).contains("content       (sealed, and its key is not there)");
        assertThat(rig.run("symphony:audit tail --limit 1")).endsWith("    (sealed, and its key is not there)");
        rig.trail.add(AuditRecord.Kind.SECURITY, false, null, 1);
        assertThat(rig.run("symphony:audit tail --limit 1")).endsWith("    (malformed: somebody has written it)");
    }

    @Test
    void tellsThatTheTrailIsIntact() {
        assertThat(rig.run("symphony:audit verify")).isEqualTo("""
                        verdict       INTACT
                        records       3, 1 to 3, signed up to 2
                        note          1 record is unsigned""");
        assertThat(rig.run("symphony:audit verify --json")).contains("\"verdict\":\"INTACT\"", "\"exitCode\":0");
    }

    @Test
    void failsIfTheTrailIsNotIntact() {
        rig.trail.verification = new AuditVerification(
                Verdict.TAMPERED,
                2,
                1,
                2,
                0,
                List.of(
                        new Finding(Verdict.TAMPERED, 2, 2, "its hash is wrong"),
                        new Finding(Verdict.MISSING, 3, Long.MAX_VALUE, "a file is gone")),
                List.of());
        String end =
                "audit: the trail is TAMPERED; keep a copy of its folder before anything else, docs/operations.md says"
                        + " what to do";
        assertThat(rig.run("symphony:audit verify")).isEqualTo("""
                        verdict       TAMPERED
                        records       2, 1 to 2, signed up to 0
                        finding       TAMPERED, records 2: its hash is wrong
                        finding       MISSING, records 3 to the end: a file is gone
                        """ + end);
        assertThat(rig.run("symphony:audit verify --json"))
                .startsWith("{\"verdict\":\"TAMPERED\"")
                .endsWith(end);
    }

    @Test
    void exportsIntoANewFileOfItsOwnersOnly(@TempDir Path folder) throws IOException {
        rig.session.currentDir(folder);
        Path file = folder.resolve("trail.jsonl");
        assertThat(rig.run("symphony:audit export trail.jsonl --from 2")).isEqualTo("2 records are in " + file);
        assertThat(Files.readString(file)).isEqualTo("{\"sequence\":2}\n{\"sequence\":3}\n");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(rig.run("symphony:audit export trail.jsonl"))
                .isEqualTo("audit: '" + file + "' is there already; name another file");
        assertThat(Files.readString(file)).hasLineCount(2);
        assertThat(rig.run("symphony:audit export gone/trail.jsonl")).contains("cannot be made: ");
        assertThat(rig.run("symphony:audit export --from 3")).isEqualTo("{\"sequence\":3}");
    }

    @Test
    void leavesNoHalfOfAnExport(@TempDir Path folder) {
        rig.session.currentDir(folder);
        rig.trail.failsHalfway = true;
        assertThat(rig.run("symphony:audit export trail.jsonl")).isEqualTo("audit: the disk is broken");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void refusesToExportOverAnotherExport(@TempDir Path folder) throws IOException {
        rig.session.currentDir(folder);
        Files.createFile(folder.resolve("trail.jsonl.part"));
        assertThat(rig.run("symphony:audit export trail.jsonl"))
                .endsWith("trail.jsonl.part' is there already; remove it if nobody else exports there");
        assertThat(folder.resolve("trail.jsonl")).doesNotExist();
    }

    @Test
    void keepsWhatWasPutIntoThePlaceOfAnExport(@TempDir Path folder) throws IOException {
        rig.session.currentDir(folder);
        Path file = folder.resolve("trail.jsonl");
        rig.trail.afterEach = () -> {
            try {
                Files.writeString(file, "mine");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        assertThat(rig.run("symphony:audit export trail.jsonl")).endsWith("is there already; name another file");
        assertThat(file).hasContent("mine");
        assertThat(folder.resolve("trail.jsonl.part")).doesNotExist();
    }

    @Test
    void endsAnExportThatIsInterrupted(@TempDir Path folder) {
        rig.session.currentDir(folder);
        rig.trail.afterEach = () -> Thread.currentThread().interrupt();
        assertThat(rig.run("symphony:audit export"))
                .startsWith("{\"sequence\":1}\n")
                .contains("InterruptedException")
                .doesNotContain("2}");
        assertThat(rig.run("symphony:audit export trail.jsonl")).contains("java.lang.InterruptedException");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void saysThatTheOutputTakesNoMore() throws Exception {
        var full = new PrintStream(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("no space left");
                    }
                },
                true,
                StandardCharsets.UTF_8);
        try (CommandSession session = rig.processor.createSession(InputStream.nullInputStream(), full, full)) {
            assertThatThrownBy(() -> session.execute("symphony:audit export"))
                    .hasMessage("audit: the output takes no more, so what it has is not all");
        }
    }

    @Test
    void followsWhatIsNew() throws Exception {
        var printed =
                CompletableFuture.supplyAsync(() -> rig.run("symphony:audit tail --follow --outcome failed --for 60s"));
        rig.trail.add(AuditRecord.Kind.SECURITY, LATER, 1);
        awaitPrinted("4 ");
        rig.trail.add(AuditRecord.Kind.OPERATION, LATER, 3);
        awaitPrinted("5 ");
        rig.session.foregroundJob().interrupt();
        assertThat(printed.get(30, TimeUnit.SECONDS).lines().limit(2))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .matches("4 [-\\d]+ [:\\d]+ SECURITY symphony\\.shell key:destroy event FAILED"),
                        line -> assertThat(line)
                                .matches(
                                        "5 [-\\d]+ [:\\d]+ OPERATION symphony\\.shell key:destroy event FAILED, 3 times"));
    }

    private void awaitPrinted(String begin) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (rig.out.toString(StandardCharsets.UTF_8).lines().noneMatch(line -> line.startsWith(begin))
                && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(rig.out.toString(StandardCharsets.UTF_8)).contains(begin);
    }

    @Test
    void followsTheTrailThatIsThereNow() throws Exception {
        var printed = CompletableFuture.supplyAsync(() -> rig.run("symphony:audit tail --follow --limit 1 --for 60s"));
        awaitPrinted("3 ");
        var updated = new FakeTrail();
        updated.add(AuditRecord.Kind.SECURITY, LATER, 1);
        rig.services.trail.bind(updated);
        awaitPrinted("4 ");
        rig.session.foregroundJob().interrupt();
        assertThat(printed.get(30, TimeUnit.SECONDS)).contains("4 ");
    }

    @Test
    void followsNoLongerThanWhatIsAskedForCanCome() {
        assertThat(rig.run("symphony:audit tail --follow --before 10m")).endsWith("0");
    }

    @Test
    void looksSeldomIfALookTakesLong() {
        assertThat(AuditCommand.pause(0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(250));
        assertThat(AuditCommand.pause(TimeUnit.SECONDS.toNanos(3))).isEqualTo(TimeUnit.SECONDS.toNanos(30));
    }

    @Test
    void endsAfterItsTime() {
        assertThat(rig.run("symphony:audit tail --follow --for 0 --limit 1").lines())
                .hasSize(2)
                .last()
                .isEqualTo("1");
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(rig.run("symphony:audit edit"))
                .isEqualTo("audit: unknown action 'edit'; known are tail, find, show N, verify, export or export FILE");
        assertThat(rig.run("symphony:audit show"))
                .isEqualTo("audit: show needs the number of a record; symphony:audit tail shows some");
        assertThat(rig.run("symphony:audit show x")).isEqualTo("audit: 'x' is no number of a record");
        assertThat(rig.run("symphony:audit find 3"))
                .isEqualTo("audit: '3' is for show and export, not for find; see symphony:help audit");
        assertThat(rig.run("symphony:audit tail --actor a"))
                .startsWith("audit: --actor is for find, export and tail --follow, not for tail");
        assertThat(rig.run("symphony:audit tail --for 1s"))
                .startsWith("audit: --for is for tail --follow, not for tail");
        assertThat(rig.run("symphony:audit verify --limit 3")).startsWith("audit: --limit is for tail and find");
        assertThat(rig.run("symphony:audit find --follow")).startsWith("audit: --follow is for tail, not for find");
        assertThat(rig.run("symphony:audit find --kind no"))
                .isEqualTo("audit: --kind is 'no', must be of security, operation, event, summary, checkpoint, gap,"
                        + " recovery, retention, start");
        assertThat(rig.run("symphony:audit find --kind ,")).startsWith("audit: --kind is '', must be of security");
        assertThat(rig.run("symphony:audit find --actor a --actor b"))
                .isEqualTo("audit: --actor is given 2 times; give it once");
        assertThat(rig.run("symphony:audit find --actor ''"))
                .isEqualTo("audit: --actor is empty; leave it out for any");
        assertThat(rig.run("symphony:audit find --after 1h --before 2h"))
                .isEqualTo("audit: --after is not before --before, so nothing is between");
        assertThat(rig.run("symphony:audit find --outcome no"))
                .isEqualTo("audit: --outcome is 'no', must be of done, denied, failed");
        assertThat(rig.run("symphony:audit find --after no"))
                .startsWith("audit: --after is 'no', must be how long ago");
        assertThat(rig.run("symphony:audit find --limit 0"))
                .startsWith("audit: --limit is '0', must be a whole number, 1 to 10000");
        rig.services.trail.unbind(rig.trail);
        assertThat(rig.run("symphony:audit tail"))
                .isEqualTo("audit: no audit trail is there; install or start the bundle symphony.audit");
    }

    @Test
    void theStatusTellsHowTheTrailStands() {
        assertThat(audit()).isEqualTo("audit         3 records, sealed");
        rig.trail.status = new AuditStatus(true, "", Rig.NOW, false, 1, 1, 1, Optional.empty(), "");
        assertThat(audit()).isEqualTo("audit         1 record, NOT SEALED");
        rig.trail.status = new AuditStatus(false, "the disk is full", Rig.NOW, true, 1, 1, 1, Optional.empty(), "");
        assertThat(audit()).isEqualTo("audit         cannot be written, what needs it is refused: the disk is full");
        rig.services.trail.unbind(rig.trail);
        assertThat(audit()).isEqualTo("audit         no trail");
    }

    private String audit() {
        return rig.run("symphony:status")
                .lines()
                .filter(line -> line.startsWith("audit"))
                .findFirst()
                .orElseThrow();
    }
}

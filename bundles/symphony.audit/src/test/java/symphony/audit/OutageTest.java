package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.Outcome;
import symphony.segmentlog.SegmentLog;
import symphony.segmentlog.SegmentLogOptions;

/** Nothing can be written for a while: what needs an entry is refused, events flow, and it comes back by itself. Row 36. */
@Timeout(120)
class OutageTest {
    private static final UUID ID = new UUID(0x0190000000007000L, 1);

    @TempDir
    private Path temp;

    private Rig rig;
    private AuditEngine audit;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(temp);
        CapturedLog.LINES.clear();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    /** Until not even a small entry has room. Returns how many are stored. */
    private int fill() {
        int stored = 0;
        for (String text : List.of("x".repeat(1000), "")) {
            while (!audit.writer().state().isDown()) {
                Throwable refused = catchThrowable(() -> audit.record(
                        new AuditEntry("acme", "key:rotate", "fills", Outcome.DONE, Map.of("a", text, "b", text))));
                if (refused == null) {
                    stored++;
                } else {
                    assertThat(refused)
                            .isInstanceOf(AuditUnavailableException.class)
                            .hasMessageContaining("No space left");
                }
            }
            rig.settle();
            rig.advance(Duration.ofSeconds(1)); // what is smaller may have room
            rig.settle();
        }
        assertThat(audit.writer().state().isDown()).isTrue();
        return stored;
    }

    private long size() throws Exception {
        try (Stream<Path> files = Files.list(rig.folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private void awaitUp() {
        rig.advanceUntil(() -> !rig.engine().writer().state().isDown());
    }

    private long summed() throws Exception {
        return rig.records(Kind.SUMMARY).stream()
                .mapToLong(read -> read.content().orElseThrow().count())
                .sum();
    }

    @Test
    void refusesWhatNeedsAnEntryWhileTheDiskIsFullAndTellsSoFirstWhenThereIsRoom() throws Exception {
        audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.disk.limitTo(size());
        int stored = fill();
        assertThat(audit.writer().state().isDown()).isTrue();
        long last = rig.records().get(rig.records().size() - 1).stored().sequence();
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> audit.record(Rig.entry("refused")))
                    .isInstanceOf(AuditUnavailableException.class)
                    .hasMessageContaining("entries cannot be written")
                    .hasMessageContaining("No space left on device");
            assertThatThrownBy(() -> audit.submit(Rig.entry("refused"))).isInstanceOf(AuditUnavailableException.class);
            assertThatThrownBy(() -> audit.record(Rig.denial("refused"))).isInstanceOf(AuditUnavailableException.class);
            audit.count("event:publish", "acme", "t", "", Outcome.DONE, ID);
            rig.advance(Duration.ofSeconds(3));
            rig.settle();
        }
        assertThat(rig.records().get(rig.records().size() - 1).stored().sequence())
                .isEqualTo(last);
        rig.disk.limitTo(Long.MAX_VALUE);
        awaitUp();
        audit.record(Rig.entry("again"));
        rig.stop();

        List<Rig.Read> later = rig.records().stream()
                .filter(read -> read.stored().sequence() > last)
                .toList();
        assertThat(later.get(0).kind()).isEqualTo(Kind.GAP);
        assertThat(later.get(0).detail("security"))
                .as("ten, ten denials and the one that found it")
                .isEqualTo("21");
        assertThat(later.get(0).detail("operations")).isEqualTo("10");
        assertThat(later.get(0).detail("reason")).contains("No space left on device");
        assertThat(Instant.parse(later.get(0).detail("since")))
                .isBefore(rig.clock.instant().minusSeconds(30));
        assertThat(rig.targets(Kind.SECURITY))
                .hasSize(stored + 2)
                .contains("again")
                .doesNotContain("refused");
        assertThat(summed()).isEqualTo(10);
        rig.assertIntact();
        assertThat(CapturedLog.LINES.stream().filter(line -> line.startsWith("ERROR symphony.audit")))
                .as("once for each time")
                .hasSize(rig.records(Kind.GAP).size())
                .allMatch(line -> line.contains("entries cannot be written, and what needs one is refused"));
        assertThat(CapturedLog.LINES)
                .anyMatch(line -> line.contains("entries are written again; refused meanwhile: 31"));
    }

    /** What waits in groups when the room ends is stored in order, without a hole, and refused from there on. */
    @Test
    void leavesNoHoleWhereverTheRoomEnds() throws Exception {
        audit = rig.start();
        audit.record(Rig.entry("first"));
        long told = 0;
        for (int round = 0; round < 5; round++) {
            rig.disk.limitTo(size() + round * 777);
            int number = 0;
            while (!audit.writer().state().isDown()) {
                told++;
                try {
                    audit.submit(new AuditEntry(
                            "acme", "a:b", "n" + number, Outcome.DONE, Map.of("a", "x".repeat(number++ % 900))));
                } catch (AuditUnavailableException e) {
                    rig.settle();
                }
            }
            rig.disk.limitTo(Long.MAX_VALUE);
            awaitUp();
        }
        rig.stop();
        long refused = 0;
        for (Rig.Read gap : rig.records(Kind.GAP)) {
            refused += Long.parseLong(gap.detail("operations"));
        }
        assertThat(rig.records(Kind.OPERATION).size() + refused).isEqualTo(told);
        assertThat(refused).isPositive();
        rig.assertIntact();
    }

    /** The log would refuse a large one and take the small one behind it. */
    @Test
    void storesNoSmallRecordBehindALargeOneThatHadNoRoom() throws Exception {
        audit = rig.start();
        for (int round = 0; round < 3; round++) {
            audit.record(Rig.entry("first"));
            rig.disk.limitTo(size() + 40_000);
            rig.disk.hold();
            audit.submit(Rig.entry("begins"));
            rig.disk.awaitHeld();
            for (int i = 0; i < 300; i++) { // more than what may be there in advance
                String text = i % 3 == 0 ? "x".repeat(1000) : "";
                var details = new HashMap<String, String>();
                for (int k = 0; k < 15; k++) {
                    details.put("k" + k, text);
                }
                audit.submit(new AuditEntry("acme", "a:b", round + "/" + i, Outcome.DONE, details));
            }
            rig.disk.release();
            Rig.await(() -> audit.writer().state().isDown());
            rig.disk.limitTo(Long.MAX_VALUE);
            awaitUp();
        }
        rig.stop();
        assertThat(rig.records(Kind.GAP)).hasSize(3);
        rig.assertIntact();
    }

    @Test
    void goesOnInANewSegmentAfterAForceFailedAndLosesNothingThatReturned() throws Exception {
        audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.disk.failForces(true);
        assertThatThrownBy(() -> audit.record(Rig.entry("unknown")))
                .isInstanceOf(AuditUnavailableException.class)
                .hasMessageContaining("whether the entry is stored is unknown");
        assertThatThrownBy(() -> audit.record(Rig.entry("refused"))).isInstanceOf(AuditUnavailableException.class);
        rig.advance(Duration.ofSeconds(2));
        rig.settle();
        assertThat(audit.writer().state().isDown()).as("still").isTrue();
        rig.disk.failForces(false);
        awaitUp();
        audit.record(Rig.entry("again"));
        rig.stop();
        assertThat(rig.targets(Kind.SECURITY))
                .startsWith("first")
                .endsWith("again")
                .doesNotContain("refused");
        List<Kind> kinds = rig.kinds();
        int gap = kinds.indexOf(Kind.GAP);
        assertThat(kinds.subList(gap + 1, kinds.size())).containsOnlyOnce(Kind.SECURITY);
        assertThat(rig.records().get(gap).position().segment()).isEqualTo(2);
        rig.assertIntact();
    }

    @Test
    void countsEachEventOnceThoughTheirSumWasBeingWrittenWhenAForceFailed() throws Exception {
        audit = rig.start();
        audit.record(Rig.entry("first"));
        for (int round = 1; round <= 20; round++) {
            audit.count("event:publish", "acme", "t" + round, "", Outcome.DONE, ID);
            audit.count("event:publish", "acme", "t", "", Outcome.DONE, ID);
            rig.settle();
            boolean fails = round % 2 == 0;
            if (round % 3 == 0) {
                rig.disk.failWrites(fails);
            } else {
                rig.disk.failForces(fails);
                rig.disk.failTruncates(fails && round % 4 == 0); // then it is there though it failed
            }
            rig.advance(Duration.ofSeconds(1));
            rig.settle();
            rig.disk.failForces(false);
            rig.disk.failTruncates(false);
            rig.disk.failWrites(false);
            awaitUp();
        }
        rig.stop();
        assertThat(summed()).isEqualTo(40);
        assertThat(rig.records(Kind.GAP)).hasSize(10);
        rig.assertIntact();
    }

    @Test
    void startsOnAReadOnlyDiskAndWritesOnceItCan() throws Exception {
        rig.disk.setReadOnly(true);
        audit = rig.start();
        assertThatThrownBy(() -> audit.record(Rig.entry("refused")))
                .isInstanceOf(AuditUnavailableException.class)
                .hasMessageContaining("Read-only file system");
        audit.count("event:publish", "acme", "t", "", Outcome.DONE, ID);
        rig.disk.setReadOnly(false);
        awaitUp();
        audit.record(Rig.entry("first"));
        rig.stop();
        assertThat(rig.kinds().subList(0, 2)).containsExactly(Kind.GAP, Kind.START);
        assertThat(summed()).isEqualTo(1);
        rig.assertIntact();
    }

    @Test
    void waitsForAFolderThatAnotherOneHasOpen() throws Exception {
        try (SegmentLog other = SegmentLog.open(rig.folder, SegmentLogOptions.defaults())) {
            audit = rig.start();
            assertThatThrownBy(() -> audit.record(Rig.entry("refused")))
                    .isInstanceOf(AuditUnavailableException.class)
                    .hasMessageContaining("is open in this process");
            assertThat(other.end()).isNotNull();
        }
        awaitUp();
        audit.record(Rig.entry("first"));
        rig.stop();
        rig.assertIntact();
    }

    @Test
    void refusesAFolderThatIsOpenToStrangers() throws Exception {
        Files.setPosixFilePermissions(rig.folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        audit = rig.start();
        assertThatThrownBy(() -> audit.record(Rig.entry("refused")))
                .hasMessageContaining("is open to other users (rwxr-xr-x); close it with: chmod go-w,o-rwx '");
        Files.setPosixFilePermissions(rig.folder, PosixFilePermissions.fromString("rwxr-x---"));
        awaitUp();
        audit.record(Rig.entry("for a group of auditors"));
    }

    @Test
    void opensTheTrailAgainAfterItCouldBeReadInPartOnly() throws Exception {
        for (String life : List.of("first", "second")) {
            rig.start().record(Rig.entry(life));
            rig.stop();
        }
        Path newest = rig.folder.resolve("0000000000000002.segment");
        Path away = Files.move(newest, temp.resolve("away"));
        Files.createDirectory(newest);
        audit = rig.start();
        assertThatThrownBy(() -> audit.record(Rig.entry("refused")))
                .isInstanceOf(AuditUnavailableException.class)
                .hasMessageContaining("cannot be opened: ")
                .hasMessageContaining(newest + " is no regular file");
        Files.delete(newest);
        Files.move(away, newest);
        awaitUp();
        audit.record(Rig.entry("third"));
        rig.stop();
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("first", "second", "third");
        rig.assertIntact();
    }

    /** What is to be recorded now does not wait for the past. */
    @Test
    void goesOnThoughAnOldSegmentCannotBeRead() throws Exception {
        for (String life : List.of("first", "second", "third")) {
            rig.start().record(Rig.entry(life));
            rig.stop();
        }
        Path old = rig.folder.resolve("0000000000000001.segment");
        Path away = Files.move(old, temp.resolve("away"));
        Files.createDirectory(old);
        rig.start().record(Rig.entry("fourth"));
        rig.stop();
        assertThat(CapturedLog.LINES).anyMatch(line -> line.contains("is not whole") && line.contains("damaged="));
        assertThat(CapturedLog.LINES).noneMatch(line -> line.startsWith("ERROR"));
        assertThat(rig.verify().verdict()).isEqualTo(AuditVerification.Verdict.TAMPERED);
        Files.delete(old);
        Files.move(away, old);
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("first", "second", "third", "fourth");
        assertThat(rig.verify().findings())
                .as("whoever put something else there could have cut off the beginning so")
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.detail()).contains("says that the trail began with record 4 then"));
    }

    @Test
    void goesOnWhateverLiesInThePlaceOfItsCheckpoint() throws Exception {
        Path side = Files.createDirectory(rig.folder.resolve(CheckpointFile.NAME));
        audit = rig.start();
        audit.record(Rig.entry("first"));
        assertThat(rig.records(Kind.RECOVERY).get(0).detail(Announcement.CHECKPOINT))
                .isEqualTo("the file checkpoint cannot be read: " + side + " is no regular file; move it away");
        Files.delete(side);
        rig.stop();
        assertThat(rig.verify().verdict()).isEqualTo(AuditVerification.Verdict.MISSING);
    }

    @Test
    void goesOnThoughItsCheckpointCannotBeOpened() throws Exception {
        rig.start().record(Rig.entry("first"));
        rig.stop();
        Path side = rig.folder.resolve(CheckpointFile.NAME);
        Files.delete(side);
        Files.createSymbolicLink(side, Path.of(CheckpointFile.NAME)); // to itself
        AuditVerification result = rig.verify();
        assertThat(result.verdict()).isEqualTo(AuditVerification.Verdict.ANCHOR);
        assertThat(result.findings().get(0).detail()).startsWith("the file checkpoint cannot be read: ");
        rig.start().record(Rig.entry("second"));
        rig.stop();
        assertThat(CheckpointFile.in(rig.folder).read()).isPresent();
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("first", "second");
    }

    /** On a disk that stands still: events of topics of which each is wanted fall back into summaries. */
    @Test
    void aFloodOfEventsLeavesRoomForWhatSomebodyWaitsFor() throws Exception {
        rig.with("topics", "*");
        audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.disk.hold();
        for (int i = 0; i < 10_000; i++) {
            audit.count("event:publish", "acme", "t", "", Outcome.DONE, ID);
        }
        rig.disk.awaitHeld();
        for (int i = 0; i < 1_000; i++) {
            audit.submit(Rig.entry("operation"));
        }
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        audit.submit(Rig.entry("operation"));
                    }
                })
                .isInstanceOf(AuditUnavailableException.class)
                .hasMessageContaining("too many wait");
        var recording = CompletableFuture.runAsync(() -> audit.record(Rig.entry("second")));
        rig.disk.release();
        recording.get(60, TimeUnit.SECONDS);
        rig.stop();
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("first", "second");
        assertThat(rig.records(Kind.OPERATION)).hasSizeBetween(1_000, 2_000);
        assertThat(rig.records(Kind.EVENT)).hasSizeBetween(1_000, 3_500);
        assertThat(rig.records(Kind.EVENT).size() + summed()).isEqualTo(10_000);
        assertThat(rig.records(Kind.GAP)).as("of the one that was refused").hasSize(1);
        rig.assertIntact();
    }

    /** The disk says that it has failed, and shows later that it has not. */
    @Test
    void tellsWhichEntriesAreThereThoughTheirOutcomeWasUnknown() throws Exception {
        audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.disk.failForces(true);
        rig.disk.failTruncates(true);
        assertThatThrownBy(() -> audit.record(Rig.entry("unknown")))
                .isInstanceOf(AuditUnavailableException.class)
                .hasMessageContaining("whether the entry is stored is unknown");
        rig.disk.failForces(false);
        rig.disk.failTruncates(false);
        awaitUp();
        rig.stop();
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("first", "unknown");
        assertThat(rig.records(Kind.GAP)).singleElement().satisfies(gap -> {
            assertThat(gap.detail("security")).as("none is missing").isEqualTo("0");
            assertThat(gap.detail("unknown")).isEqualTo("3");
        });
        rig.assertIntact();
    }

    @Test
    void countsEachEventAndOperationOnceThoughItWasBeingWrittenWhenAForceFailed() throws Exception {
        rig.with("topics", "t");
        audit = rig.start();
        audit.record(Rig.entry("first"));
        for (int round = 0; round < 12; round++) {
            rig.disk.failForces(true);
            rig.disk.failTruncates(round % 2 == 0); // then it is there though it failed
            audit.count("event:publish", "acme", "t", "", Outcome.DONE, ID);
            Rig.await(() -> audit.writer().state().isDown());
            rig.disk.failForces(false);
            rig.disk.failTruncates(false);
            awaitUp();
            rig.disk.failForces(true);
            rig.disk.failTruncates(round % 3 == 0);
            audit.submit(Rig.entry("operation"));
            Rig.await(() -> audit.writer().state().isDown());
            rig.disk.failForces(false);
            rig.disk.failTruncates(false);
            awaitUp();
        }
        rig.stop();
        assertThat(rig.records(Kind.EVENT).size() + summed()).isEqualTo(12);
        assertThat(rig.records(Kind.EVENT)).isNotEmpty();
        long refused = rig.records(Kind.GAP).stream()
                .mapToLong(gap -> Long.parseLong(gap.detail("operations")))
                .sum();
        assertThat(rig.records(Kind.OPERATION).size() + refused).isEqualTo(12);
        assertThat(rig.records(Kind.OPERATION)).isNotEmpty();
        rig.assertIntact();
    }

    @Test
    void tellsOfADiskThatFailsNowAndThenOnceInAWhile() throws Exception {
        audit = rig.start();
        for (int round = 0; round < 4; round++) {
            rig.disk.failForces(true);
            assertThatThrownBy(() -> audit.record(Rig.entry("unknown"))).isInstanceOf(AuditUnavailableException.class);
            rig.disk.failForces(false);
            awaitUp();
        }
        assertThat(rig.records(Kind.GAP)).hasSize(4);
        assertThat(CapturedLog.LINES.stream().filter(line -> line.startsWith("ERROR symphony.audit")))
                .hasSize(1);
        assertThat(CapturedLog.LINES.stream().filter(line -> line.contains("entries are written again")))
                .hasSize(1);
        rig.advance(Duration.ofSeconds(10));
        rig.disk.failForces(true);
        assertThatThrownBy(() -> audit.record(Rig.entry("unknown"))).isInstanceOf(AuditUnavailableException.class);
        assertThat(CapturedLog.LINES)
                .anyMatch(line -> line.startsWith("ERROR symphony.audit") && line.endsWith("(3 more not told)"));
    }

    /** By somebody who wants to hold it up, or to have a file overwritten that he cannot write. */
    @Test
    void looksAtTheDiskWithAFileOfItsOwn() throws Exception {
        Path probe = rig.folder.resolve(TrailFolder.PROBE);
        Path foreign = Files.writeString(temp.resolve("foreign"), "precious");
        audit = rig.start();
        for (boolean isPipe : new boolean[] {false, true}) {
            if (isPipe) {
                assertThat(new ProcessBuilder("mkfifo", probe.toString())
                                .start()
                                .waitFor())
                        .isZero();
            } else {
                Files.createSymbolicLink(probe, foreign);
            }
            rig.disk.failForces(true);
            assertThatThrownBy(() -> audit.record(Rig.entry("unknown"))).isInstanceOf(AuditUnavailableException.class);
            rig.disk.failForces(false);
            awaitUp();
            audit.record(Rig.entry("again"));
            assertThat(probe).doesNotExist();
        }
        assertThat(foreign).hasContent("precious");
    }

    /** To open a trail is to read it, however long it is. */
    @Test
    void doesNotReadTheTrailAgainWhileTheDiskTakesNothing() throws Exception {
        audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.disk.failForces(true);
        assertThatThrownBy(() -> audit.record(Rig.entry("unknown"))).isInstanceOf(AuditUnavailableException.class);
        Path probe =
                Files.createDirectories(rig.folder.resolve(TrailFolder.PROBE).resolve("in the way"));
        rig.disk.failForces(false);
        for (int i = 0; i < 10; i++) {
            rig.advance(Duration.ofSeconds(30));
            rig.settle();
        }
        assertThat(rig.disk.opened()).isEqualTo(1);
        assertThatThrownBy(() -> audit.record(Rig.entry("refused"))).hasMessageContaining("takes no file");
        Files.delete(probe);
        awaitUp();
        audit.record(Rig.entry("again"));
        assertThat(rig.disk.opened()).isEqualTo(2);
        assertThat(rig.folder.resolve(TrailFolder.PROBE)).doesNotExist();
    }
}

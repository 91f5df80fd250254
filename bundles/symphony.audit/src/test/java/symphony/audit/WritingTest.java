package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;

/** What is written, when, and what whoever tells it may rely on. */
@Timeout(120)
class WritingTest {
    @TempDir
    private Path temp;

    private Rig rig;

    @BeforeEach
    void makeRig() throws Exception {
        rig = new Rig(temp);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private static UUID id(int number) {
        return new UUID(0x0190000000007000L, number);
    }

    @Test
    void storesEntriesInTheirOrderSealedAndChained() throws Exception {
        AuditEngine audit = rig.start();
        var details = Map.of(AuditEntry.DECISION, "d-1", AuditEntry.KEY, "event/3", AuditEntry.EPOCH, "9");
        audit.record(new AuditEntry("acme", "key:destroy", "event/3", Outcome.FAILED, details));
        audit.record(Rig.entry("second"));
        List<Rig.Read> records = rig.records();
        assertThat(records).extracting(Rig.Read::kind).containsExactly(Kind.START, Kind.SECURITY, Kind.SECURITY);
        Content first = records.get(1).content().orElseThrow();
        assertThat(first.entry()).isEqualTo(new AuditEntry("acme", "key:destroy", "event/3", Outcome.FAILED, details));
        assertThat(records.get(1).stored().timeMillis()).isEqualTo(rig.clock.millis());
        assertThat(records.get(2).target()).isEqualTo("second");
        assertThat(records).extracting(read -> read.stored().isSealed()).containsExactly(false, true, true);
        rig.stop();
        rig.assertIntact();
        assertThat(rig.verify().signed()).isEqualTo(4); // all three and the checkpoint
    }

    @Test
    void nothingOfAnEntryStandsInTheFilesInPlaintext() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(
                new AuditEntry("secretactor", "key:rotate", "secrettarget", Outcome.DONE, Map.of("k", "secretdetail")));
        rig.count("secrettopic", id(1));
        rig.stop();
        assertThat(rig.records(Kind.SUMMARY)).hasSize(1);
        try (Stream<Path> files = Files.list(rig.folder)) {
            for (Path file : files.toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as("%s", file)
                        .doesNotContain("secret");
            }
        }
    }

    @Test
    void returnsOnceTheEntryIsForced() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.disk.hold();
        var recording = CompletableFuture.runAsync(() -> audit.record(Rig.entry("second")));
        rig.disk.awaitHeld();
        assertThat(recording).isNotDone();
        rig.disk.release();
        recording.get(60, TimeUnit.SECONDS);
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("first", "second");
    }

    @Test
    void waitsForTheDiskNotForEverAndSaysThatNobodyKnows() throws Exception {
        AuditEngine audit = rig.start();
        rig.settle();
        rig.disk.hold();
        try {
            Draft taken = audit.takeIn(Rig.entry("taken"));
            rig.disk.awaitHeld();
            Draft waits = audit.takeIn(Rig.entry("waits"));
            rig.apply("record.timeout", "100ms"); // not before the first one is with the disk
            assertThatThrownBy(() -> audit.awaitStored(taken))
                    .isInstanceOf(AuditUnavailableException.class)
                    .hasMessageContaining("100 ms; whether this one is, is unknown");
            assertThatThrownBy(() -> audit.awaitStored(waits))
                    .isInstanceOf(AuditUnavailableException.class)
                    .hasMessageContaining("100 ms; this one is not; ");
            assertThatThrownBy(() -> audit.record(Rig.entry("refused")))
                    .isInstanceOf(AuditUnavailableException.class)
                    .hasMessageContaining("nothing was written for 100 ms");
        } finally {
            rig.disk.release();
        }
        rig.apply("record.timeout", "10m");
        rig.settle();
        audit.record(Rig.entry("later"));
        assertThat(rig.targets(Kind.SECURITY)).as("it was given up").containsExactly("taken", "later");
    }

    /** Who was refused may only act as if nothing was stored, so an interrupt must not end the wait. */
    @Test
    void anInterruptOfTheCallerHarmsNoEntryAndStays() throws Exception {
        AuditEngine audit = rig.start();
        Thread.currentThread().interrupt();
        audit.record(Rig.entry("interrupted"));
        assertThat(Thread.interrupted()).isTrue();
        audit.record(Rig.entry("later"));
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("interrupted", "later");
    }

    @Test
    void storesWhatIsSubmittedWithoutWaitingForTheDisk() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        rig.disk.hold();
        audit.submit(Rig.entry("operation"));
        rig.disk.awaitHeld();
        audit.submit(Rig.entry("another"));
        rig.disk.release();
        audit.record(Rig.entry("last"));
        assertThat(rig.records().stream().skip(1).map(Rig.Read::target))
                .containsExactly("first", "operation", "another", "last");
        assertThat(rig.targets(Kind.OPERATION)).containsExactly("operation", "another");
    }

    @Test
    void sumsUpTheFlowOfEventsOnceASecondByItsKinds() throws Exception {
        AuditEngine audit = rig.start();
        rig.settle();
        long begun = rig.clock.millis();
        for (int i = 1; i <= 5; i++) {
            audit.count("event:publish", "acme", "orders/new", "", Outcome.DONE, id(i));
        }
        audit.count("event:deliver", "shop", "orders/new", "shop/handler", Outcome.DONE, id(1));
        audit.count("event:deliver", "shop", "orders/new", "shop/handler", Outcome.FAILED, id(2));
        rig.settle();
        assertThat(rig.records(Kind.SUMMARY)).as("not before").isEmpty();
        rig.advance(Duration.ofSeconds(1));
        rig.settle();
        List<Rig.Read> summaries = rig.records(Kind.SUMMARY);
        assertThat(summaries).hasSize(3);
        Content published = summaries.stream()
                .map(read -> read.content().orElseThrow())
                .filter(content -> content.entry().action().equals("event:publish"))
                .findFirst()
                .orElseThrow();
        assertThat(published.count()).isEqualTo(5);
        assertThat(published.first()).hasValue(id(1));
        assertThat(published.last()).hasValue(id(5));
        assertThat(published.fromMillis()).isEqualTo(begun);
        assertThat(published.toMillis()).isEqualTo(begun + 1000);
        assertThat(published.entry().actor()).isEqualTo("acme");
        assertThat(summaries)
                .extracting(read -> read.content().orElseThrow().subscription())
                .containsExactlyInAnyOrder("", "shop/handler", "shop/handler");

        rig.advance(Duration.ofSeconds(5));
        rig.settle();
        assertThat(rig.records(Kind.SUMMARY)).as("nothing more").hasSize(3);
        rig.assertIntact();
    }

    @Test
    void countsEachStepOnceWhateverThreadsTellOfIt() throws Exception {
        AuditEngine audit = rig.start();
        int threads = 8;
        int each = 20_000;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            all.add(pool.submit(() -> {
                for (int i = 0; i < each; i++) {
                    audit.count("event:publish", "acme", "topic/" + i % 50, "", Outcome.DONE, id(i));
                    if (i % 1000 == 0) {
                        rig.advance(Duration.ofSeconds(1));
                    }
                }
            }));
        }
        for (Future<?> future : all) {
            future.get(60, TimeUnit.SECONDS);
        }
        pool.shutdown();
        rig.stop();
        long sum = rig.records(Kind.SUMMARY).stream()
                .mapToLong(read -> read.content().orElseThrow().count())
                .sum();
        assertThat(sum).isEqualTo((long) threads * each);
    }

    @Test
    void tellsNoMoreKindsApartThanConfiguredAndForgetsNothing() throws Exception {
        rig.with("summaries", 100);
        AuditEngine audit = rig.start();
        for (int i = 0; i < 10_000; i++) {
            audit.count("event:publish", "acme", "topic/" + i, "", Outcome.DONE, id(i));
            audit.count("other:" + i, "acme", "t", "", Outcome.DENIED, id(i));
        }
        rig.stop();
        List<Rig.Read> summaries = rig.records(Kind.SUMMARY);
        assertThat(summaries.size()).isBetween(100, 100 + 70);
        assertThat(summaries.stream()
                        .mapToLong(read -> read.content().orElseThrow().count())
                        .sum())
                .isEqualTo(20_000);
        assertThat(summaries).extracting(Rig.Read::target).contains("*");
    }

    @Test
    void writesEachStepOfTheTopicsThatAreWantedOneByOne() throws Exception {
        rig.with("topics", "payments/*, orders/+/new");
        AuditEngine audit = rig.start();
        rig.count("payments/a", id(1));
        rig.count("orders/a/new", id(2));
        rig.count("orders/new", id(3));
        audit.record(Rig.entry("behind them"));
        List<Rig.Read> events = rig.records(Kind.EVENT);
        assertThat(events).extracting(Rig.Read::target).containsExactly("payments/a", "orders/a/new");
        assertThat(events.get(0).content().orElseThrow().first()).hasValue(id(1));
        rig.apply("topics", "");
        rig.count("payments/a", id(4));
        rig.stop();
        assertThat(rig.records(Kind.EVENT)).hasSize(2);
        assertThat(rig.targets(Kind.SUMMARY)).containsExactlyInAnyOrder("orders/new", "payments/a");
    }

    @Test
    void coalescesDenialsThatAreAlikeWithTheirNumber() throws Exception {
        AuditEngine audit = rig.start();
        long begun = rig.clock.millis();
        for (int i = 0; i < 1000; i++) {
            audit.record(new AuditEntry(
                    "acme", "event:publish", "a", Outcome.DENIED, Map.of("decision", "d-" + i, "epoch", "1")));
        }
        audit.record(Rig.denial("b"));
        assertThat(rig.targets(Kind.SECURITY)).as("the first of each at once").containsExactly("a", "b");
        assertThat(rig.records(Kind.SECURITY).get(0).detail("decision")).isEqualTo("d-0");
        rig.advanceUntil(
                () -> rig.engine().writer().trail().orElseThrow().head().sequence() > 3);
        rig.stop();
        List<Rig.Read> denials = rig.records(Kind.SECURITY);
        assertThat(denials).extracting(Rig.Read::target).containsExactly("a", "b", "a");
        Content repeats = denials.get(2).content().orElseThrow();
        assertThat(repeats.count()).isEqualTo(999);
        assertThat(repeats.fromMillis()).isEqualTo(begun);
        assertThat(repeats.entry().outcome()).isEqualTo(Outcome.DENIED);
        assertThat(repeats.entry().details()).isEqualTo(Map.of("epoch", "1"));
    }

    @Test
    void writesADenialAnewOnceItWasNotRepeatedForAWhile() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.denial("a"));
        for (int i = 0; i < 3; i++) {
            rig.advance(Duration.ofSeconds(1));
            rig.settle();
        }
        audit.record(Rig.denial("a"));
        assertThat(rig.targets(Kind.SECURITY)).containsExactly("a", "a");
    }

    /** Row 38: of several principals, while the seconds go by. */
    @Test
    @Timeout(300)
    void aStormOfDenialsStaysBoundedInEachSecondAndEachIsCounted() throws Exception {
        int kinds = 20;
        rig.with("denials", kinds);
        AuditEngine audit = rig.start();
        int threads = 8;
        int inASecond = Integer.getInteger("denials.rate", 50_000);
        int each = Integer.getInteger("denials.seconds", 20) * inASecond / threads;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> all = new ArrayList<>();
        var denied = new AtomicLong();
        for (int t = 0; t < threads; t++) {
            String actor = "actor" + t;
            all.add(pool.submit(() -> {
                for (int i = 0; i < each; i++) {
                    audit.record(new AuditEntry(
                            actor, "event:publish", "topic/" + i % 1000, Outcome.DENIED, Map.of("decision", "d" + i)));
                    denied.incrementAndGet();
                }
            }));
        }
        for (long second = 1; second * inASecond < (long) threads * each; second++) {
            long until = second * inASecond;
            Rig.await(() -> denied.get() >= until);
            rig.advance(Duration.ofSeconds(1));
            rig.settle();
        }
        for (Future<?> future : all) {
            future.get(100, TimeUnit.SECONDS);
        }
        pool.shutdown();
        rig.stop();
        int most = 2 * (kinds + kinds + kinds / 10 + 1); // of each a first one and a number
        var inSecond = new TreeMap<Long, Integer>();
        for (Rig.Read read : rig.records(Kind.SECURITY)) {
            inSecond.merge(read.stored().timeMillis(), 1, Integer::sum);
        }
        assertThat(inSecond.values()).allMatch(number -> number <= most);
        assertThat(inSecond.size()).isGreaterThan(10);
        assertThat(rig.records(Kind.SECURITY).stream()
                        .mapToLong(read -> read.content().orElseThrow().count())
                        .sum())
                .isEqualTo((long) threads * each);
        rig.assertIntact();
    }

    /** Who waits for an entry does not wait for all sums of a second. */
    @Test
    void writesAnEntryBetweenSums() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        for (int i = 0; i < 3000; i++) {
            rig.count("t" + i, id(i));
        }
        rig.settle();
        rig.disk.hold();
        rig.advance(Duration.ofSeconds(1));
        rig.disk.awaitHeld();
        var recording = new Thread(() -> audit.record(Rig.entry("urgent")));
        recording.start();
        Rig.await(() -> recording.getState() == Thread.State.TIMED_WAITING);
        rig.disk.release();
        recording.join(60_000);
        rig.stop();
        List<String> targets = rig.records().stream().map(Rig.Read::target).toList();
        assertThat(targets.indexOf("urgent")).isBetween(3, 600);
        assertThat(rig.records(Kind.SUMMARY)).hasSize(3000);
    }

    /** Row 37, what is stored; how it is shown see ReadingTest. */
    @Test
    void aHugeOrStrangeNameIsOneBoundedRecord() throws Exception {
        AuditEngine audit = rig.start();
        String strange = "a\nb\u202e\u001b[31m" + "x".repeat(1 << 20);
        audit.record(new AuditEntry(strange, strange, strange, Outcome.DONE, Map.of(strange, strange)));
        audit.record(Rig.denial(strange));
        audit.count(strange, strange, strange, strange, Outcome.DONE, id(1));
        rig.stop();
        List<Rig.Read> records = rig.records();
        assertThat(records).hasSize(5);
        assertThat(records)
                .allSatisfy(read -> assertThat(read.stored().bytes().length).isLessThan(8_000));
        assertThat(records.get(1).content().orElseThrow().entry().actor()).startsWith("a\nb\u202e\u001b[31mxxx");
        rig.assertIntact();
    }

    @Test
    void signsAfterSoManyRecordsAndAfterSoMuchTimeIfThereIsSomethingNew() throws Exception {
        rig.with("checkpoint.records", 10).with("checkpoint.time", "5s");
        AuditEngine audit = rig.start();
        for (int i = 0; i < 25; i++) {
            audit.record(Rig.entry("e" + i));
        }
        rig.settle();
        assertThat(rig.records(Kind.CHECKPOINT)).hasSize(2);
        rig.advance(Duration.ofSeconds(4));
        rig.settle();
        assertThat(rig.records(Kind.CHECKPOINT)).hasSize(2);
        rig.advance(Duration.ofSeconds(1));
        rig.settle();
        assertThat(rig.records(Kind.CHECKPOINT)).hasSize(3);
        rig.advance(Duration.ofSeconds(60));
        rig.settle();
        assertThat(rig.records(Kind.CHECKPOINT)).as("there is nothing new").hasSize(3);
        assertThat(rig.verify().signed()).isEqualTo(rig.verify().last());
        assertThat(CheckpointFile.in(rig.folder).read().orElseThrow().sequence())
                .isEqualTo(rig.verify().last());
    }

    @Test
    void goesOnWithTheChainWhereItWasLeft() throws Exception {
        rig.start().record(Rig.entry("one"));
        rig.stop();
        rig.start().record(Rig.entry("two"));
        rig.stop();
        assertThat(rig.kinds())
                .containsExactly(
                        Kind.START, Kind.SECURITY, Kind.CHECKPOINT, Kind.START, Kind.SECURITY, Kind.CHECKPOINT);
        rig.assertIntact();
        assertThat(rig.records(Kind.START).stream()
                        .map(read -> read.detail("key"))
                        .distinct())
                .as("by the same key")
                .hasSize(1);
    }

    @Test
    void beginsAnotherSegmentWhenOneIsLargeEnough() throws Exception {
        rig.with("segment.bytes", 64 << 10);
        AuditEngine audit = rig.start();
        IntStream.range(0, 1000).forEach(i -> audit.submit(Rig.entry("e" + i)));
        audit.record(Rig.entry("last"));
        rig.stop();
        List<Rig.Read> records = rig.records();
        assertThat(records.stream()
                        .map(read -> read.position().segment())
                        .distinct()
                        .count())
                .isGreaterThan(2);
        for (int i = 1; i < records.size(); i++) {
            boolean isFirst = records.get(i).position().segment()
                    > records.get(i - 1).position().segment();
            assertThat(records.get(i).stored().hasPreviousHash()).isEqualTo(isFirst);
            if (isFirst) {
                assertThat(records.get(i - 1).kind()).as("at its end").isEqualTo(Kind.CHECKPOINT);
                assertThat(records.get(i - 1).position().offset()).isLessThan(70_000);
            }
        }
        rig.assertIntact();
    }

    @Test
    void removesTheOldestSegmentsByAgeAndStaysVerifiable() throws Exception {
        rig.with("segment.bytes", 64 << 10).with("retention.time", "30d");
        AuditEngine audit = rig.start();
        for (int day = 0; day < 50; day++) {
            rig.advance(Duration.ofDays(1));
            for (int i = 0; i < 20; i++) {
                audit.submit(Rig.entry("day " + day + " " + "x".repeat(500)));
            }
            audit.record(Rig.entry("day " + day));
        }
        rig.stop();
        List<Rig.Read> records = rig.records();
        assertThat(records.get(0).stored().sequence()).isGreaterThan(1);
        long age = rig.clock.millis() - records.get(0).stored().timeMillis();
        assertThat(Duration.ofMillis(age).toDays()).isBetween(29L, 40L);
        assertThat(rig.records(Kind.RETENTION)).isNotEmpty();
        rig.assertIntact();
        assertThat(rig.verify().first()).isEqualTo(records.get(0).stored().sequence());
    }

    @Test
    void removesNothingByAClockThatIsWrong() throws Exception {
        CapturedLog.LINES.clear();
        rig.with("segment.bytes", 64 << 10).with("retention.time", "30d");
        AuditEngine audit = rig.start();
        for (int i = 0; i < 1000; i++) {
            audit.submit(Rig.entry("e" + "x".repeat(500)));
        }
        audit.record(Rig.entry("last"));
        rig.stop();
        rig.clock.advance(Duration.ofDays(60)); // while it did not run, as far as anybody knows
        rig.start().record(Rig.entry("again"));
        rig.settle();
        rig.clock.advance(Duration.ofDays(60));
        rig.apply("retention.time", "29d"); // is looked at at once
        rig.settle();
        rig.stop();
        assertThat(rig.verify().first()).isEqualTo(1);
        assertThat(CapturedLog.LINES)
                .contains(
                        "WARN symphony.audit: the clock is 1440 h ahead of what has passed since records were written; so"
                                + " much longer they are kept; if it is right, restart")
                .anyMatch(line -> line.startsWith("WARN symphony.audit: the clock is 2880 h ahead"));
    }

    @Test
    void removesTheOldestSegmentsBySize() throws Exception {
        rig.with("segment.bytes", 64 << 10).with("retention.bytes", 300_000);
        AuditEngine audit = rig.start();
        for (int i = 0; i < 2_000; i++) {
            audit.submit(Rig.entry("e" + i + "x".repeat(500)));
            if (i % 100 == 99) {
                audit.record(Rig.entry("wait"));
            }
        }
        rig.stop();
        long bytes = 0;
        try (Stream<Path> files = Files.list(rig.folder)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".segment")).toList()) {
                bytes += Files.size(file);
            }
        }
        assertThat(bytes).isLessThan(300_000 + 400_000);
        rig.assertIntact();
        assertThat(rig.verify().first()).isGreaterThan(1000);
    }

    @Test
    void keepsEverythingUnlessTold() throws Exception {
        rig.with("segment.bytes", 64 << 10);
        AuditEngine audit = rig.start();
        for (int i = 0; i < 1000; i++) {
            audit.submit(Rig.entry("e" + i + "x".repeat(500)));
            rig.clock.advance(Duration.ofDays(10));
        }
        audit.record(Rig.entry("last"));
        rig.stop();
        assertThat(rig.verify().first()).isEqualTo(1);
        assertThat(rig.verify().records()).isGreaterThan(1000);
    }

    @Test
    void refusesOnceItHasStopped() {
        AuditEngine audit = rig.start();
        rig.stop();
        assertThatThrownBy(() -> audit.record(Rig.entry("late")))
                .isInstanceOf(AuditUnavailableException.class)
                .hasMessage("symphony.audit: it has stopped");
        audit.count("event:publish", "acme", "t", "", Outcome.DONE, id(1));
    }
}

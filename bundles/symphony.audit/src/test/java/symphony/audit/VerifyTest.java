package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.api.audit.Outcome;
import symphony.segmentlog.LogReader;
import symphony.segmentlog.Position;
import symphony.segmentlog.SegmentLog;
import symphony.segmentlog.SegmentLogOptions;

/** The command line: its exit codes, and what it says. */
@Timeout(120)
class VerifyTest {
    @TempDir
    private Path temp;

    private Rig rig;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void writeATrail() throws Exception {
        rig = new Rig(temp);
        rig.start().record(Rig.entry("first"));
        rig.stop();
        rig.start().record(Rig.entry("second"));
        rig.stop();
    }

    private int run(Object... arguments) {
        out.reset();
        err.reset();
        String[] texts = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        return Verify.run(texts, print(out), print(err));
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private Path anchor() throws Exception {
        Path file = temp.resolve("a.anchor");
        new AnchorFile(file).keep(CheckpointFile.in(rig.folder).read().orElseThrow());
        return file;
    }

    private Path firstSegment() {
        return rig.folder.resolve("0000000000000001.segment");
    }

    @Test
    void endsWith0IfNothingIsWrong() throws Exception {
        String key = rig.publicKeys().all().get(0).idText();
        assertThat(run(rig.folder)).isZero();
        assertThat(lines())
                .containsExactly(
                        "INTACT",
                        "6 records, 1 to 6, signed up to 6",
                        "note: the keys are those that lie beside the trail: that it is not another one in its place is not known",
                        "note: there was no checkpoint from outside of its folder to compare it with: that its end was not cut"
                                + " off, nor all of it exchanged, is not known",
                        "note: records 1 to 6 are signed by the key " + key);
        Path anchor = anchor();
        assertThat(run(rig.folder, "--anchor", anchor, "--key", rig.folder.resolve("public.pem")))
                .isZero();
        assertThat(lines())
                .containsExactly(
                        "INTACT",
                        "6 records, 1 to 6, signed up to 6",
                        "note: file " + anchor + ": 1 of its 1 checkpoints are of records that are here",
                        "note: records 1 to 6 are signed by the key " + key);
    }

    @Test
    void endsWith1IfItWasTamperedWith() throws Exception {
        byte[] bytes = Files.readAllBytes(firstSegment());
        Files.write(firstSegment(), Forgery.flipped(bytes, 8192 + 40));
        assertThat(run(rig.folder)).isEqualTo(1);
        assertThat(lines()).startsWith("TAMPERED").anyMatch(line -> line.startsWith("TAMPERED: record 1 is missing"));
    }

    @Test
    void endsWith2IfItIsTorn() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("third"));
        Path image = Forgery.copy(rig.folder, temp.resolve("image"));
        Rig.Read last = rig.records().get(rig.records().size() - 1);
        rig.stop();
        Path file = image.resolve("0000000000000003.segment");
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, last.position().offset() + 30, bytes.length, (byte) 0);
        Files.write(file, bytes);
        assertThat(run(image)).isEqualTo(2);
        assertThat(lines()).startsWith("TORN");
    }

    @Test
    void endsWith3IfAFileIsMissing() throws Exception {
        assertThat(run(temp.resolve("nowhere"))).isEqualTo(3);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("MISSING: there is no folder ");
        assertThat(run(rig.folder, "--anchor", temp.resolve("no.anchor"))).isEqualTo(3);
        assertThat(run(rig.folder, "--key", temp.resolve("no.pem"))).isEqualTo(3);
        Files.delete(firstSegment());
        assertThat(run(rig.folder)).isEqualTo(3);
        assertThat(lines()).startsWith("MISSING");
        Files.delete(rig.folder.resolve("public.pem"));
        assertThat(run(rig.folder)).isEqualTo(3);
    }

    @Test
    void endsWith4IfItIsNotTheOneThatAnAnchorKnows() throws Exception {
        Path copy = Forgery.copy(rig.folder, temp.resolve("yesterday"));
        rig.start().record(Rig.entry("third"));
        rig.stop();
        assertThat(run(copy)).isZero();
        assertThat(run(copy, "--anchor", anchor())).isEqualTo(4);
        assertThat(lines()).startsWith("ANCHOR");
        Path empty = Files.createFile(temp.resolve("empty.anchor"));
        assertThat(run(rig.folder, "--anchor", empty)).isEqualTo(4);
    }

    @Test
    void saysHowItIsCalled() {
        for (Object[] wrong : new Object[][] {{}, {"a", "b"}, {"--anchor"}, {rig.folder, "--key"}, {"-h"}, {"\0"}}) {
            assertThat(run(wrong)).isEqualTo(Verify.USAGE);
            assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("usage: symphony.audit.Verify FOLDER");
        }
    }

    @Test
    void endsWith74IfItCannotBeRead() throws Exception {
        Files.writeString(rig.folder.resolve("public.pem"), "nonsense");
        assertThat(run(rig.folder)).isEqualTo(Verify.UNREADABLE);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("public.pem");
    }

    @Test
    void endsWith74WhateverIsThrown() {
        assertThat(Verify.run(new String[] {rig.folder.toString(), null}, print(out), print(err)))
                .isEqualTo(Verify.UNREADABLE);
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .hasSize(1)
                .allMatch(line -> line.contains("NullPointer"));
    }

    @Test
    void namesAFileThatNoTrailHas() throws Exception {
        Files.createFile(rig.folder.resolve("9999999999999999.segment"));
        assertThat(run(rig.folder)).as("it is none").isZero();
        Files.createFile(rig.folder.resolve("9999999999999998.segment"));
        assertThat(run(rig.folder)).isEqualTo(1);
        assertThat(lines())
                .anyMatch(line -> line.startsWith("TAMPERED: behind record 6: neither copy of the segment's header"));
    }

    @Test
    void readsOnBehindASegmentThatCannotBeRead() throws Exception {
        Path away = Files.move(firstSegment(), temp.resolve("away"));
        Files.createDirectory(firstSegment());
        assertThat(run(rig.folder)).isEqualTo(1);
        assertThat(lines())
                .contains("TAMPERED: records 1 to 3 are missing (segment 1 cannot be read: " + firstSegment()
                        + " is no regular file; move it away)")
                .anyMatch(line -> line.startsWith("3 records, 4 to 6"));
        Files.delete(firstSegment());
        byte[] bytes = Files.readAllBytes(away);
        for (int copy : new int[] {0, 4096}) {
            bytes[copy + 9] = 2;
            var crc = new CRC32C();
            crc.update(bytes, copy, 64);
            ByteBuffer.wrap(bytes).putInt(copy + 64, (int) crc.getValue());
        }
        Files.write(firstSegment(), bytes);
        assertThat(run(rig.folder)).isEqualTo(1);
        assertThat(lines()).anyMatch(line -> line.contains("has version 2 of the format"));
        Files.delete(rig.folder.resolve("0000000000000002.segment"));
        assertThat(run(rig.folder)).as("nothing at all can be read").isEqualTo(Verify.UNREADABLE);
    }

    @Test
    void waitsForNoPipeAndReadsNoDeviceToItsEnd() throws Exception {
        for (String name : List.of(CheckpointFile.NAME, KeyFiles.PUBLIC, "0000000000000001.segment")) {
            for (boolean isPipe : new boolean[] {true, false}) {
                Path folder = Forgery.copy(rig.folder, temp.resolve(name + isPipe));
                Path file = folder.resolve(name);
                Files.delete(file);
                if (isPipe) {
                    assertThat(new ProcessBuilder("mkfifo", file.toString())
                                    .start()
                                    .waitFor())
                            .isZero();
                } else {
                    Files.createSymbolicLink(file, Path.of("/dev/zero"));
                }
                int expected = name.equals(CheckpointFile.NAME) ? 4 : name.equals(KeyFiles.PUBLIC) ? 74 : 1;
                assertThat(run(folder)).as("%s %s", file, lines()).isEqualTo(expected);
            }
        }
        Path zero = Path.of("/dev/zero");
        assertThat(run(rig.folder, "--key", zero)).isEqualTo(Verify.UNREADABLE);
        assertThat(run(rig.folder, "--anchor", zero)).isEqualTo(Verify.UNREADABLE);
    }

    @Test
    void takesACheckpointOfAnImpossibleTimeForNone() throws Exception {
        String line = CheckpointFile.in(rig.folder).read().orElseThrow().toString();
        Files.writeString(
                rig.folder.resolve(CheckpointFile.NAME),
                line.replaceFirst("2026-[^ ]*", "+1000000000-12-31T23:59:59Z"));
        assertThat(run(rig.folder)).isEqualTo(4);
        AuditEngine audit = rig.startWithoutCrypto(); // it writes nothing, so it does not tell of it either
        assertThat(new TrailReading(rig.folder, audit).verify().verdict().exitCode())
                .isEqualTo(4);
        rig.stop();
    }

    @Test
    void readsNoRecordThatIsLargerThanOnesAre() throws Exception {
        try (SegmentLog log = SegmentLog.open(rig.folder, SegmentLogOptions.defaults())) {
            log.append(new byte[StoredRecord.MOST_BYTES + 1]);
            log.append(new byte[100]);
        }
        assertThat(run(rig.folder)).isEqualTo(1);
        assertThat(lines()).anyMatch(line -> line.contains("no whole frame, though it was forced to the disk"));
    }

    @Test
    void tellsTheGraverOfTwoThingsThatAreMissingTogether() throws Exception {
        rig.start().record(Rig.entry("third"));
        rig.stop();
        rig.start().record(Rig.entry("fourth"));
        rig.stop();
        Path second = rig.folder.resolve("0000000000000002.segment");
        byte[] bytes = Files.readAllBytes(second);
        bytes[20] ^= 1;
        bytes[4116] ^= 1;
        Files.write(second, bytes);
        Files.delete(rig.folder.resolve("0000000000000003.segment"));
        assertThat(run(rig.folder)).isEqualTo(1);
        assertThat(lines()).anyMatch(line -> line.startsWith("TAMPERED: records 4 to 9 are missing"));
    }

    @Test
    void readsAnAnchorThatWasCopiedByAnotherSystem() throws Exception {
        Path anchor = anchor();
        Files.writeString(anchor, Files.readString(anchor).replace("\n", "\r\n") + "a comment\r\n");
        assertThat(run(rig.folder, "--anchor", anchor)).isZero();
        assertThat(lines())
                .contains("note: file " + anchor
                        + ": 1 of its 1 checkpoints are of records that are here; lines that are no checkpoint: 1");
    }

    @Test
    void needsNoContainerNoLoggerAndNoKeyThatOpens() throws Exception {
        String needed = Arrays.stream(
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                                .split(File.pathSeparator))
                .filter(path -> !path.contains("slf4j") && !path.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        needed,
                        Verify.class.getName(),
                        rig.folder.toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed).startsWith("INTACT");
    }

    @Test
    void verifiesWhileItIsBeingWritten() throws Exception {
        rig.with("checkpoint.records", 5).with("segment.bytes", 64 << 10);
        AuditEngine audit = rig.start();
        var isOver = new AtomicBoolean();
        String text = "x".repeat(1000);
        var writing = CompletableFuture.runAsync(() -> {
            for (int i = 0; !isOver.get(); i++) {
                audit.submit(new AuditEntry("acme", "a:b", text, Outcome.DONE, Map.of("a", text, "b", text)));
                if (i % 7 == 0) {
                    audit.record(Rig.entry("e" + i));
                }
            }
        });
        for (int i = 0; i < 30 && !writing.isDone(); i++) {
            assertThat(run(rig.folder)).as("%s", lines()).isZero();
        }
        isOver.set(true);
        writing.get(60, TimeUnit.SECONDS);
        rig.stop();
        assertThat(run(rig.folder)).isZero();
    }

    /** As a reader sees it between two writes of one group. */
    @Test
    void takesAGroupThatIsBeingWrittenForNoTornOne() throws Exception {
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("third"));
        Path image = Forgery.copy(rig.folder, temp.resolve("image"));
        Rig.Read last = rig.records().get(rig.records().size() - 1);
        rig.stop();
        Path file = image.resolve("0000000000000003.segment");
        byte[] whole = Files.readAllBytes(file);
        byte[] half = whole.clone();
        Arrays.fill(half, last.position().offset() + 30, half.length, (byte) 0);
        Files.write(file, half);
        var looks = new AtomicInteger();
        var verification = Verification.byOwn(rig::publicKeys, () -> {
            if (looks.incrementAndGet() == 3) {
                write(file, whole);
            }
        });
        var result = verification.run(() -> LogReader.open(image, LogOpener.OPTIONS, Position.BEGIN));
        assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.INTACT);
        assertThat(result.last()).isEqualTo(last.stored().sequence());
        assertThat(looks).hasValue(3);
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void knowsAKeyThatWasMadeAfterTheKeysWereRead() throws Exception {
        PublicKeys before = rig.publicKeys();
        Files.delete(rig.folder.resolve(KeyFiles.SEALED));
        rig.start().record(Rig.entry("third"));
        rig.stop();
        var reads = new AtomicInteger();
        var verification = Verification.byOwn(() -> reads.getAndIncrement() == 0 ? before : rig.publicKeys(), () -> {});
        verification.add(CheckpointFile.in(rig.folder));
        var result = verification.run(() -> LogReader.open(rig.folder, LogOpener.OPTIONS, Position.BEGIN));
        assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.INTACT);
        assertThat(reads).hasValue(2);
    }
}

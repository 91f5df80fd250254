package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
        assertThat(run(rig.folder)).isZero();
        assertThat(lines()).containsExactly("INTACT", "6 records, 1 to 6, signed up to 6");
        assertThat(run(rig.folder, "--anchor", anchor(), "--key", rig.folder.resolve("public.pem")))
                .isZero();
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
    void needsNoContainerNoLoggerAndNoKeyThatOpens() throws Exception {
        String needed = Arrays.stream(
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                                .split(File.pathSeparator))
                .filter(path -> !path.contains("slf4j") && !path.contains("test"))
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
        AuditEngine audit = rig.start();
        for (int i = 0; i < 20; i++) {
            audit.record(Rig.entry("e" + i));
            assertThat(run(rig.folder)).as("%s", lines()).isIn(0, 2);
        }
    }
}

package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.segmentlog.SegmentLog;

/**
 * Row 35: what returned is there after {@code kill -9}, and after a write that was torn anywhere. {@code -Daudit.kills=100} kills more
 * often, {@code -Daudit.seed} repeats a run.
 */
class CrashTest {
    private static final int KILLS = Integer.getInteger("audit.kills", 5);
    private static final long SEED = Long.getLong("audit.seed", System.nanoTime());
    private static final int WRITERS = 6;
    private static final String PLAIN = "plain";
    private static final String SEALED = "sealed by the keys of this seed";
    private static final long DEADLINE_SECONDS = 120;

    @TempDir
    private Path temp;

    /** Records with some threads until it is killed; tells each entry that returned. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) {
            var engine = new AuditEngine(
                            Path.of(args[0]),
                            AuditSettings.of(AuditSettings.KEYS.orDefaults(Map.of("checkpoint.records", 50))),
                            SegmentLog::open,
                            InstantSource.system(),
                            System::nanoTime,
                            new SecureRandom(),
                            false)
                    .start();
            TestCrypto crypto = crypto(args[2]);
            engine.bind(crypto);
            var out = new DataOutputStream(new FileOutputStream(FileDescriptor.out));
            for (int writer = 0; writer < WRITERS; writer++) {
                String prefix = args[1] + "/" + writer + "/";
                new Thread(() -> {
                            for (int i = 0; ; i++) {
                                engine.record(Rig.entry(prefix + i));
                                tell(out, prefix + i);
                                if (i % 40 == 39) {
                                    crypto.rotate(); // so that the signing key is sealed anew
                                }
                            }
                        })
                        .start();
            }
        }

        private static TestCrypto crypto(String kind) {
            return kind.equals(PLAIN) ? new TestCrypto(false) : TestCrypto.ofSeed(kind);
        }

        private static void tell(DataOutputStream out, String what) {
            synchronized (out) {
                try {
                    out.writeUTF(what);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {PLAIN, SEALED})
    @Timeout(300)
    void losesNoEntryThatReturnedWhenTheProcessIsKilled(String kind) throws Exception {
        var random = new Random(SEED);
        var rig = new Rig(temp);
        rig.crypto = Writer.crypto(kind);
        Set<String> returned = new HashSet<>();
        for (int kill = 0; kill < KILLS; kill++) {
            returned.addAll(live(rig.folder, kill, kind, 1 + random.nextInt(300)));
            AuditVerification result = rig.verify();
            assertThat(result.verdict())
                    .as("kill %d of seed %d: %s", kill, SEED, result)
                    .isIn(Verdict.INTACT, Verdict.TORN);
            assertThat(rig.targets(Kind.SECURITY))
                    .as("seed %d", SEED)
                    .containsAll(returned)
                    .doesNotHaveDuplicates();
        }
        rig.start().record(Rig.entry("at last"));
        rig.stop();
        rig.assertIntact();
        assertThat(returned).hasSizeGreaterThan(KILLS);
    }

    private static List<String> live(Path folder, int life, String kind, int entries) throws IOException {
        List<String> told = new ArrayList<>();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Writer.class.getName(),
                        folder.toString(),
                        Integer.toString(life),
                        kind)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // One that hangs would hang the test: reading from it is not interrupted.
        CompletableFuture.delayedExecutor(DEADLINE_SECONDS, TimeUnit.SECONDS).execute(process::destroyForcibly);
        try {
            var in = new DataInputStream(process.getInputStream());
            for (int i = 0; i < entries; i++) {
                told.add(in.readUTF());
            }
            process.toHandle().destroyForcibly();
            while (true) {
                told.add(in.readUTF());
            }
        } catch (EOFException e) {
            assertThat(told).as("life %d of seed %d", life, SEED).hasSizeGreaterThanOrEqualTo(entries);
            return told;
        } finally {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    /** The last record was being written, and only its first bytes, or those of another sector, have reached the disk. */
    @Test
    @Timeout(900)
    void goesOnWithWhatIsThereWhereverTheLastWriteWasTorn() throws Exception {
        var rig = new Rig(temp);
        AuditEngine audit = rig.start();
        audit.record(Rig.entry("first"));
        audit.record(Rig.entry("second"));
        audit.record(Rig.entry("torn"));
        Path image = Forgery.copy(rig.folder, temp.resolve("image"));
        List<Rig.Read> records = rig.records();
        rig.stop();
        Path file = image.resolve("0000000000000001.segment");
        byte[] whole = Files.readAllBytes(file);
        Rig.Read last = records.get(records.size() - 1);
        int begin = last.position().offset();
        int end = begin + 20 + last.stored().bytes().length;
        for (int at = begin; at < end; at++) {
            byte[] torn = whole.clone();
            Arrays.fill(torn, at, torn.length, (byte) 0);
            checkTorn(rig, image, file, torn, "cut at " + (at - begin));
            if (at % 5 == 0) {
                byte[] hole = whole.clone();
                Arrays.fill(hole, at, Math.min(end, at + 16), (byte) 0x5a);
                checkTorn(rig, image, file, hole, "hole at " + (at - begin));
            }
        }
    }

    private void checkTorn(Rig rig, Path image, Path file, byte[] content, String what) throws Exception {
        Files.write(file, content);
        Path folder = temp.resolve("life");
        if (Files.exists(folder)) {
            delete(folder);
        }
        Files.createDirectory(folder);
        var other = new Rig(folder);
        other.crypto = rig.crypto;
        Files.delete(other.folder);
        Forgery.copy(image, other.folder);
        Files.delete(other.folder.resolve("lock"));
        Verdict before = other.verify().verdict();
        assertThat(before).as(what).isIn(Verdict.TORN, Verdict.INTACT);
        other.start().record(Rig.entry("later"));
        other.stop();
        assertThat(other.targets(Kind.SECURITY)).as(what).containsExactly("first", "second", "later");
        boolean isTold = !other.records(Kind.RECOVERY).isEmpty();
        assertThat(isTold).as(what).isEqualTo(before == Verdict.TORN);
        if (isTold) {
            assertThat(other.records(Kind.RECOVERY).get(0).detail("torn")).isNotEmpty();
        }
        other.assertIntact();
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}

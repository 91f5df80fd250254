package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes that start on one empty home at the same moment make one keyset, and never repeat a nonce of it. {@code nonce.seals}
 * says how many seals they make together.
 */
class TwoProcessesTest {
    static final int ENTRY_BYTES = Integer.BYTES + 16 + Long.BYTES;

    /** Far less than it is, for a test to come there. */
    static final int SEALS_PER_SALT = 10_000;

    private static final int THREADS = 4;
    private static final int EACH = Integer.getInteger("nonce.seals", 400_000) / (2 * THREADS);

    @TempDir
    private Path temp;

    @Test
    @Timeout(1800)
    void makeOneKeysetAndNeverRepeatKeySaltAndNonce() throws Exception {
        Path home = temp.resolve("home");
        List<Path> files = List.of(temp.resolve("one"), temp.resolve("two"));
        var processes = new ArrayList<Process>();
        for (Path file : files) {
            processes.add(start(home, file));
        }
        var orderKeys = new HashSet<String>();
        for (Process process : processes) {
            String output = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(output).isZero();
            orderKeys.add(output);
        }

        assertThat(orderKeys)
                .as("hash by a key of the keyset")
                .singleElement()
                .asString()
                .matches("-?[0-9]+\\R");

        Map<ByteBuffer, BitSet> nonces = new HashMap<>();
        for (Path file : files) {
            addAll(nonces, file);
        }
        long seals = nonces.values().stream().mapToLong(BitSet::cardinality).sum();
        assertThat(seals).isEqualTo((long) files.size() * THREADS * EACH);
        assertThat(nonces.size()).as("salts").isGreaterThanOrEqualTo((int) (seals / SEALS_PER_SALT));
    }

    private static Process start(Path home, Path file) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        classPath,
                        Sealer.class.getName(),
                        home.toString(),
                        file.toString(),
                        Integer.toString(THREADS),
                        Integer.toString(EACH))
                .redirectErrorStream(true)
                .start();
    }

    /** By key and salt; a salt's nonces count from zero, so that there are no large ones. */
    private static void addAll(Map<ByteBuffer, BitSet> nonces, Path file) throws IOException {
        assertThat(Files.size(file)).isEqualTo((long) THREADS * EACH * ENTRY_BYTES);
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            for (long i = 0; i < (long) THREADS * EACH; i++) {
                BitSet ofSalt = nonces.computeIfAbsent(
                        ByteBuffer.wrap(in.readNBytes(ENTRY_BYTES - Long.BYTES)), salt -> new BitSet());
                long nonce = in.readLong();
                assertThat(nonce).as("a new salt at its limit").isBetween(0L, SEALS_PER_SALT - 1L);
                assertThat(ofSalt.get((int) nonce))
                        .as("nonce %d a second time", nonce)
                        .isFalse();
                ofSalt.set((int) nonce);
            }
        }
    }
}

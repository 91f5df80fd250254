package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that start on one empty home at the same moment make one keyset, and never repeat a nonce of it. */
class TwoProcessesTest {
    static final int ENTRY_BYTES = Integer.BYTES + 16 + Long.BYTES;

    private static final int THREADS = 4;
    private static final int EACH = 50_000;

    @TempDir
    private Path temp;

    @Test
    @Timeout(180)
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

        Set<ByteBuffer> seen = new HashSet<>();
        for (Path file : files) {
            addAll(seen, Files.readAllBytes(file));
        }
        assertThat(seen.size()).isEqualTo(files.size() * THREADS * EACH);
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

    private static void addAll(Set<ByteBuffer> seen, byte[] bytes) {
        assertThat(bytes.length).isEqualTo(THREADS * EACH * ENTRY_BYTES);
        for (int at = 0; at < bytes.length; at += ENTRY_BYTES) {
            seen.add(ByteBuffer.wrap(bytes, at, ENTRY_BYTES));
        }
    }
}

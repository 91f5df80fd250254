package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;

/** A process that rotates keys and changes the passphrase again and again is killed at any moment of it. */
class KilledRotationTest {
    private static final int KILLS = Integer.getInteger("rotation.kills", 3);

    @TempDir
    private Path temp;

    private KeyFolder folder() {
        return new KeyFolder(temp.resolve("home"), Optional.empty(), InstantSource.system(), new SecureRandom());
    }

    /** Home. Prints the id of each key that it made. */
    public static void main(String[] args) {
        var random = new SecureRandom();
        var folder = new KeyFolder(Path.of(args[0]), Optional.empty(), InstantSource.system(), random);
        while (true) {
            Keysets now =
                    folder.change(keysets -> keysets.rotated(CryptoContext.EVENT, InstantSource.system(), random));
            System.out.println(now.primary(CryptoContext.EVENT).id());
            folder.changePassphrase(Optional.empty(), UnaryOperator.identity());
        }
    }

    private Process start() throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        KilledRotationTest.class.getName(),
                        temp.resolve("home").toString())
                .redirectErrorStream(true)
                .start();
    }

    @Test
    @Timeout(600)
    void leavesOnePrimaryKeyAndLosesNone() throws Exception {
        Envelope first = Engines.seal(Engines.engine(folder().open()));
        var random = new Random();
        for (int i = 0; i < KILLS; i++) {
            int told = rotateUntilKilled(TimeUnit.MILLISECONDS.toNanos(random.nextInt(400)));
            Keysets left = folder().open(); // then: one primary key of each context, or it throws
            int primary = left.primary(CryptoContext.EVENT).id();
            assertThat(primary).isBetween(told, told + 1);
            assertThat(Engines.engine(left).open(CryptoContext.EVENT, first).key())
                    .isEqualTo("ada");
        }
    }

    /** The last id that the process told of. */
    private int rotateUntilKilled(long nanosAfterTheFirst) throws IOException, InterruptedException {
        Process process = start();
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            int told = Integer.parseInt(lines.readLine());
            LockSupport.parkNanos(nanosAfterTheFirst);
            process.toHandle().destroyForcibly(); // which leaves what it has printed to be read
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                told = Integer.parseInt(line);
            }
            return told;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}

package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pools of virtual threads: in a process of the newest Java that is there, since that of the tests may have none. */
@Timeout(400)
class VirtualPoolTest {
    private static final int LONGEST_SECONDS = 300;

    private static String said = "";
    private static final Properties told = new Properties();

    @BeforeAll
    static void runThemAll(@TempDir Path temp) throws Exception {
        Optional<Path> java = JavaWithVirtualThreads.find();
        assumeThat(java)
                .as("a Java with virtual threads, 21 or later, beside %s or in JAVA_NEWEST_HOME", home())
                .isPresent();
        Path output = temp.resolve("output");
        Process process = start(java.orElseThrow(), output);
        boolean ended;
        try {
            ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
        } finally {
            process.destroyForcibly();
        }
        said = Files.readString(output);
        assertThat(ended).as("it ends: %s", said).isTrue();
        told.load(new StringReader(said));
    }

    private static String home() {
        return System.getProperty("java.home");
    }

    private static Process start(Path java, Path output) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        java.resolve("bin").resolve("java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        classPath,
                        VirtualPoolCalls.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private static void assertDone(String name) {
        assertThat(told.getProperty(name)).as("%s: %s", name, said).isEqualTo("done");
    }

    @Test
    void callsHandlersOnVirtualThreads() {
        assertDone("calls");
    }

    @Test
    void standsInForCallsThatTakeLongAndForNoMoreThanItMay() {
        assertDone("compensation");
    }

    @Test
    void interruptsACallOverItsLimitAndTriesAgain() {
        assertDone("limit");
    }

    @Test
    void callsNobodyWhileItIsPaused() {
        assertDone("pause");
    }

    @Test
    void waitsForCallsOfABundleThatLeavesAndEndsTheirThreads() {
        assertDone("departure");
    }

    @Test
    void abandonsACallThatDoesNotEndAndSaysWhereItIs() {
        assertDone("abandoned");
    }

    @Test
    void takesWhatWaitsAlongWhenItGoes() {
        assertDone("removal");
    }

    @Test
    void takesThePlaceOfAPoolOfOtherThreads() {
        assertDone("change");
    }
}

package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A heap that handlers fill is full for everybody: in a process of its own, so that it is nobody else's. */
@Timeout(180)
class FullHeapTest {
    @TempDir
    private Path temp;

    @Test
    void handlersThatFillTheHeapLoseTheirOwnEventsAndNobodyElses() throws Exception {
        Path output = temp.resolve("output");
        Process process = start(output);
        try {
            assertThat(process.waitFor(150, TimeUnit.SECONDS))
                    .as("it ends: %s", Files.readString(output))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(output);
        assertThat(process.exitValue()).as(said).isZero();
        var told = new Properties();
        told.load(new StringReader(said));
        int attempts = 2 * 2 * GreedyHandlers.GREEDY_EVENTS;
        assertThat(number(told, "thrown"))
                .as("calls that found the heap full: %s", said)
                .isBetween(1, number(told, "failures"));
        assertThat(number(told, "failures"))
                .as("and more where there was no memory to settle one: %s", said)
                .isGreaterThanOrEqualTo(attempts);
        assertThat(number(told, "good"))
                .as("all, and once more where there was no memory to acknowledge one: %s", said)
                .isGreaterThanOrEqualTo(GreedyHandlers.GOOD_EVENTS);
        assertThat(told.getProperty("balanced")).isEqualTo("true");
        assertThat(number(told, "workers")).isLessThanOrEqualTo(GreedyHandlers.MOST_WORKERS);
        assertThat(number(told, "interrupted"))
                .as("the first attempt, and the second if it was held up: %s", said)
                .isBetween(1, 2);
    }

    private static int number(Properties told, String name) {
        return Integer.parseInt(told.getProperty(name));
    }

    private static Process start(Path output) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx48m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        classPath,
                        GreedyHandlers.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }
}

package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that stands still for a while, as on a machine that is suspended: what was missed meanwhile goes by the policy of
 * each schedule, and no time is taken twice. For thirty seconds, or as many as the system property
 * {@code standstill.seconds} says.
 */
@Timeout(400)
class StandstillIT {
    private static final Duration STANDSTILL = Duration.ofSeconds(Integer.getInteger("standstill.seconds", 30));
    private static final List<String> RULES = List.of("--rate 1s", "--cron '* * * * * *'");
    private static final List<String> POLICIES = List.of("skip", "once", "catch-up=3");

    /** Times at both ends of the standstill that may be on either side, or not late enough to be missed. */
    private static final long EDGES = 7;

    @TempDir
    private Path folder;

    private Path home;

    @BeforeEach
    void makeHome() throws IOException {
        home = Files.createDirectory(
                folder.resolve("home"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    @Test
    void takesNoTimeTwiceAndWhatWasMissedByThePolicy() throws Exception {
        try (var running = Start.on(home).pipe()) {
            running.awaitStarted();
            // given
            long begin = System.nanoTime();
            for (String rule : RULES) {
                for (String policy : POLICIES) {
                    running.type(
                            "symphony:schedule " + rule + " --misfire " + policy + " " + topic(rule, policy) + " n=1");
                }
            }
            awaitFired(running, 2);
            // when
            signal(running, "STOP");
            long stopped = System.nanoTime();
            // Nothing can be waited for in a process that stands still, but that time goes by.
            await().pollDelay(STANDSTILL).atMost(STANDSTILL.plusSeconds(60)).until(() -> true);
            signal(running, "CONT");
            long stood = Duration.ofNanos(System.nanoTime() - stopped).toSeconds();
            awaitFired(running, 6);
            // then
            String listed = list(running);
            long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
            for (String rule : RULES) {
                for (String policy : POLICIES) {
                    long fired = number(listed, topic(rule, policy), "fired");
                    long skipped = number(listed, topic(rule, policy), "skipped");
                    String what = topic(rule, policy) + ": " + fired + " fired, " + skipped + " skipped in " + seconds;
                    assertThat(fired + skipped).as(what).isLessThanOrEqualTo(seconds + 1);
                    assertThat(skipped).as(what).isBetween(stood - EDGES, stood + 1);
                }
            }
            running.type("exit 0");
            running.endsWith(0);
        }
    }

    private static String topic(String rule, String policy) {
        return "it/" + (rule.startsWith("--rate") ? "rate" : "cron") + "/" + policy.replace('=', '-');
    }

    /** Until each was published so often. */
    private static void awaitFired(Running running, long times) {
        await().atMost(Running.DEADLINE).until(() -> {
            String listed = list(running);
            return RULES.stream()
                    .allMatch(rule -> POLICIES.stream()
                            .allMatch(policy -> number(listed, topic(rule, policy), "fired") >= times));
        });
    }

    /** What is scheduled, one JSON object a line. */
    private static String list(Running running) throws IOException {
        String mark = "listed-" + System.nanoTime();
        int before = running.output().length();
        running.type("symphony:scheduled --json");
        running.type("echo " + mark);
        running.awaitOutput(mark);
        return running.output().substring(before);
    }

    private static long number(String listed, String topic, String name) {
        Matcher found = Pattern.compile("\"topic\":\"" + Pattern.quote(topic) + "\".*\"" + name + "\":(\\d+)")
                .matcher(listed);
        return found.find() ? Long.parseLong(found.group(1)) : -1;
    }

    private static void signal(Running running, String name) throws Exception {
        for (ProcessHandle process : processes(running)) {
            assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                            .inheritIO()
                            .start()
                            .waitFor())
                    .isZero();
        }
    }

    /** The command may be a shell that has made the process. */
    private static List<ProcessHandle> processes(Running running) {
        return Stream.concat(
                        Stream.of(running.process().toHandle()),
                        running.process().descendants())
                .toList();
    }
}

package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.it.handler.DeliveredTopics;

/**
 * A process that stands still for a while, as on a machine that is suspended: what was missed meanwhile goes by the policy of
 * each schedule, and no time is taken twice. For thirty seconds at least, or as many as the system property
 * {@code standstill.seconds} says.
 */
@Timeout(400)
class StandstillIT {
    /*
     * All times are multiples of 20 or 10 seconds of the wall clock. The process is looked at, stopped and sent on its way 14
     * seconds after a multiple of 20. That is 4 seconds after the time before, and 6 seconds before the next time comes: so it
     * is known which times it missed, also on a busy machine, and that the latest of every 20 seconds is too late to count as
     * in time (5 seconds).
     */
    private static final Duration STANDSTILL = Duration.ofSeconds(Integer.getInteger("standstill.seconds", 30));
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final Duration QUIET = Duration.ofSeconds(14);
    private static final int BOUND = 3;

    private static final List<Case> CASES = Stream.of("rate", "cron")
            .flatMap(kind -> Stream.of(
                    new Case(kind, LONG, "skip", 0),
                    new Case(kind, LONG, "once", 1),
                    new Case(kind, LONG, "catch-up=" + BOUND, BOUND),
                    new Case(kind, SHORT, "once", 1),
                    new Case(kind, SHORT, "catch-up=" + BOUND, BOUND)))
            .toList();

    /**
     * A schedule.
     *
     * @param kind of its rule
     * @param period from one of its times to the next
     * @param policy for times that are missed
     * @param most how many of these it takes at most
     */
    private record Case(String kind, Duration period, String policy, int most) {
        String topic() {
            return "it/" + kind + "/" + period.toSeconds() + "/" + policy.replace('=', '-');
        }

        /** The first of its times with a fixed rate is one of the cron expression, too. */
        String line(Instant first) {
            String rule = kind.equals("rate")
                    ? "--rate " + period.toSeconds() + "s --from " + first
                    : "--cron '*/" + period.toSeconds() + " * * * * *'";
            return "symphony:schedule " + rule + " --misfire " + policy + " " + topic() + " n=1";
        }

        /** How many of its times are between two moments. */
        long times(Instant after, Instant until) {
            return until.toEpochMilli() / period.toMillis() - after.toEpochMilli() / period.toMillis();
        }
    }

    /**
     * What became of the times of a schedule.
     *
     * @param fired how many were taken
     * @param skipped how many were not
     */
    private record Count(long fired, long skipped) {
        Count since(Count before) {
            return new Count(fired - before.fired, skipped - before.skipped);
        }

        long times() {
            return fired + skipped;
        }
    }

    /** What became of the times of all, looked at between two of them. */
    private record Look(Instant at, Map<Case, Count> counts) {}

    @TempDir
    private Path folder;

    private Start start;
    private Path delivered;

    @BeforeEach
    void unpack() throws Exception {
        Installation product = Installation.unpack(folder);
        String handler = "symphony.it.delivered";
        HandlerJar.write(product.load().resolve(handler + ".jar"), handler, "1.0.0", DeliveredTopics.class);
        delivered = folder.resolve("delivered");
        start = Start.of(product.command(), folder.resolve("home"))
                .environment(DeliveredTopics.FILE, delivered.toString());
    }

    @Test
    void takesNoTimeTwiceAndWhatWasMissedByThePolicy() throws Exception {
        try (var running = start.pipe()) {
            running.awaitStarted();
            // given
            Instant first = Instant.ofEpochMilli((System.currentTimeMillis() / LONG.toMillis() + 2) * LONG.toMillis());
            for (Case each : CASES) {
                running.type(each.line(first));
            }
            awaitCounts(running, (each, count) -> count.fired() >= 1);
            Look before = look(running);
            // when
            signal(running, "STOP");
            Instant stopped = Instant.now();
            // Nothing can be waited for in a process that stands still, but that time goes by.
            awaitQuietAfter(stopped.plus(STANDSTILL));
            Instant goesOn = Instant.now();
            signal(running, "CONT");
            // then
            Map<Case, Count> missed = awaitCounts(
                    running,
                    (each, count) -> count.since(before.counts().get(each)).times() >= each.times(stopped, goesOn));
            for (Case each : CASES) {
                long times = each.times(stopped, goesOn);
                Count count = missed.get(each).since(before.counts().get(each));
                assertThat(count.skipped())
                        .as("of %s, missed %d times, %s", each, times, count)
                        .isEqualTo(times - Math.min(times, each.most()));
            }
            Look after = look(running);
            for (Case each : CASES) {
                assertThat(after.counts()
                                .get(each)
                                .since(before.counts().get(each))
                                .times())
                        .as("times of %s from %s to %s: %s, %s", each, before.at(), after.at(), before, after)
                        .isEqualTo(each.times(before.at(), after.at()));
                assertThat(after.counts().get(each).skipped())
                        .as("%s in the end", each)
                        .isEqualTo(missed.get(each).skipped());
            }
            await().atMost(Running.DEADLINE).untilAsserted(() -> assertDelivered(look(running)));
            running.type("exit 0");
            running.endsWith(0);
        }
    }

    /** Each time that was taken is one event that reached its handler: before the next time comes, unless it is slow. */
    private void assertDelivered(Look look) throws IOException {
        List<String> topics = Files.readAllLines(delivered);
        look.counts()
                .forEach((each, count) -> assertThat(
                                topics.stream().filter(each.topic()::equals).count())
                        .as("events of %s that were handled, of which was told %s", each, look)
                        .isEqualTo(count.fired()));
    }

    /** Until it holds of each. */
    private static Map<Case, Count> awaitCounts(Running running, BiPredicate<Case, Count> condition) {
        return await().atMost(Running.DEADLINE)
                .until(
                        () -> counts(running),
                        counts -> CASES.stream().allMatch(each -> condition.test(each, counts.get(each))));
    }

    /** At the next quiet moment; once more, if that was over before all was seen. */
    private static Look look(Running running) throws IOException {
        for (; ; ) {
            awaitQuietAfter(Instant.now().plus(SHORT)); // not the one that is just over
            Instant at = Instant.now();
            Map<Case, Count> counts = counts(running);
            if (CASES.stream().allMatch(each -> each.times(at, Instant.now()) == 0)) {
                return new Look(at, counts);
            }
        }
    }

    private static void awaitQuietAfter(Instant earliest) {
        long periods = -Math.floorDiv(-earliest.minus(QUIET).toEpochMilli(), LONG.toMillis()); // rounded up
        var quiet = Instant.ofEpochMilli(periods * LONG.toMillis()).plus(QUIET);
        await().atMost(STANDSTILL.plusSeconds(60)).until(() -> !Instant.now().isBefore(quiet));
    }

    private static Map<Case, Count> counts(Running running) throws IOException {
        String listed = list(running);
        var counts = new HashMap<Case, Count>();
        for (Case each : CASES) {
            counts.put(each, new Count(number(listed, each.topic(), "fired"), number(listed, each.topic(), "skipped")));
        }
        return counts;
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

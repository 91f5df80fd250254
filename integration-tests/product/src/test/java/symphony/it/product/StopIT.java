package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.it.handler.Backlog;
import symphony.it.handler.StubbornBundle;
import symphony.it.handler.StubbornHandler;

/** SIGTERM while there is work. */
@Timeout(400)
class StopIT {
    private static final Pattern REPORT =
            Pattern.compile("handled since, (\\d+) events left \\{([^}]*)}, (\\d+) calls abandoned");
    private static final Pattern STOPPED = Pattern.compile("stopped after (\\d+)\n");

    /** What is promised is 5 s; the rest is for a busy machine. */
    private static final Duration BOUND = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private Installation product;

    @BeforeEach
    void unpack() throws Exception {
        product = Installation.unpack(folder);
    }

    @Test
    void refusesPublishersAndDrainsWhatWaits() throws Exception {
        product.drainFor("30s");
        drop("symphony.it.backlog", Backlog.class);
        try (var running = start().option("-D" + Backlog.EVENTS + "=30").headless()) {
            awaitBacklog(running, 30);
            running.terminate().endsWith(143);
            assertThat(running.output()).contains("refused [CLOSED", "handled 30\n", "stopped after 30\n");
            assertThat(running.log().text()).contains("events handled since, none left");
            assertThat(running.errors()).isEmpty();
        }
    }

    @Test
    void countsAndReportsWhatIsLeftAtTheDeadline() throws Exception {
        product.drainFor("200ms");
        drop("symphony.it.backlog", Backlog.class);
        int events = 1000; // at least 50 s of work
        try (var running = start().option("-D" + Backlog.EVENTS + "=" + events)
                .option("-D" + Backlog.WORK + "=50")
                .headless()) {
            awaitBacklog(running, events);
            running.terminate().endsWith(143);
            Matcher report = REPORT.matcher(running.log().text());
            assertThat(report.find()).as("%s", running).isTrue();
            int left = Integer.parseInt(report.group(1));
            assertThat(left).isPositive();
            assertThat(report.group(2)).startsWith("symphony.it.backlog/").endsWith("=" + left);
            int abandoned = Integer.parseInt(report.group(3)); // counted as left, and may yet return
            Matcher stopped = STOPPED.matcher(running.output());
            assertThat(stopped.find()).as("%s", running).isTrue();
            assertThat(Integer.parseInt(stopped.group(1)))
                    .as("handled: nothing is lost but what is left; %s", running)
                    .isBetween(events - left, events - left + abandoned);
            assertThat(running.log().text()).contains("stopped with 1 scheduled events of symphony.it.backlog left");
        }
    }

    /** Until so many events were published, and one of them handled. */
    private static void awaitBacklog(Running running, int events) {
        running.awaitStarted();
        running.awaitOutput("accepted " + events + "\n");
        running.awaitOutput("handled 1\n");
    }

    @Test
    void givesUpAHandlerThatDoesNotReturn() throws Exception {
        product.drainFor("200ms");
        drop("symphony.it.stubborn", StubbornHandler.class);
        try (var running = start().headless()) {
            running.awaitStarted();
            running.awaitOutput("stuck\n");
            running.terminate();
            endsInTime(running, 143);
            assertThat(running.output()).contains("stopped\n");
            assertThat(running.errors()).isEmpty();
            assertThat(running.log().text())
                    .contains("a call of symphony.it.stubborn", "abandoned")
                    .contains("at symphony.it.handler.StubbornHandler.hang")
                    .contains("1 events left {symphony.it.stubborn/", "1 calls abandoned");
        }
    }

    @Test
    void cutsOffABundleThatDoesNotStop() throws Exception {
        drop("symphony.it.stubborn", StubbornBundle.class);
        try (var running = start().impatient().headless()) {
            running.awaitStarted();
            isCutOff(running.terminate(), "not stopped within 4500 ms");
        }
    }

    /** In a time that is long enough for all the others to stop, also on a busy machine. */
    @Test
    void namesTheBundleThatItCutsOff() throws Exception {
        drop("symphony.it.stubborn", StubbornBundle.class);
        try (var running =
                start().impatient().option("-Dsymphony.stop.millis=10000").headless()) {
            running.awaitStarted();
            isCutOff(running.terminate(), "not stopped within 10000 ms, held by symphony.it.stubborn;");
            assertThat(running.output()).isEqualTo("stuck\n");
        }
    }

    private static void isCutOff(Running running, String why) throws InterruptedException {
        endsInTime(running, 1);
        assertThat(running.errors().lines()).singleElement().asString().contains(why, "ending the process");
    }

    private static void endsInTime(Running running, int exitCode) throws InterruptedException {
        boolean ended = running.process().waitFor(BOUND.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended).as("ended in time; %s", running).isTrue();
        running.endsWith(exitCode);
    }

    @Test
    void stopsInTheMiddleOfTheStart() throws Exception {
        try (var running = start().headless()) {
            running.awaitFile(folder.resolve("home/cache"));
            running.terminate();
            endsInTime(running, 143);
            assertThat(running.output() + running.errors()).isEmpty();
        }
    }

    private void drop(String name, Class<?> activator) throws Exception {
        HandlerJar.write(product.load().resolve(name + ".jar"), name, "1.0.0", activator);
    }

    private Start start() {
        return Start.of(product.command(), folder.resolve("home"));
    }
}

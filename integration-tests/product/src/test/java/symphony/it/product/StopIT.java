package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
    private static final Pattern REPORT = Pattern.compile("handled since, (\\d+) events left \\{([^}]*)}");

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
        drop("symphony.it.backlog", Backlog.class);
        try (var running = start("-D" + Backlog.EVENTS + "=30")) {
            awaitBacklog(running, 30);
            running.terminate().endsWith(143);
            assertThat(running.output()).contains("refused [CLOSED", "handled 30\n", "stopped after 30\n");
            assertThat(running.log().text()).contains("events handled since, none left");
            assertThat(running.errors()).isEmpty();
        }
    }

    @Test
    void countsAndReportsWhatIsLeftAtTheDeadline() throws Exception {
        limitDrainTo("200ms");
        drop("symphony.it.backlog", Backlog.class);
        int events = 1000; // at least 10 s of work
        try (var running = start("-D" + Backlog.EVENTS + "=" + events)) {
            awaitBacklog(running, events);
            running.terminate().endsWith(143);
            Matcher report = REPORT.matcher(running.log().text());
            assertThat(report.find()).as("%s", running).isTrue();
            int left = Integer.parseInt(report.group(1));
            assertThat(left).isPositive();
            assertThat(report.group(2)).startsWith("symphony.it.backlog/").endsWith("=" + left);
            assertThat(running.output()).contains("stopped after " + (events - left) + "\n"); // nothing lost but these
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
        limitDrainTo("200ms");
        drop("symphony.it.stubborn", StubbornHandler.class);
        try (var running = start()) {
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
        try (var running = start()) {
            running.awaitStarted();
            running.terminate();
            endsInTime(running, 1);
            assertThat(running.output()).isEqualTo("stuck\n");
            assertThat(running.errors().lines())
                    .singleElement()
                    .asString()
                    .contains("not stopped within 4500 ms", "held by symphony.it.stubborn", "ending the process");
        }
    }

    private static void endsInTime(Running running, int exitCode) throws InterruptedException {
        boolean ended = running.process().waitFor(BOUND.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended).as("ended in time; %s", running).isTrue();
        running.endsWith(exitCode);
    }

    private void limitDrainTo(String time) throws IOException {
        Files.writeString(product.load().resolve("symphony.dispatcher.cfg"), "stop.deadline=" + time + "\n");
    }

    @Test
    void stopsInTheMiddleOfTheStart() throws Exception {
        try (var running = start()) {
            running.awaitFile(folder.resolve("home/cache"));
            running.terminate();
            endsInTime(running, 143);
            assertThat(running.output() + running.errors()).isEmpty();
        }
    }

    private void drop(String name, Class<?> activator) throws Exception {
        HandlerJar.write(product.load().resolve(name + ".jar"), name, "1.0.0", activator);
    }

    private Running start(String... options) throws IOException {
        Start start = Start.of(product.command(), folder.resolve("home"));
        Stream.of(options).forEach(start::option);
        return start.headless();
    }
}

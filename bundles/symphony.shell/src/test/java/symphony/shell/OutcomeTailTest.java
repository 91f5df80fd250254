package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.api.dispatcher.MonitorEntry.Kind.DEAD;
import static symphony.api.dispatcher.MonitorEntry.Kind.DELIVERED;
import static symphony.api.dispatcher.MonitorEntry.Kind.EXPIRED;
import static symphony.api.dispatcher.MonitorEntry.Kind.FAILED;
import static symphony.api.dispatcher.MonitorEntry.Kind.PUBLISHED;
import static symphony.api.dispatcher.MonitorEntry.Kind.REFUSED;
import static symphony.api.dispatcher.MonitorEntry.Kind.UNHANDLED;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class OutcomeTailTest {
    private final Rig rig = Rig.complete();
    private final FakeMonitor monitor = rig.monitor;

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void showsWhatBecomesOfEvents() {
        monitor.add(PUBLISHED, "", 0, "", "");
        monitor.add(UNHANDLED, "", 0, "", "");
        monitor.add(REFUSED, "a/b", 0, "FULL", "holds 1 event");
        monitor.add(FAILED, "a/b", 1, "", "java.io.IOException: no");
        monitor.add(DELIVERED, "a/b", 2, "", "");
        monitor.add(DEAD, "a/b", 5, "ATTEMPTS", "bad\u001b[31m news");
        monitor.add(DEAD, "a/b", 0, "OVERFLOW", "the queue held 1 events, its capacity");
        monitor.add(EXPIRED, "a/b", 0, "", "");
        assertThat(rig.run("symphony:tail orders/* --outcomes --count 8")
                        .lines()
                        .map(line -> line.replaceFirst("^\\d\\d:\\d\\d:\\d\\d\\.\\d{3} ", "")))
                .containsExactly(
                        "3 orders/new PUBLISHED by some.bundle",
                        "3 orders/new UNHANDLED",
                        "3 orders/new REFUSED a/b: FULL, holds 1 event",
                        "3 orders/new FAILED a/b: java.io.IOException: no",
                        "3 orders/new DELIVERED a/b, attempt 2",
                        "3 orders/new DEAD a/b, attempt 5: ATTEMPTS, bad\\u001b[31m news",
                        "3 orders/new DEAD a/b: OVERFLOW, the queue held 1 events, its capacity",
                        "3 orders/new EXPIRED a/b",
                        "8");
        assertThat(monitor.calls).containsExactly("open orders/* 1000", "close");
        assertThat(rig.events.subscribed.getCount()).as("it is no subscription").isEqualTo(1);
    }

    @Test
    void endsAtItsTimeAndSaysWhatWasDropped() {
        monitor.dropped = 7;
        monitor.add(UNHANDLED, "", 0, "", "");
        assertThat(rig.run("symphony:tail * --outcomes --for 10ms"))
                .endsWith("7 outcomes dropped: they came faster than shown\n1");
    }

    @Test
    void saysAsJsonWhatWasDroppedAlsoWhenTheDispatcherStops() {
        monitor.dropped = 7;
        monitor.add(UNHANDLED, "", 0, "", "");
        List<String> lines =
                rig.run("symphony:tail * --outcomes --for 10ms --json").lines().toList();
        assertThat(lines).hasSize(2).last().isEqualTo("{\"dropped\":7}");
        monitor.closed = true;
        assertThat(rig.run("symphony:tail * --outcomes --json").lines())
                .contains("{\"dropped\":7}", "tail: the dispatcher has stopped; call it again when it is back");
        monitor.closed = false;
        monitor.dropped = 0;
        assertThat(rig.run("symphony:tail * --outcomes --for 10ms --json")).isEmpty();
    }

    @Test
    void keepsToTheBoundOfTheMonitorWhateverIsConfigured() {
        rig.engine.apply(ShellEngine.SETTINGS.orDefaults(Map.of("tail.buffer", 1_000_000)));
        rig.run("symphony:tail * --outcomes --for 0");
        assertThat(monitor.calls).containsExactly("open * 100000", "close");
    }

    @Test
    void printsJson() {
        monitor.add(REFUSED, "a/b", 0, "FULL", "holds 1 event");
        assertThat(rig.run("symphony:tail * --outcomes --json --count 1"))
                .startsWith("{")
                .contains("\"kind\":\"REFUSED\"", "\"reason\":\"FULL\"", "\"topic\":\"orders/new\"");
    }

    @Test
    void saysThatThereIsNothingToShow() {
        monitor.closed = true;
        assertThat(rig.run("symphony:tail * --outcomes"))
                .isEqualTo("tail: the dispatcher has stopped; call it again when it is back");
        rig.services.monitor.unbind(monitor);
        assertThat(rig.run("symphony:tail * --outcomes"))
                .isEqualTo("tail: no event monitor is there; install or start the bundle symphony.dispatcher");
    }
}

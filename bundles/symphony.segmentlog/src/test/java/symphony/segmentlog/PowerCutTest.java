package symphony.segmentlog;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.segmentlog.Log.SMALL;
import static symphony.segmentlog.Log.append;
import static symphony.segmentlog.Log.bytes;
import static symphony.segmentlog.Log.causes;
import static symphony.segmentlog.Log.items;
import static symphony.segmentlog.Log.texts;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.segmentlog.SimulatedDisk.Unforced;

/** The power goes at each step of a recorded run that changes a file; some of what was not forced is there afterwards. */
@Timeout(120)
class PowerCutTest {
    private static final Path FOLDER = Path.of("data", "log");
    private static final SegmentLogOptions SEALED = SMALL.withKeys(new TestKeys("secret"));
    private static final int GROUPS = 12;
    private static final int MIXTURES = 5;

    /** What a run has appended, in order, and how much of that was acknowledged when the power went. */
    private record Run(
            SimulatedDisk disk, SegmentLogOptions options, List<String> appended, int acknowledged, String firstKept) {
        int from() {
            return firstKept.isEmpty() ? 0 : appended.indexOf(firstKept);
        }
    }

    @Test
    void leavesTheBeginningOfWhatWasAppendedWithAllThatWasAcknowledged() throws Exception {
        leavesTheBeginning(SMALL);
    }

    @Test
    void leavesTheBeginningOfASealedLog() throws Exception {
        leavesTheBeginning(SEALED);
    }

    private static void leavesTheBeginning(SegmentLogOptions options) throws Exception {
        int steps = run(options, Integer.MAX_VALUE).disk().steps();
        assertThat(steps).isGreaterThan(60);
        for (int step = 1; step <= steps; step++) {
            Run run = run(options, step);
            assertThat(run.disk().isOff()).as("step %d", step).isTrue();
            check(run, Unforced.KEPT, step);
            for (int mixture = 0; mixture < MIXTURES; mixture++) {
                check(run(options, step), Unforced.MIXED, step * 1_000L + mixture);
            }
            check(run(options, step), Unforced.LOST, step);
        }
    }

    @Test
    void keepsThroughAPowerCutWhatItFoundAfterItsProcessWasKilled() throws Exception {
        int steps = run(SMALL, Integer.MAX_VALUE).disk().steps();
        for (int step = 1; step <= steps; step++) {
            SimulatedDisk disk = run(SMALL, step).disk();
            disk.killProcess();
            List<String> found;
            try (SegmentLog log = open(disk, SMALL)) {
                found = new ArrayList<>(texts(log));
                append(log, "after");
                found.add("after");
            }
            assertThat(read(disk.afterPowerCut(Unforced.LOST, 0), SMALL))
                    .as("step %d", step)
                    .isEqualTo(found);
        }
    }

    /** It was opened after a power cut, or after its process was killed. */
    @Test
    void keepsThroughAnotherPowerCutWhatItFoundAndWhatItAcknowledgedSince() throws Exception {
        int steps = run(SMALL, Integer.MAX_VALUE).disk().steps();
        for (int step = 1; step <= steps; step += 3) {
            for (int second = 1; ; second++) {
                Run run = run(SMALL, step);
                SimulatedDisk disk = second % 2 == 0 ? run.disk().afterPowerCut(Unforced.MIXED, step) : run.disk();
                disk.killProcess();
                Life life = live(disk, disk.steps() + second);
                if (!disk.isOff()) {
                    assertThat(second).isGreaterThan(8);
                    break;
                }
                for (Unforced unforced : Unforced.values()) {
                    String what = "steps " + step + " and " + second + ", unforced " + unforced;
                    SimulatedDisk left = disk.afterPowerCut(unforced, step * 100L + second);
                    List<String> read = read(left, SMALL);
                    beginning(read.stream().filter(run.appended()::contains).toList(), run, what);
                    life.check(read, what);
                    try (SegmentLog log = open(left, SMALL)) {
                        assertThat(log.recovery().isDamaged()).as(what).isFalse();
                    }
                }
            }
        }
    }

    /** What a log offered when it was opened, what it then appended, and how much of that was acknowledged. */
    private record Life(List<String> found, List<String> appended, int acknowledged) {
        void check(List<String> read, String what) {
            assertThat(read).as(what).hasSizeGreaterThanOrEqualTo(found.size());
            assertThat(read.subList(0, found.size())).as(what).isEqualTo(found);
            if (!appended.isEmpty()) {
                assertThat(read.subList(found.size(), read.size()))
                        .as(what)
                        .hasSizeGreaterThanOrEqualTo(acknowledged)
                        .isEqualTo(appended.subList(0, read.size() - found.size()));
            }
        }
    }

    /** Appends to two segments. */
    private static Life live(SimulatedDisk disk, int cutAt) throws IOException {
        disk.cutPowerAt(cutAt);
        List<String> found = List.of();
        var appended = new ArrayList<String>();
        int acknowledged = 0;
        try (SegmentLog log = open(disk, SMALL)) {
            found = texts(log);
            for (String text : List.of("second life", "of the second life " + "y".repeat(7_000), "third of it")) {
                appended.add(text);
                append(log, text);
                acknowledged++;
                log.rotate();
            }
        } catch (IOException e) {
            assertThat(disk.isOff()).as("%s", e).isTrue();
        }
        return new Life(found, appended, acknowledged);
    }

    private static void check(Run run, Unforced unforced, long seed) throws IOException {
        String what = "unforced " + unforced + ", seed " + seed;
        SimulatedDisk disk = run.disk().afterPowerCut(unforced, seed);
        List<String> found = read(disk, run.options());
        beginning(found, run, what);
        try (SegmentLog log = open(disk, run.options())) {
            assertThat(log.recovery().isDamaged())
                    .as(what + " %s", log.recovery())
                    .isFalse();
            assertThat(log.recovery().frames()).as(what).isEqualTo(found.size());
            append(log, "after");
        }
        found.add("after");
        // What was found is there after the next power cut, too.
        assertThat(read(disk.afterPowerCut(Unforced.LOST, seed), run.options()))
                .as(what)
                .isEqualTo(found);
    }

    private static void beginning(List<String> found, Run run, String what) {
        int from = found.isEmpty() ? 0 : run.appended().indexOf(found.get(0));
        assertThat(from).as(what).isBetween(0, run.from());
        int to = from + found.size();
        assertThat(found).as(what).isEqualTo(run.appended().subList(from, to));
        assertThat(to).as(what).isGreaterThanOrEqualTo(run.acknowledged());
    }

    private static List<String> read(SimulatedDisk disk, SegmentLogOptions options) throws IOException {
        if (!disk.isFolder(FOLDER)) {
            return new ArrayList<>();
        }
        try (var reader = new LogReader(disk, new SegmentFiles(FOLDER), options, () -> Visible.ALL, Position.BEGIN)) {
            List<LogItem> items = items(reader);
            assertThat(causes(items)).isSubsetOf(Gap.Cause.TORN);
            return new ArrayList<>(texts(items));
        }
    }

    private static SegmentLog open(SimulatedDisk disk, SegmentLogOptions options) throws IOException {
        return SegmentLog.open(FOLDER, options, disk, new SecureRandom());
    }

    /** Groups of one frame and of several in turn, each forced once; old segments are removed now and then. */
    private static Run run(SegmentLogOptions options, int cutAt) throws Exception {
        var disk = new SimulatedDisk();
        disk.cutPowerAt(cutAt);
        var appended = new ArrayList<String>();
        var pending = new ArrayList<PendingAppend>();
        String firstKept = "";
        try (SegmentLog log = open(disk, options)) {
            for (int group = 0; group < GROUPS && !disk.isOff(); group++) {
                disk.hold();
                pending.add(log.submit(frame(appended, group)));
                disk.awaitHeld();
                for (int i = 0; i < group; i++) {
                    pending.add(log.submit(frame(appended, group)));
                }
                disk.release();
                log.sync();
                if (group % 5 == 4 && !disk.isOff()) {
                    Position end = log.end();
                    firstKept = firstOf(log, end.segment());
                    log.removeBefore(end);
                }
            }
        } catch (IOException e) {
            disk.release();
            assertThat(disk.isOff()).as("%s", e).isTrue();
        }
        int acknowledged = 0;
        for (PendingAppend each : pending) {
            acknowledged += isStored(each) ? 1 : 0;
        }
        return new Run(disk, options, appended, acknowledged, firstKept);
    }

    private static byte[] frame(List<String> appended, int group) {
        String text = appended.size() + ":" + "x".repeat(appended.size() * 37 % (group % 3 == 0 ? 300 : 1500));
        appended.add(text);
        return bytes(text);
    }

    private static String firstOf(SegmentLog log, long segment) throws IOException {
        try (LogReader reader = log.read(new Position(segment, 0))) {
            return texts(items(reader)).get(0);
        }
    }

    private static boolean isStored(PendingAppend append) {
        try {
            append.await();
            return true;
        } catch (SegmentLogException e) {
            return false;
        }
    }
}

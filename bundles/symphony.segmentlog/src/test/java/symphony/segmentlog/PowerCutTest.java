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
    private static final Path FOLDER = Path.of("log");
    private static final int GROUPS = 12;
    private static final int MIXTURES = 5;

    /** What a run has appended, in order, and how much of that was acknowledged when the power went. */
    private record Run(SimulatedDisk disk, List<String> appended, int acknowledged, String firstKept) {
        int from() {
            return firstKept.isEmpty() ? 0 : appended.indexOf(firstKept);
        }
    }

    @Test
    void leavesTheBeginningOfWhatWasAppendedWithAllThatWasAcknowledged() throws Exception {
        int steps = run(Integer.MAX_VALUE).disk().steps();
        assertThat(steps).isGreaterThan(60);
        for (int step = 1; step <= steps; step++) {
            Run run = run(step);
            assertThat(run.disk().isOff()).as("step %d", step).isTrue();
            check(run, Unforced.KEPT, step);
            for (int mixture = 0; mixture < MIXTURES; mixture++) {
                check(run(step), Unforced.MIXED, step * 1_000L + mixture);
            }
            check(run(step), Unforced.LOST, step);
        }
    }

    @Test
    void keepsThroughAPowerCutWhatItFoundAfterItsProcessWasKilled() throws Exception {
        int steps = run(Integer.MAX_VALUE).disk().steps();
        for (int step = 1; step <= steps; step++) {
            SimulatedDisk disk = run(step).disk();
            disk.killProcess();
            List<String> found;
            try (SegmentLog log = open(disk)) {
                found = texts(log);
            }
            assertThat(read(disk.afterPowerCut(Unforced.LOST, 0)))
                    .as("step %d", step)
                    .isEqualTo(found);
        }
    }

    private static void check(Run run, Unforced unforced, long seed) throws IOException {
        String what = "unforced " + unforced + ", seed " + seed;
        SimulatedDisk disk = run.disk().afterPowerCut(unforced, seed);
        List<String> found = recovered(disk, run, what);
        try (SegmentLog log = open(disk)) {
            assertThat(log.recovery().isDamaged())
                    .as(what + " %s", log.recovery())
                    .isFalse();
            assertThat(log.recovery().frames()).as(what).isEqualTo(found.size());
            append(log, "after");
        }
        found.add("after");
        // What was found is there after the next power cut, too.
        assertThat(read(disk.afterPowerCut(Unforced.LOST, seed))).as(what).isEqualTo(found);
    }

    private static List<String> recovered(SimulatedDisk disk, Run run, String what) throws IOException {
        List<String> found = read(disk);
        int from = found.isEmpty() ? 0 : run.appended().indexOf(found.get(0));
        assertThat(from).as(what).isBetween(0, run.from());
        int to = from + found.size();
        assertThat(found).as(what).isEqualTo(run.appended().subList(from, to));
        assertThat(to).as(what).isGreaterThanOrEqualTo(run.acknowledged());
        return found;
    }

    private static List<String> read(SimulatedDisk disk) throws IOException {
        try (var reader =
                new LogReader(disk, new SegmentFiles(FOLDER), SMALL.keys(), () -> Visible.ALL, Position.BEGIN)) {
            List<LogItem> items = items(reader);
            assertThat(causes(items)).isSubsetOf(Gap.Cause.TORN);
            return new ArrayList<>(texts(items));
        }
    }

    private static SegmentLog open(SimulatedDisk disk) throws IOException {
        return SegmentLog.open(FOLDER, SMALL, disk, new SecureRandom());
    }

    /** Groups of one frame and of several in turn, each forced once; old segments are removed now and then. */
    private static Run run(int cutAt) throws Exception {
        var disk = new SimulatedDisk();
        disk.cutPowerAt(cutAt);
        var appended = new ArrayList<String>();
        var pending = new ArrayList<PendingAppend>();
        String firstKept = "";
        try (SegmentLog log = open(disk)) {
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
        return new Run(disk, appended, acknowledged, firstKept);
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

package symphony.segmentlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A thousand interrupts into threads that wait for the disk, with the disk's own files. */
class InterruptsTest {
    private static final int INTERRUPTS = 1_000;

    @TempDir
    private Path temp;

    /** Appends on and on; counts what was acknowledged, and what it does not know. */
    private static final class Appender extends Thread {
        private final SegmentLog log;
        private final AtomicBoolean stop;
        private final AtomicInteger interruptions;
        private final Set<String> acknowledged = new HashSet<>();
        private final Set<String> unknown = new HashSet<>();
        private final Set<String> refused = new HashSet<>();
        private volatile Throwable failure;

        Appender(String name, SegmentLog log, AtomicBoolean stop, AtomicInteger interruptions) {
            super(name);
            this.log = log;
            this.stop = stop;
            this.interruptions = interruptions;
        }

        @Override
        public void run() {
            try {
                int i = 0;
                do {
                    append(getName() + " " + i++);
                } while (!stop.get());
            } catch (IOException | AssertionError e) {
                failure = e;
            }
        }

        private void append(String text) throws IOException {
            try {
                Log.append(log, text);
                acknowledged.add(text);
            } catch (AppendInterruptedException e) {
                assertThat(Thread.interrupted())
                        .as("the flag is set, and cleared here")
                        .isTrue();
                (e.outcomeUnknown() ? unknown : refused).add(text);
                interruptions.incrementAndGet();
            }
        }
    }

    @Test
    @Timeout(120)
    void reachOnlyThoseForWhomTheyAre() throws Exception {
        var stop = new AtomicBoolean();
        var interruptions = new AtomicInteger();
        List<Appender> victims = new ArrayList<>();
        List<Appender> others = new ArrayList<>();
        List<String> found;
        try (SegmentLog log = SegmentLog.open(temp, SegmentLogOptions.defaults())) {
            for (int i = 0; i < 6; i++) {
                victims.add(new Appender("victim" + i, log, stop, interruptions));
                others.add(new Appender("other" + i, log, stop, interruptions));
            }
            victims.forEach(Thread::start);
            others.forEach(Thread::start);
            interrupt(victims, interruptions);
            stop.set(true);
            for (Appender each : both(victims, others)) {
                each.join();
            }
            Log.append(log, "after all");
            found = Log.texts(log);
        }
        for (Appender each : both(victims, others)) {
            assertThat(each.failure).isNull();
            List<String> stored = found.stream()
                    .filter(text -> text.startsWith(each.getName() + " "))
                    .toList();
            assertThat(stored).doesNotHaveDuplicates().containsAll(each.acknowledged);
            assertThat(each.refused).doesNotContainAnyElementsOf(stored);
            Set<String> more = new HashSet<>(stored);
            more.removeAll(each.acknowledged);
            assertThat(each.unknown).containsAll(more);
        }
        assertThat(others)
                .allMatch(each -> each.unknown.isEmpty() && each.refused.isEmpty() && !each.acknowledged.isEmpty());
        assertThat(victims.stream().mapToInt(each -> each.unknown.size()).sum()).isGreaterThan(INTERRUPTS / 2);
        assertThat(found).endsWith("after all");
    }

    /** Each once it waits, in turn, until so many have reached somebody. */
    private static void interrupt(List<Appender> victims, AtomicInteger interruptions) {
        for (int i = 0; interruptions.get() < INTERRUPTS; i++) {
            Appender victim = victims.get(Math.floorMod(i, victims.size()));
            assertThat(victim.failure).isNull();
            if (victim.getState() == Thread.State.WAITING) {
                victim.interrupt();
            }
            Thread.onSpinWait();
        }
    }

    private static List<Appender> both(List<Appender> some, List<Appender> others) {
        var all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }
}

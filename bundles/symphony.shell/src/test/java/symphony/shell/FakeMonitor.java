package symphony.shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import symphony.api.dispatcher.EventMonitor;
import symphony.api.dispatcher.MonitorEntry;
import symphony.api.dispatcher.MonitorStream;
import symphony.api.dispatcher.UnhandledTopic;

/** Streams that give what a test puts in. */
final class FakeMonitor implements EventMonitor {
    final LinkedBlockingQueue<MonitorEntry> entries = new LinkedBlockingQueue<>();
    final List<String> calls = new ArrayList<>();
    volatile long dropped;
    volatile boolean closed;

    void add(MonitorEntry.Kind kind, String subscription, int attempt, String reason, String detail) {
        entries.add(new MonitorEntry(
                kind,
                Rig.NOW,
                new UUID(0, 9),
                "orders/new",
                3,
                "some.bundle",
                Rig.NOW,
                subscription,
                attempt,
                reason,
                detail));
    }

    @Override
    public MonitorStream open(String topicFilter, int capacity) {
        calls.add("open " + topicFilter + " " + capacity);
        return new Stream();
    }

    @Override
    public List<UnhandledTopic> unhandled(String topicFilter, int most) {
        calls.add("unhandled " + topicFilter + " " + most);
        return List.of(new UnhandledTopic("orders/nwe", 12, Rig.NOW.minusSeconds(90), "some.bundle"));
    }

    private final class Stream implements MonitorStream {
        @Override
        public Optional<MonitorEntry> poll(Duration timeout) throws InterruptedException {
            return closed
                    ? Optional.empty()
                    : Optional.ofNullable(entries.poll(timeout.toNanos(), TimeUnit.NANOSECONDS));
        }

        @Override
        public List<MonitorEntry> drain(int most) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long dropped() {
            return dropped;
        }

        @Override
        public boolean isClosed() {
            return closed;
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }
}

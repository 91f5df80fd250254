package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.audit.AuditAnchor;
import symphony.api.audit.AuditCheckpoint;

@Timeout(60)
class AnchorsTest {
    private static final long DAY = Duration.ofDays(1).toNanos();

    private final Anchors anchors = new Anchors(DAY);

    @BeforeEach
    void forgetLines() {
        CapturedLog.LINES.clear();
    }

    @AfterEach
    void close() {
        anchors.close();
    }

    private static AuditCheckpoint checkpoint(int sequence) {
        return SigningKey.random(new SecureRandom()).checkpoint(new Statement(sequence, 1, new byte[32]));
    }

    /** Keeps what it gets; equal to each other one, as a record without components would be. */
    private static class Keeping implements AuditAnchor {
        final List<AuditCheckpoint> kept = new CopyOnWriteArrayList<>();
        volatile boolean fails;

        @Override
        public String name() {
            return "keeping";
        }

        @Override
        public void keep(AuditCheckpoint checkpoint) throws IOException {
            kept.add(checkpoint);
            if (fails) {
                throw new IOException("away");
            }
        }

        @Override
        public List<AuditCheckpoint> kept() {
            return kept;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Keeping;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    @Test
    void givesCheckpointsToEachOfSeveralThatAreEqual() {
        var one = new Keeping();
        var other = new Keeping();
        anchors.add(one);
        anchors.add(other);
        AuditCheckpoint first = checkpoint(1);
        anchors.offer(first);
        Rig.await(() -> one.kept.equals(List.of(first)) && other.kept.equals(List.of(first)));
        anchors.remove(one);
        assertThat(anchors.all()).hasSize(1);
        anchors.apply(1);
        anchors.offer(checkpoint(2));
        Rig.await(() -> other.kept.size() == 2);
        assertThat(one.kept).hasSize(1);
    }

    @Test
    void asksNoAnchorWhichOtherItEquals() {
        anchors.add(new Keeping() {
            @Override
            public boolean equals(Object other) {
                throw new IllegalStateException("foreign code");
            }

            @Override
            public int hashCode() {
                throw new IllegalStateException("foreign code");
            }
        });
        anchors.offer(checkpoint(1));
        assertThat(anchors.all()).hasSize(1);
    }

    @Test
    void followsAShorterIntervalAtOnce() {
        var anchor = new Keeping();
        anchors.add(anchor);
        anchors.offer(checkpoint(1));
        Rig.await(() -> anchor.kept.size() == 1);
        AuditCheckpoint second = checkpoint(2);
        anchors.offer(second);
        anchors.apply(1);
        Rig.await(() -> anchor.kept.size() == 2);
        assertThat(anchor.kept.get(1)).isEqualTo(second);
    }

    @Test
    void triesOnceMoreAtTheEndThoughItFailedLast() {
        var anchor = new Keeping();
        anchor.fails = true;
        anchors.add(anchor);
        anchors.offer(checkpoint(1));
        Rig.await(() -> CapturedLog.LINES.stream().anyMatch(line -> line.contains("could not keep a checkpoint")));
        anchor.fails = false;
        AuditCheckpoint last = checkpoint(2);
        anchors.offer(last);
        anchors.close(60_000);
        assertThat(anchor.kept).hasSize(2).endsWith(last);
        assertThat(CapturedLog.LINES).noneMatch(line -> line.contains("does not answer"));
    }

    @Test
    void triesOnceAtTheEndThoughItGoesOnFailing() {
        var anchor = new Keeping();
        anchor.fails = true;
        anchors.add(anchor);
        anchors.offer(checkpoint(1));
        Rig.await(() -> CapturedLog.LINES.stream().anyMatch(line -> line.contains("could not keep a checkpoint")));
        anchors.close(60_000);
        assertThat(anchor.kept).hasSize(2);
        assertThat(CapturedLog.LINES).noneMatch(line -> line.contains("does not answer"));
    }

    @Test
    void tellsAtTheEndOfOneThatHangs() {
        var interrupted = new CountDownLatch(1);
        var hangs = new CountDownLatch(1);
        anchors.add(new Keeping() {
            @Override
            public void keep(AuditCheckpoint checkpoint) throws IOException {
                super.keep(checkpoint);
                try {
                    hangs.await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw new IOException(e);
                }
            }
        });
        anchors.offer(checkpoint(1));
        anchors.close();
        assertThat(CapturedLog.LINES)
                .anyMatch(line -> line.startsWith("WARN symphony.audit: an anchor of symphony.audit.AnchorsTest")
                        && line.endsWith(" does not answer; its thread is left"));
        Rig.await(() -> interrupted.getCount() == 0);
    }

    /** One that is made while a bundle is on the stack would keep its class loader. */
    @Test
    void makesNoThreadWhereAnAnchorComes() {
        Set<Thread> before = threads(); // those of other tests may end meanwhile
        var anchor = new Keeping();
        anchors.add(anchor);
        assertThat(before).containsAll(threads());
        AuditCheckpoint first = checkpoint(1);
        anchors.offer(first);
        Rig.await(() -> anchor.kept.equals(List.of(first)));
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("symphony-audit-anchor"))
                .collect(Collectors.toSet());
    }
}

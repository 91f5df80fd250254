package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.Outcome;
import symphony.api.crypto.SealException;
import symphony.api.queue.QueuedEvent;
import symphony.api.queue.QueuedEvent.State;
import symphony.api.rbac.Decision;
import symphony.component.Guard;

/** Opening one event. */
@Timeout(120)
class PeekingTest {
    /** As {@link FakeQueues#envelope} has it. */
    private static final String ID = "00000000-0000-0000-0000-000000000009";

    private final Guard guard = new Guard(false);
    private final Rig rig = new Rig(guard, Editor.NONE);
    private final List<String> audited = new ArrayList<>();
    private final FakeSealer sealer = new FakeSealer();

    @BeforeEach
    void fill() {
        rig.bindAll();
        rig.services.sealer.bind(sealer);
        rig.queues.with(1, "a.bundle/first", "orders/new", "broken");
        guard.bind(new AuditSink() {
            @Override
            public void record(AuditEntry entry) {
                audited.add(entry.action() + " " + entry.target() + " " + entry.outcome() + " " + entry.details());
            }

            @Override
            public void count(String a, String p, String t, String s, Outcome o, UUID id) {
                throw new UnsupportedOperationException();
            }
        });
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void queued(String subscription, State state, int attempt, String topic) {
        rig.queues.queued.add(new QueuedEvent(subscription, state, attempt, Rig.NOW, FakeQueues.envelope(topic)));
    }

    @Test
    void showsAnEventWhereverItIsKept() {
        queued("b.bundle/second", State.WAITING, 0, "orders/new");
        queued("b.bundle/third", State.DELAYED, 2, "orders/new");
        queued("b.bundle/fourth", State.LEASED, 0, "orders/new");
        String data = line("data");
        assertThat(rig.run("symphony:peek " + ID)).isEqualTo("""
                        event         00000000-0000-0000-0000-000000000009
                        topic         orders/new
                        priority      3
                        published     1970-01-01T00:00:00Z by some.bundle
                        sealed        by key event 0
                        key           ada
                        attributes    {"trace":"7"}
                        data          %s
                        place         waits for b.bundle/second
                        place         is delayed for b.bundle/third, failed attempts: 2
                        place         is with b.bundle/fourth
                        place         dead letter 1 (memory) of a.bundle/first, ATTEMPTS""".formatted(data));
        assertThat(sealer.opened).containsExactly("orders/new");
        assertThat(audited).containsExactly("crypto:peek orders/new DONE {event=" + ID + "}");
        assertThat(rig.queues.calls).isEmpty();
    }

    /** The order of a map's members is not for this test. */
    private String line(String field) {
        String line = rig.run("symphony:peek " + ID)
                .lines()
                .filter(l -> l.startsWith(field))
                .findFirst()
                .orElseThrow();
        assertThat(line).contains("\"amount\":12", "a\\nb").doesNotContain("\u001b");
        sealer.opened.clear();
        audited.clear();
        return line.substring(14);
    }

    @Test
    void opensADeadLetterByItsNumber() {
        assertThat(rig.run("symphony:peek memory:1"))
                .contains("dead letter 1 (memory)")
                .contains("amount");
        assertThat(rig.run("symphony:peek 1 --json")).contains("\"topic\":\"orders/new\"", "\"amount\":12");
    }

    /** Publishers choose ids, if they like: permission for one topic is none for another. */
    @Test
    void asksForEachOfTheEventsThatHaveOneId() {
        queued("b.bundle/second", State.WAITING, 0, "secret/plan");
        assertThat(rig.run("symphony:peek " + ID)).contains("orders/new", "secret/plan", "TOPIC");
        sealer.opened.clear();
        guard.bind(
                (principal, permission) -> new Decision(!permission.toString().contains("orders"), "a test's"));
        assertThat(rig.run("symphony:peek " + ID)).contains("no permission crypto:peek:orders/new");
        assertThat(sealer.opened).doesNotContain("orders/new");
    }

    @Test
    void tellsWhatCannotBeOpened() {
        sealer.failure = new SealException();
        assertThat(rig.run("symphony:peek 1")).isEqualTo("peek: event " + ID + " cannot be opened with the keys here");
        assertThat(audited)
                .containsExactly(
                        "crypto:peek orders/new DONE {event=" + ID + "}",
                        "crypto:peek orders/new FAILED {event=" + ID + "}");
        sealer.failure = null;
        sealer.noData = new IllegalArgumentException("a map that ends too soon");
        assertThat(rig.run("symphony:peek 1"))
                .isEqualTo("peek: event " + ID + " opens, but is no data: a map that ends too soon");
    }

    @Test
    void saysThatThereIsNone() {
        assertThat(rig.run("symphony:peek 2"))
                .isEqualTo("peek: no event '2' waits or was given up; symphony:dead list shows those that were");
        assertThat(rig.run("symphony:peek 11111111-0000-0000-0000-000000000009"))
                .startsWith("peek: no event '11111111-0000-0000-0000-000000000009' waits or was given up");
        assertThat(rig.run("symphony:peek one")).startsWith("peek: 'one' is no number of a dead letter");
        assertThat(audited).isEmpty();
        rig.services.sealer.unbind(sealer);
        assertThat(rig.run("symphony:peek 1"))
                .isEqualTo("peek: no event sealer is there; install or start the bundle symphony.crypto");
    }
}

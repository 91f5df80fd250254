package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;
import symphony.component.Guard;

/** What a bundle that is none of ours can have in the trail: what is its own, and not much of it. */
@Timeout(60)
class CallerSinkTest {
    private static final String SHOP = "acme.shop";
    private static final int BURST = 100;

    @TempDir
    private Path temp;

    private final Set<String> granted = ConcurrentHashMap.newKeySet();
    private Rig rig;
    private Guard guard;
    private CallerBounds bounds;
    private AuditSink sink;

    @BeforeEach
    void make() throws Exception {
        rig = new Rig(temp);
        AuditEngine engine = rig.start();
        guard = new Guard(true);
        guard.bind((AccessControl)
                (principal, permission) -> new Decision(granted.contains(principal + ' ' + permission), "a test's"));
        guard.bind(engine);
        bounds = new CallerBounds(rig.nanos::get);
        sink = sinkOf(SHOP, 42);
        granted.add(SHOP + " audit:record:shop/refund");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private AuditSink sinkOf(String caller, long id) {
        return new CallerSink(rig.engine(), bounds, guard, caller, id);
    }

    private static AuditEntry refund(String actor, String target) {
        return new AuditEntry(actor, "shop:refund", target, Outcome.DONE, Map.of());
    }

    /** Of the first bundle: actor, action, target and outcome of each record, and how many it stands for. */
    private List<String> written() throws Exception {
        rig.advance(Duration.ofSeconds(1));
        rig.settle();
        return rig.records(Kind.SECURITY).stream()
                .map(read -> read.content().orElseThrow())
                .map(content -> content.entry().actor()
                        + ' '
                        + content.entry().action()
                        + ' '
                        + content.entry().target()
                        + ' '
                        + content.entry().outcome()
                        + ' '
                        + content.count())
                .toList();
    }

    @Test
    void recordsInItsOwnNameForWhoMay() throws Exception {
        sink.record(refund(SHOP, "order 1"));
        sink.submit(refund(SHOP, "order 2"));
        assertThat(written()).containsExactly("acme.shop shop:refund order 1 DONE 1");
        assertThat(rig.targets(Kind.OPERATION)).containsExactly("order 2");
        rig.assertIntact();
    }

    @Test
    void refusesWhoMayNotRecordAtAll() throws Exception {
        granted.clear();
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> sink.record(refund(SHOP, "order 1")))
                .satisfies(e -> assertThat(e.permission()).isEqualTo("audit:record:shop/refund"));
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> sink.submit(refund(SHOP, "order 1")));
        assertThat(written())
                .containsExactly(
                        "acme.shop audit:record shop/refund DENIED 1", "acme.shop audit:record shop/refund DENIED 1");
    }

    @Test
    void refusesAnActorThatIsAnother() throws Exception {
        granted.add(SHOP + " audit:record:crypto/destroy");
        var forged = new AuditEntry("symphony.crypto", "crypto:destroy", "event/1", Outcome.DONE, Map.of());
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> sink.record(forged))
                .satisfies(e -> assertThat(e.permission()).isEqualTo("audit:record-as:symphony.crypto"));
        assertThat(written()).containsExactly("acme.shop audit:record-as symphony.crypto DENIED 1");
    }

    @Test
    void saysWhoHasRecordedInTheNameOfAnother() throws Exception {
        granted.add(SHOP + " audit:record-as:user/ada");
        var details = new TreeMap<>(Map.of("by", "nobody", "user", "user:eve", "decision", "1/1", "epoch", "9"));
        for (int i = 0; i < Bounded.DETAILS; i++) {
            details.put("a" + i, "x"); // would leave no room
        }
        sink.record(new AuditEntry("user:ada", "shop:refund", "order 1", Outcome.DONE, details));
        AuditEntry written =
                rig.records(Kind.SECURITY).get(0).content().orElseThrow().entry();
        assertThat(written.actor()).isEqualTo("user:ada");
        assertThat(written.details())
                .containsEntry("by", SHOP)
                .doesNotContainKeys("user")
                .doesNotContainValue("9");
        assertThat(written.details()).hasSizeLessThanOrEqualTo(Bounded.DETAILS).containsEntry("a0", "x");
    }

    /** By a hand clock: no time passes for the bound but what the test lets pass. */
    @Test
    void storesNoMoreOfAFloodThanTheBound() throws Exception {
        int refused = 0;
        for (int i = 0; i < 10 * BURST; i++) {
            try {
                sinkOf(SHOP, 42).record(refund(SHOP, "order " + i)); // another service object each time
            } catch (AuditUnavailableException e) {
                assertThat(e).hasMessageContaining(SHOP).hasMessageContaining("caller.entries");
                refused++;
            }
        }
        assertThat(refused).isEqualTo(9 * BURST);
        List<String> written = written();
        assertThat(written).hasSize(BURST + 2);
        assertThat(written.subList(BURST, BURST + 2))
                .containsExactly(
                        "acme.shop audit:record trail DENIED 1",
                        "acme.shop audit:record trail DENIED " + (refused - 1));
        rig.assertIntact();
    }

    @Test
    void boundsBytesAndEachBundleByItself() throws Exception {
        rig.apply("caller.entries", 1_000_000);
        var large = new AuditEntry(SHOP, "shop:refund", "x".repeat(1_000), Outcome.DONE, Map.of());
        int taken = 0;
        while (isTaken(large)) {
            taken++;
        }
        assertThat(taken).isBetween(60, 82); // of 8192 bytes a second, ten seconds' worth
        granted.add("acme.till audit:record:shop/refund");
        sinkOf("acme.till", 43).record(refund("acme.till", "another's bound"));
        rig.advance(Duration.ofSeconds(1));
        assertThat(isTaken(large)).as("a second later").isTrue();
        rig.apply("caller.bytes", 1 << 20);
        assertThat(isTaken(large)).as("with a higher bound").isTrue();
    }

    private boolean isTaken(AuditEntry entry) {
        try {
            sink.submit(entry);
            return true;
        } catch (AuditUnavailableException e) {
            return false;
        }
    }

    /** The denial of a permission costs of the bound as an entry does: with other names each time it would fill the disk, too. */
    @Test
    void boundsDenialsAsWell() throws Exception {
        for (int i = 0; i < 10 * BURST; i++) {
            String action = "shop:other" + i;
            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> sink.record(new AuditEntry(SHOP, action, "", Outcome.DONE, Map.of())));
        }
        assertThat(written()).hasSizeLessThanOrEqualTo(BURST + 2);
    }

    @Test
    void countsNothingOfOthersAndNeverThrows() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            sink.count("event:publish", "symphony.shell", "orders/" + i, "", Outcome.DONE, new UUID(1, i));
        }
        assertThat(written())
                .containsExactly("acme.shop audit:count trail DENIED 1", "acme.shop audit:count trail DENIED 999");
        assertThat(rig.records(Kind.SUMMARY)).isEmpty();
        rig.stop();
        sink.count("event:publish", SHOP, "orders/new", "", Outcome.DONE, new UUID(1, 1));
    }

    @Test
    void forgetsWhoHasRecordedNothingForAWhile() {
        AuditSettings settings = rig.engine().settings();
        for (long id = 0; id < 100; id++) {
            rig.nanos.addAndGet(Duration.ofMillis(200).toNanos());
            bounds.take(id, 1, settings);
        }
        assertThat(bounds.size()).isEqualTo(1);
    }
}

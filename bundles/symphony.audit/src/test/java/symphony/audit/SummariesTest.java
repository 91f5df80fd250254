package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.audit.Outcome;

class SummariesTest {
    private final HandClock clock = new HandClock();

    private List<Draft> drain(Summaries summaries) {
        summaries.drain(clock.millis());
        var drafts = new ArrayList<Draft>();
        while (summaries.isDrained()) {
            summaries.moveTo(drafts, 10, clock.millis());
        }
        return drafts;
    }

    private static void count(Summaries summaries, String topic) {
        summaries.add("event:publish", "acme", topic, "", Outcome.DONE, new UUID(1, 1));
    }

    private static long sum(List<Draft> drafts) throws MalformedRecordException {
        long sum = 0;
        for (Draft draft : drafts) {
            sum += Content.decode(draft.content()).count();
        }
        return sum;
    }

    /** A kind that several threads tell of is one kind. */
    @Test
    @Timeout(60)
    void tellsAsManyKindsApartAsConfiguredThoughEachThreadTellsOfAllOfThem() throws Exception {
        int threads = 32;
        var summaries = new Summaries(clock, 100);
        var ready = new CountDownLatch(threads);
        var all = new ArrayList<CompletableFuture<Void>>();
        for (int t = 0; t < threads; t++) {
            var done = new CompletableFuture<Void>();
            all.add(done);
            new Thread(() -> {
                        ready.countDown();
                        for (int i = 0; i < 90; i++) {
                            count(summaries, "t" + i);
                        }
                        done.complete(null);
                    })
                    .start();
        }
        for (CompletableFuture<Void> each : all) {
            each.join();
        }
        List<Draft> drafts = drain(summaries);
        assertThat(drafts).hasSize(90);
        assertThat(sum(drafts)).isEqualTo(threads * 90L);
        for (Draft draft : drafts) {
            assertThat(Content.decode(draft.content()).entry().target()).isNotEqualTo("*");
        }
    }

    @Test
    void makesNoMoreDraftsThanConfiguredThoughEachThreadTellsOfOthers() throws Exception {
        var summaries = new Summaries(clock, 100);
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 32; t++) {
            int number = t;
            var thread = new Thread(() -> {
                for (int i = 0; i < 90; i++) {
                    count(summaries, "t" + number + "/" + i);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        List<Draft> drafts = drain(summaries);
        assertThat(drafts).hasSizeBetween(100, 102);
        assertThat(sum(drafts)).isEqualTo(32 * 90);
    }

    /** Of each block of two letters there are two with the same hash, and so there are of all that is made of them. */
    private static String sameHash(int number, int blocks) {
        var text = new StringBuilder();
        for (int i = 0; i < blocks; i++) {
            text.append((number >> i & 1) == 0 ? "Aa" : "BB");
        }
        return text.toString();
    }

    /** If each were compared with all others, this would take minutes. */
    @Test
    @Timeout(60)
    void topicsThatAreChosenForTheirHashHoldUpNobody() throws Exception {
        int blocks = 15;
        assertThat(sameHash(1, blocks)).hasSameHashCodeAs(sameHash(2, blocks));
        var summaries = new Summaries(clock, 1_000_000);
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 1 << blocks; i++) {
                assertThat(Thread.interrupted()).as("it took too long").isFalse();
                count(summaries, sameHash(i, blocks));
            }
        }
        List<Draft> drafts = drain(summaries);
        assertThat(drafts).hasSize(1 << blocks);
        assertThat(sum(drafts)).isEqualTo(20L << blocks);
    }

    @Test
    void countsOnWhatIsRefusedFromWhenItWas() throws Exception {
        var summaries = new Summaries(clock, 100);
        long begun = clock.millis();
        count(summaries, "t");
        clock.advance(Duration.ofSeconds(1));
        List<Draft> first = drain(summaries);
        count(summaries, "t");
        first.forEach(draft -> draft.refuse(Fate.refused("", null)));
        assertThat(summaries.isEmpty()).isFalse();
        clock.advance(Duration.ofSeconds(1));
        Content content = Content.decode(drain(summaries).get(0).content());
        assertThat(content.count()).isEqualTo(2);
        assertThat(content.fromMillis()).isEqualTo(begun);
        assertThat(content.toMillis()).isEqualTo(clock.millis());
        assertThat(summaries.isEmpty()).isTrue();
    }

    @Test
    void cutsLongTextsAndCountsThemTogether() throws Exception {
        var summaries = new Summaries(clock, 100);
        count(summaries, "x".repeat(10_000));
        count(summaries, "x".repeat(10_000));
        List<Draft> drafts = drain(summaries);
        assertThat(sum(drafts)).isEqualTo(2);
        assertThat(drafts).hasSize(1);
    }
}

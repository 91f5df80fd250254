package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.StopReport;
import symphony.api.event.Event;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;
import symphony.queue.MemoryQueueEngine;

/** Publishing without waiting for slow stores; the store here is as slow as the test wants. */
@Timeout(120)
class AsyncTest {
    private static final String STORES = "symphony-dispatcher-stores";

    private final Bench bench = new Bench("capacity", 100_000);
    private final MemoryQueueEngine inner = bench.newQueues();
    private final HookedQueues store = HookedQueues.durable(inner);
    private final Gate gate = new Gate();
    private final AtomicInteger handled = new AtomicInteger();

    @BeforeEach
    void bind() {
        bench.engine.bind(store);
    }

    @AfterEach
    void close() {
        gate.open();
        bench.close();
        inner.close();
    }

    private void handleDurably() {
        bench.handle("slow", delivery -> handled.incrementAndGet(), "symphony.durable", true);
    }

    private void blockTheStore() {
        store.beforePush = gate::passUnchecked;
    }

    private CompletableFuture<Receipt> publish(String topic) {
        return publish(Event.on(topic).build());
    }

    private CompletableFuture<Receipt> publish(Event event) {
        return bench.engine
                .dispatchAsync(Bench.PUBLISHER, event, Bench.PUBLISHER)
                .toCompletableFuture();
    }

    private static Refusal.Reason onlyReason(CompletableFuture<Receipt> receipt) throws Exception {
        return receipt.get(20, TimeUnit.SECONDS).refusals().get(0).reason();
    }

    private boolean storesThreadLives() {
        synchronized (bench.threads) {
            return bench.threads.stream().anyMatch(thread -> thread.getName().equals(STORES) && thread.isAlive());
        }
    }

    @Test
    void isDoneAtOnceWhereEverybodyIsInMemory() throws Exception {
        bench.handle("quick", delivery -> handled.incrementAndGet());
        assertThat(publish("quick")).isCompletedWithValueMatching(receipt -> receipt.accepted() == 1);
        assertThat(publish("nobody")).isCompletedWithValueMatching(receipt -> receipt.accepted() == 0);
        assertThat(storesThreadLives()).as("no thread is made for it").isFalse();
    }

    @Test
    void doesNotWaitForASlowStoreAndTellsOnTheStoresThread() throws Exception {
        handleDurably();
        bench.handle("slow", delivery -> handled.incrementAndGet());
        blockTheStore();
        var thread = new AtomicReference<String>();
        CompletableFuture<Receipt> receipt = publish("slow");
        CompletableFuture<Void> told =
                receipt.thenAccept(r -> thread.set(Thread.currentThread().getName()));
        gate.awaitEntered();
        assertThat(receipt).isNotDone();
        assertThat(handled).hasValue(0);
        gate.open();
        told.get(20, TimeUnit.SECONDS);
        assertThat(receipt.get().accepted()).isEqualTo(2);
        assertThat(thread).hasValue(STORES);
        Bench.await(() -> handled.get() == 2);
    }

    @Test
    void completesExceptionallyWhereTheStoreFailsAndGoesOn() throws Exception {
        handleDurably();
        store.beforePush = () -> {
            throw new IllegalStateException("the disk is on fire");
        };
        CompletableFuture<Receipt> failed = publish("slow");
        assertThatThrownBy(() -> failed.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("the disk is on fire");
        store.beforePush = () -> {
            throw new StackOverflowError();
        };
        CompletableFuture<Receipt> worse = publish("slow");
        assertThatThrownBy(() -> worse.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(StackOverflowError.class);
        store.beforePush = () -> {};
        assertThat(publish("slow").get(20, TimeUnit.SECONDS).accepted()).isEqualTo(1);
    }

    @Test
    void throwsAtOnceWhatIsThePublishersMistake() {
        handleDurably();
        Event bad = Event.on("slow").with("x", new Object()).build();
        assertThatThrownBy(() -> publish(bad)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> publish((Event) null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void tellsEachOfManyPublishers() throws Exception {
        handleDurably();
        var receipts = new ConcurrentLinkedQueue<CompletableFuture<Receipt>>();
        List<Thread> publishers = IntStream.range(0, 8)
                .mapToObj(i -> new Thread(() -> {
                    for (int n = 0; n < 250; n++) {
                        receipts.add(publish("slow"));
                    }
                }))
                .toList();
        publishers.forEach(Thread::start);
        for (Thread publisher : publishers) {
            publisher.join();
        }
        assertThat(receipts).hasSize(2000);
        for (CompletableFuture<Receipt> receipt : receipts) {
            assertThat(receipt.get(20, TimeUnit.SECONDS).accepted()).isEqualTo(1);
        }
        Bench.await(() -> handled.get() == 2000);
    }

    @Test
    void refusesWhenTooManyWait() throws Exception {
        handleDurably();
        blockTheStore();
        CompletableFuture<Receipt> first = publish("slow");
        gate.awaitEntered();
        List<CompletableFuture<Receipt>> waiting = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            waiting.add(publish("slow"));
        }
        assertThat(publish("slow")).isDone();
        assertThat(onlyReason(publish("slow"))).isEqualTo(Refusal.Reason.LIMIT);
        assertThat(first).isNotDone();
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        gate.open();
        for (CompletableFuture<Receipt> receipt : waiting) {
            assertThat(receipt.get(20, TimeUnit.SECONDS).accepted()).isEqualTo(1);
        }
    }

    @Test
    void endsWhatWasTakenBeforeAStopAndHandlesIt() throws Exception {
        handleDurably();
        blockTheStore();
        List<CompletableFuture<Receipt>> receipts = List.of(publish("slow"), publish("slow"), publish("slow"));
        gate.awaitEntered();
        var report = CompletableFuture.supplyAsync(
                () -> bench.engine.stop(Duration.ofSeconds(20)), task -> new Thread(task).start());
        Bench.await(() -> !bench.publish("nobody").refusals().isEmpty());
        assertThat(onlyReason(publish("slow"))).isEqualTo(Refusal.Reason.CLOSED);
        gate.open();
        assertThat(report.get(20, TimeUnit.SECONDS)).isEqualTo(new StopReport(3, Map.of(), 0));
        for (CompletableFuture<Receipt> receipt : receipts) {
            assertThat(receipt).isCompletedWithValueMatching(r -> r.accepted() == 1);
        }
    }

    @Test
    void answersThoseThatWaitWhenItClosesAndLeavesNoThread() throws Exception {
        handleDurably();
        blockTheStore();
        CompletableFuture<Receipt> running = publish("slow");
        gate.awaitEntered();
        CompletableFuture<Receipt> waiting = publish("slow");
        bench.engine.close(); // when
        assertThat(onlyReason(waiting)).isEqualTo(Refusal.Reason.CLOSED); // then
        assertThat(onlyReason(publish("slow"))).isEqualTo(Refusal.Reason.CLOSED);
        gate.open();
        assertThat(running.get(20, TimeUnit.SECONDS)).isNotNull();
        Bench.await(() -> !storesThreadLives());
    }

    @Test
    void answersEachOfThoseThatPublishWhileItCloses() throws Exception {
        handleDurably();
        publish("slow").get(20, TimeUnit.SECONDS);
        var receipts = new ConcurrentLinkedQueue<CompletableFuture<Receipt>>();
        var begun = new CountDownLatch(4);
        List<Thread> publishers = IntStream.range(0, 4)
                .mapToObj(i -> new Thread(() -> {
                    CompletableFuture<Receipt> receipt = publish("slow");
                    begun.countDown();
                    for (int n = 0; n < 100_000 && !isRefused(receipt); n++) {
                        receipts.add(receipt);
                        receipt = publish("slow");
                    }
                }))
                .toList();
        publishers.forEach(Thread::start);
        begun.await();
        bench.engine.close();
        for (Thread publisher : publishers) {
            publisher.join();
        }
        for (CompletableFuture<Receipt> receipt : receipts) {
            assertThat(receipt.get(20, TimeUnit.SECONDS)).isNotNull();
        }
        long taken = receipts.stream().filter(r -> r.join().accepted() == 1).count();
        var left = inner.open(inner.queues().get(0));
        assertThat(left.stats().accepted()).isGreaterThanOrEqualTo(taken);
        assertThat(left.stats().balanced()).isTrue();
    }

    private static boolean isRefused(CompletableFuture<Receipt> receipt) {
        return receipt.isDone() && !receipt.join().refusals().isEmpty();
    }
}

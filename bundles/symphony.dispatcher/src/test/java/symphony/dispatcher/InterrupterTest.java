package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Version;
import symphony.api.event.EventHandler;

/** Interrupts that do not return: what waits in a channel is interrupted by closing that, which is its maker's code. */
@Timeout(120)
class InterrupterTest {
    /** Calls in a row whose threads may stand still for long after an interrupt. */
    private static final int MOST_LATE = 5;

    private final Bench bench =
            new Bench("workers", 1, "workers.max", 8, "watch.interval", "5ms", "quarantine.overruns", 0);
    private final Gate waiting = new Gate();
    private final Gate closing = new Gate();
    private final AtomicInteger closers = new AtomicInteger();
    private final AtomicInteger reading = new AtomicInteger();
    private final AtomicInteger handled = new AtomicInteger();

    @AfterEach
    void close() {
        waiting.open();
        closing.open();
        bench.close();
    }

    /** A channel that takes for ever to close. */
    private final class Channel extends AbstractInterruptibleChannel {
        @Override
        protected void implCloseChannel() {
            closers.incrementAndGet();
            closing.passStubbornly();
        }

        void beginOnly() {
            begin();
        }

        void read() throws IOException {
            begin();
            try {
                reading.incrementAndGet(); // who interrupts before that closes nothing, the reader itself does
                waiting.passStubbornly();
            } finally {
                end(true);
            }
        }
    }

    /** Calls wait in channels, for an hour at most. */
    @SuppressWarnings("resource") // closing is what hangs
    private TestHandler reads(String topic) {
        return bench.handle(
                topic, delivery -> new Channel().read(), "symphony.subscription", topic, "symphony.time.limit", "1h");
    }

    /** Calls with a limit of an hour that run are over it now; the test says so once they are in their channels. */
    private void passTwoHours() {
        LongSupplier before = bench.nanos;
        bench.nanos = () -> before.getAsLong() + Duration.ofHours(2).toNanos();
    }

    private List<Thread> interrupters() {
        synchronized (bench.threads) {
            return bench.threads.stream()
                    .filter(Thread::isAlive)
                    .filter(thread -> thread.getName().equals("symphony-dispatcher-interrupter"))
                    .toList();
        }
    }

    @Test
    void handlesOtherEventsThoughTheInterruptOfACallHangs() throws Exception {
        reads("hangs");
        bench.handle("good", delivery -> handled.incrementAndGet());
        bench.publish("hangs");
        waiting.awaitEntered();
        passTwoHours();
        closing.awaitEntered();
        bench.publish("good"); // when
        Bench.await(() -> handled.get() == 1); // then
        assertThat(bench.view("acme/hangs").overruns()).isEqualTo(1);
    }

    @Test
    void interruptsOtherCallsThoughTheInterruptsOfSomeHang() throws Exception {
        // given: three calls whose interrupts hang
        for (String topic : List.of("a", "b", "c")) {
            reads(topic);
            bench.publish(topic);
        }
        Bench.await(() -> reading.get() == 3);
        passTwoHours();
        Bench.await(() -> closers.get() == 3);
        // when: another one that runs over its limit, but ends when it is interrupted
        var never = new CountDownLatch(1);
        bench.handle(
                "late",
                delivery -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        handled.incrementAndGet();
                    }
                },
                "symphony.time.limit",
                "20ms");
        for (int i = 1; i <= 5; i++) {
            bench.publish("late");
            int calls = i;
            Bench.await(() -> handled.get() == calls); // then
        }
        Bench.await(() -> interrupters().size() == 4); // one for each that hangs, and one
        closing.open();
        waiting.open();
        Bench.await(() -> interrupters().size() == 1);
        Bench.await(() -> bench.view("acme/a").running() == 0);
    }

    @Test
    void goesOnWhateverTheClosingOfAChannelThrows() {
        final class Throwing extends AbstractInterruptibleChannel {
            @Override
            protected void implCloseChannel() {
                throw new IllegalStateException("as it is closed, a test says");
            }

            void read() {
                begin();
                reading.incrementAndGet();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    handled.incrementAndGet();
                }
            }
        }
        CapturedLog.clear();
        bench.handle("t", delivery -> new Throwing().read(), "symphony.time.limit", "1h");
        for (int i = 1; i <= 3; i++) {
            bench.publish("t");
            int calls = i;
            Bench.await(() -> reading.get() == calls);
            passTwoHours();
            Bench.await(() -> handled.get() == calls);
        }
        Bench.await(() -> CapturedLog.lines().stream()
                .anyMatch(line -> line.startsWith("WARN acme/handler: what a call waits in failed as it was closed"
                        + " to interrupt it (0 more not told): java.lang.IllegalStateException: as it is closed")));
    }

    @Test
    void interruptsOneCallAfterTheOtherThoughNoOtherThreadIsToBeHadForIt() {
        bench.handle(
                "t",
                delivery -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        handled.incrementAndGet();
                    }
                },
                "symphony.time.limit",
                "20ms");
        bench.publish("t");
        Bench.await(() -> handled.get() == 1 && interrupters().size() == 1);
        bench.maker = task -> {
            if (task instanceof Worker) { // one whose interrupt takes long is replaced
                return DispatcherThreads.INSTANCE.newThread(task);
            }
            throw new OutOfMemoryError("unable to create a thread, a test says");
        };
        for (int i = 2; i <= 5; i++) {
            bench.publish("t");
            int calls = i;
            Bench.await(() -> handled.get() == calls);
        }
    }

    @Test
    void doesNotLetADepartureWaitForAnInterruptThatHangs() throws Exception {
        TestHandler handler = reads("hangs");
        bench.publish("hangs");
        waiting.awaitEntered();
        var leaving = new Thread(() -> bench.engine.depart(handler.serviceId()));
        leaving.start(); // when
        closing.awaitEntered();
        Bench.await(() -> !leaving.isAlive()); // then
        assertThat(bench.engine.stats().abandoned()).isEqualTo(1);
    }

    @Test
    void doesNotLetADepartureWaitForTheInterruptOfAnotherCall() throws Exception {
        bench.configure("watch.interval", "10s"); // long after the call that leaves would have been abandoned
        TestHandler hangs = reads("hangs");
        bench.publish("hangs");
        waiting.awaitEntered();
        var begun = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        TestHandler good = bench.handle(
                "good",
                delivery -> {
                    begun.countDown();
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        handled.incrementAndGet();
                    }
                },
                "symphony.subscription",
                "good");
        bench.configure("workers", 2);
        bench.publish("good");
        begun.await();
        var leaving = new Thread(() -> bench.engine.depart(hangs.serviceId()));
        leaving.start();
        closing.awaitEntered();
        bench.engine.depart(good.serviceId()); // when
        Bench.await(() -> handled.get() == 1); // then: interrupted
        Bench.await(() -> !leaving.isAlive());
    }

    @Test
    void interruptsACallThatLeavesBeforeItIsAbandonedHoweverManyInterruptsHang() throws Exception {
        // given: a bundle that leaves, with forty calls whose interrupts hang
        int calls = 40;
        bench.configure("workers", calls + 1, "workers.max", 2 * calls, "departure.deadline", "0ms");
        var leaves = new Owner("leaves", new Version("1.0.0"), 8);
        bench.add(TestHandler.any(
                leaves,
                "hangs",
                (EventHandler) delivery -> new Channel().read(),
                "symphony.concurrency",
                calls,
                "symphony.time.limit",
                "1h"));
        for (int i = 0; i < calls; i++) {
            bench.publish("hangs");
        }
        Bench.await(() -> reading.get() == calls);
        CapturedLog.clear();
        LongSupplier good = callThatEndsWhenItIsInterrupted();
        var leaving = new Thread(() -> bench.engine.departing(leaves.id()));
        leaving.start();
        closing.awaitEntered();
        // when
        long abandoned = good.getAsLong();
        long late = abandoned;
        // then: interrupted, and waited for, but not if its thread stood still after that; so not each time
        for (int i = 1; abandoned > 0 && i < MOST_LATE; i++) {
            abandoned = callThatEndsWhenItIsInterrupted().getAsLong();
            late += abandoned;
        }
        assertThat(abandoned).isZero();
        assertThat(CapturedLog.lines())
                .noneMatch(line -> line.startsWith("WARN acme/handler: a call of")
                        && line.contains("nobody has come to interrupt it yet"));
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        leaving.join();
        assertThat(bench.engine.stats().abandoned()).isEqualTo(calls + late);
        closing.open();
        waiting.open();
        Bench.await(() -> interrupters().size() == 1);
    }

    /**
     * Begins one. What it gives lets the handler leave, waits until the call was interrupted, and tells how often it was
     * abandoned.
     */
    private LongSupplier callThatEndsWhenItIsInterrupted() throws Exception {
        var begun = new CountDownLatch(1);
        TestHandler handler = bench.handle(
                "good",
                delivery -> {
                    begun.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        handled.incrementAndGet();
                    }
                },
                "symphony.time.limit",
                "1h");
        bench.publish("good");
        begun.await();
        long abandoned = bench.view("acme/handler").abandoned();
        int interrupted = handled.get();
        return () -> {
            bench.engine.depart(handler.serviceId());
            Bench.await(() -> handled.get() == interrupted + 1);
            return bench.view("acme/handler").abandoned() - abandoned;
        };
    }

    @Test
    void saysOfACallThatNobodyCouldInterruptThatItWasNot() throws Exception {
        CapturedLog.clear();
        bench.configure("workers", 2, "departure.deadline", "0ms");
        TestHandler hangs = reads("hangs");
        TestHandler other = reads("other");
        bench.publish("hangs");
        bench.publish("other");
        Bench.await(() -> reading.get() == 2);
        bench.maker = task -> {
            throw new OutOfMemoryError("unable to create a thread, a test says");
        };
        var leaving = new Thread(() -> bench.engine.depart(hangs.serviceId()));
        leaving.start();
        closing.awaitEntered();
        bench.engine.depart(other.serviceId()); // when
        leaving.join();
        assertThat(CapturedLog.lines()) // then
                .anyMatch(line -> line.startsWith("WARN acme/hangs: a call of acme")
                        && line.contains("had to leave, nor when interrupted; it is abandoned"))
                .anyMatch(line -> line.startsWith("WARN acme/other: a call of acme")
                        && line.contains("had to leave, and nobody has come to interrupt it yet; it is abandoned"));
    }

    @Test
    @SuppressWarnings("resource") // closing is what hangs
    void interruptsACallWhateverChannelAnotherHandlerLeftOnItsThread() {
        bench.configure("workers.max", 1);
        bench.handle("leaves", delivery -> new Channel().beginOnly(), "symphony.subscription", "leaves");
        bench.publish("leaves");
        Bench.await(() -> bench.stats("acme/leaves").handled() == 1);
        bench.handle(
                "late",
                delivery -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        handled.incrementAndGet();
                    }
                },
                "symphony.time.limit",
                "20ms");
        bench.publish("late"); // when: another call on the same thread is interrupted
        Bench.await(() -> bench.stats("acme/handler").handled() == 1); // then
        assertThat(handled).hasValue(1);
        assertThat(closers).hasValue(0);
    }

    @Test
    @SuppressWarnings("resource") // closing is what hangs
    void settlesACallThatReturnsWhileItsInterruptHangsAndUsesItsThreadNoMore() throws Exception {
        // given: a call that never tells that its wait in a channel is over
        bench.configure("workers.max", 1);
        var threads = new CopyOnWriteArrayList<Thread>();
        bench.handle(
                "hangs",
                delivery -> {
                    threads.add(Thread.currentThread());
                    new Channel().beginOnly();
                    waiting.passStubbornly();
                },
                "symphony.subscription",
                "hangs",
                "symphony.time.limit",
                "1h");
        bench.handle("good", delivery -> threads.add(Thread.currentThread()));
        bench.publish("hangs");
        waiting.awaitEntered();
        passTwoHours();
        closing.awaitEntered();
        bench.publish("good");
        waiting.open(); // when
        Bench.await(() -> bench.stats("acme/handler").handled() == 1); // then
        Bench.await(() -> bench.stats("acme/hangs").handled() == 1); // its thread is replaced before it settles
        Bench.await(() -> bench.view("acme/hangs").running() == 0);
        assertThat(threads).hasSize(2).doesNotHaveDuplicates();
        Bench.await(() -> !threads.get(0).isAlive());
        assertThat(bench.engine.stats().pools().get(0).lost()).isZero();
    }

    @Test
    void interruptsWhatWasAskedForThoughItIsTheEndAndInterruptsHang() throws Exception {
        Supervisor supervisor = ending(new AtomicInteger(Integer.MAX_VALUE));
        var hanging = new HangingThread();
        supervisor.interrupt(of(hanging));
        closing.awaitEntered();
        var interrupted = new CountDownLatch(1);
        supervisor.interrupt(of(new Thread() {
            @Override
            public void interrupt() {
                interrupted.countDown();
            }
        }));
        supervisor.end(); // when
        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue(); // then
    }

    @Test
    void interruptsWhatWasAskedForThoughTheSupervisorStandsStillAtItsEnd() throws Exception {
        // given: a call whose interrupt hangs, another one, and a clock that stands
        var clock = new AtomicLong();
        var step = new AtomicLong();
        Supervisor supervisor = ending(new AtomicInteger(Integer.MAX_VALUE), () -> clock.addAndGet(step.get()));
        supervisor.interrupt(of(new HangingThread()));
        closing.awaitEntered();
        var interrupted = new CountDownLatch(1);
        supervisor.interrupt(of(new Thread() {
            @Override
            public void interrupt() {
                interrupted.countDown();
            }
        }));
        // when: it ends, and an hour passes before each look at the clock
        supervisor.execute(() -> {
            step.set(TimeUnit.HOURS.toNanos(1));
            supervisor.end();
        });
        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue(); // then
    }

    @Test
    void keepsNoCallThatNobodyCanInterruptAfterItsEnd() throws Exception {
        // given: no threads but the first two
        Supervisor supervisor = ending(new AtomicInteger(2));
        supervisor.interrupt(of(new HangingThread()));
        closing.awaitEntered();
        Call waits = of(new Thread());
        supervisor.interrupt(waits);
        supervisor.end(); // when
        supervisor.join(Duration.ofSeconds(60));
        assertThat(waits.asked).isFalse(); // then
    }

    private static Supervisor ending(AtomicInteger left) {
        return ending(left, System::nanoTime);
    }

    private static Supervisor ending(AtomicInteger left, LongSupplier nanos) {
        var supervisor = new Supervisor(
                task -> {
                    if (left.getAndDecrement() <= 0) {
                        throw new OutOfMemoryError("unable to create a thread, a test says");
                    }
                    return DispatcherThreads.INSTANCE.newThread(task);
                },
                () -> Duration.ofMillis(5),
                nanos);
        supervisor.start(() -> false);
        return supervisor;
    }

    private static Call of(Thread thread) {
        return new Call(null, null, null, thread, null, 0, Long.MAX_VALUE);
    }

    private final class HangingThread extends Thread {
        @Override
        public void interrupt() {
            closing.passStubbornly();
        }
    }
}

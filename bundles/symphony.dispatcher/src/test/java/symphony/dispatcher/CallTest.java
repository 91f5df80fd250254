package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class CallTest {
    private final Gate interrupting = new Gate();

    /** A thread that is interrupted only when the test wants it. */
    private final class Calling extends Thread {
        volatile long patienceNanos = TimeUnit.MINUTES.toNanos(1);
        volatile boolean returned;
        volatile Call call;
        volatile Call.End end;
        volatile boolean interruptedAfter;

        @Override
        public void interrupt() {
            interrupting.passUnchecked();
            super.interrupt();
        }

        @Override
        public void run() {
            Bench.await(() -> returned);
            end = call.finish(0, patienceNanos);
            interruptedAfter = isInterrupted();
        }
    }

    private static Call of(Thread thread) {
        return new Call(null, null, null, thread, null, 0, Long.MAX_VALUE);
    }

    @Test
    void doesNotLetItsThreadGoOnWhileAnInterruptIsUnderWay() throws Exception {
        var thread = new Calling();
        Call call = of(thread);
        thread.call = call;
        thread.start();
        var interrupter = new Thread(call::interrupt);
        interrupter.start();
        interrupting.awaitEntered();
        thread.returned = true; // when: the handler returns while it is interrupted
        Bench.await(() -> thread.getState() == Thread.State.TIMED_WAITING);
        assertThat(call.isDone()).isFalse();
        interrupting.open();
        thread.join();
        interrupter.join();
        assertThat(call.isDone()).isTrue(); // then: nothing of it is left
        assertThat(thread.interruptedAfter).isFalse();
        assertThat(thread.end).isEqualTo(Call.End.IN_TIME);
        assertThat(call.isInterruptHung()).isFalse();
    }

    @Test
    void tellsWhenAnInterruptDoesNotComeBack() throws Exception {
        var thread = new Calling();
        thread.patienceNanos = TimeUnit.MILLISECONDS.toNanos(1);
        Call call = of(thread);
        thread.call = call;
        thread.start();
        var interrupter = new Thread(call::interrupt);
        interrupter.start();
        interrupting.awaitEntered();
        thread.returned = true; // when
        thread.join(); // then: it does not wait for ever
        assertThat(call.isDone()).isTrue();
        assertThat(thread.end).isEqualTo(Call.End.IN_TIME);
        assertThat(call.isInterruptHung()).isTrue();
        interrupting.open();
        interrupter.join();
        assertThat(call.isInterruptHung())
                .as("it may have been interrupted after its end")
                .isTrue();
    }

    @Test
    void canBeAbandonedWhileAnInterruptIsUnderWay() throws Exception {
        var thread = new Calling();
        Call call = of(thread);
        thread.call = call;
        thread.start();
        var interrupter = new Thread(call::interrupt);
        interrupter.start();
        interrupting.awaitEntered();
        var abandoned = new AtomicReference<Boolean>();
        var leaving = new Thread(() -> abandoned.set(call.abandon()));
        leaving.start(); // when
        Bench.await(() -> !leaving.isAlive()); // then
        assertThat(abandoned).hasValue(true);
        assertThat(call.isAbandoned()).isTrue();
        interrupting.open();
        thread.returned = true;
        thread.join();
        interrupter.join();
        assertThat(thread.end).isEqualTo(Call.End.ABANDONED);
    }

    @Test
    void isNotInterruptedAfterItsEnd() throws Exception {
        var thread = new Calling();
        Call call = of(thread);
        thread.call = call;
        thread.returned = true;
        thread.start();
        thread.join();
        interrupting.open();
        call.interrupt();
        assertThat(thread.isInterrupted()).isFalse();
    }
}

package symphony.dispatcher;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds up whoever comes until the test opens it, and tells the test that somebody came. */
final class Gate {
    private static final int LONGEST_SECONDS = 60;

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    /** Comes, and waits until it is open. */
    void pass() throws InterruptedException {
        entered.countDown();
        open.await();
    }

    /** As {@link #pass}, for code that throws nothing; not for ever. */
    void passUnchecked() {
        entered.countDown();
        try {
            if (!open.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody opened the gate within " + LONGEST_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** As {@link #pass}, whoever interrupts it. */
    void passStubbornly() {
        entered.countDown();
        boolean passed = false;
        while (!passed) {
            try {
                open.await();
                passed = true;
            } catch (InterruptedException e) {
                passed = false; // stubborn: waits on
            }
        }
    }

    /** Waits until somebody came. */
    void awaitEntered() throws InterruptedException {
        if (!entered.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody came to the gate within " + LONGEST_SECONDS + " s");
        }
    }

    /** Whether somebody came. */
    boolean isEntered() {
        return entered.getCount() == 0;
    }

    void open() {
        open.countDown();
    }
}

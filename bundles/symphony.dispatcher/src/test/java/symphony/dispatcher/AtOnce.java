package symphony.dispatcher;

/** How many are at something at once, and how many were at most. */
final class AtOnce {
    private int now;
    private int most;

    synchronized void begin() {
        now++;
        most = Math.max(most, now);
    }

    synchronized void end() {
        now--;
    }

    synchronized int most() {
        return most;
    }

    synchronized void forget() {
        most = 0;
    }
}

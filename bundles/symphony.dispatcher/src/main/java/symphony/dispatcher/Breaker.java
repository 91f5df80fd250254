package symphony.dispatcher;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** The circuit breaker of a lane: whether its handlers are called, by what their last calls did. Thread-safe. */
final class Breaker {
    /*
     * After Nygard, Release It!, "Circuit Breaker". Closed, calls are made, and bad ones counted: those over their time limit
     * in a row, events that failed since the last good call, and, if a rate is configured, bad calls among the last ones. An
     * event that fails again and again counts once, or a few bad events that take turns would shut out all others. Open, no
     * call is made. Half open, one is, the probe: good, it closes; bad, it opens for twice as long.
     *
     * Only a good or a bad call changes anything. One that does not tell how the handler is, since the event was to blame or
     * the handler was not reached, is neither.
     *
     * Most lanes have never had a bad call. For them a good one costs a volatile read, which is why "clean" is there.
     */
    private enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    /** What a call, or somebody, brought about. */
    enum Change {
        NONE,
        OPENED,
        /** A probe failed. */
        REOPENED,
        CLOSED
    }

    /**
     * How it stands, if it is not closed.
     *
     * @param number which opening it is, from 1
     * @param reason why
     * @param sinceNanos when it opened first
     * @param fromNanos when this opening began
     * @param probeNanos when a probe is due
     * @param probes probes that failed
     */
    record Opening(long number, String reason, long sinceNanos, long fromNanos, long probeNanos, int probes) {}

    private volatile State state = State.CLOSED; // written under this monitor, as all
    private volatile boolean clean = true;
    private volatile Opening opening;
    private long openings;
    private long quarantines;
    private int overruns;
    /** Events that failed since the last good call; null if none did. */
    private Set<UUID> failed;

    private BitSet window;
    private int windowLength;
    private int seen;

    /** Whether no call may begin. */
    boolean isOpen() {
        return state == State.OPEN;
    }

    /** Whether one call may be made, and no other beside it. */
    boolean isHalfOpen() {
        return state == State.HALF_OPEN;
    }

    /** How it stands; null if it is closed. */
    Opening opening() {
        return opening;
    }

    /** How often it opened, but for probes that failed. */
    synchronized long quarantines() {
        return quarantines;
    }

    /** Whether a good call changes nothing. */
    boolean isClean(BreakerSettings settings) {
        return clean && settings.rate() == 0;
    }

    /** A call was good. */
    synchronized Change succeeded(BreakerSettings settings) {
        if (state == State.HALF_OPEN) {
            close();
            return Change.CLOSED;
        }
        if (state == State.CLOSED) {
            overruns = 0;
            failed = null;
            clean = true;
            record(false, settings);
        }
        return Change.NONE; // if it is open, the call began before
    }

    /** A call went over its time limit. */
    synchronized Change overran(BreakerSettings settings, long now) {
        if (state == State.CLOSED) {
            clean = false;
            overruns++;
            record(true, settings);
            if (settings.overruns() > 0 && overruns >= settings.overruns()) {
                return open(overruns + " calls in a row went over the time limit", settings, now);
            }
            return byRate(settings, now);
        }
        return probeFailed("the probe went over the time limit", settings, now);
    }

    /** A call threw. */
    synchronized Change failed(UUID event, String how, BreakerSettings settings, long now) {
        if (state == State.CLOSED) {
            clean = false;
            record(true, settings);
            if (settings.failures() > 0) {
                if (failed == null) {
                    failed = new HashSet<>();
                }
                failed.add(event);
                if (failed.size() >= settings.failures()) {
                    return open(failed.size() + " events in a row failed, the last with " + how, settings, now);
                }
            }
            return byRate(settings, now);
        }
        return probeFailed("the probe failed with " + how, settings, now);
    }

    private Change byRate(BreakerSettings settings, long now) {
        if (settings.rate() == 0 || window == null || seen < settings.window()) {
            return Change.NONE; // no rate is wanted any more, perhaps, and what was seen before is forgotten only soon
        }
        int bad = window.cardinality();
        return bad >= settings.rate() * settings.window()
                ? open(bad + " of the last " + settings.window() + " calls were bad", settings, now)
                : Change.NONE;
    }

    /** A ring of the last calls, its length that of the configuration of now; none while no rate is wanted. */
    private void record(boolean bad, BreakerSettings settings) {
        if (settings.rate() == 0) {
            return;
        }
        int length = settings.window();
        if (window == null || windowLength != length) {
            window = new BitSet(length);
            windowLength = length;
            seen = 0;
        }
        window.set(seen % length, bad);
        seen = seen + 1 < 2 * length ? seen + 1 : length; // goes round, and stays full
    }

    private Change probeFailed(String how, BreakerSettings settings, long now) {
        if (state == State.OPEN) {
            return Change.NONE; // begun before it opened
        }
        begin(how, opening.sinceNanos(), opening.probes() + 1, settings, now);
        return Change.REOPENED;
    }

    private void begin(String reason, long since, int probes, BreakerSettings settings, long now) {
        opening = new Opening(++openings, reason, since, now, probeNanos(now, probes, settings), probes);
        state = State.OPEN;
    }

    private static long probeNanos(long from, int probes, BreakerSettings settings) {
        return from + settings.waitAfter(probes).toNanos();
    }

    /** Opens it for a reason of somebody else; one that is not closed begins its wait anew, and a probe that runs is none. */
    synchronized Change open(String reason, BreakerSettings settings, long now) {
        Opening before = opening;
        clean = false;
        quarantines += before == null ? 1 : 0;
        begin(reason, before == null ? now : before.sinceNanos(), 0, settings, now);
        return before == null ? Change.OPENED : Change.REOPENED;
    }

    /** Another configuration applies: whether a probe is due at another time now. */
    synchronized boolean reconsider(BreakerSettings settings) {
        if (settings.rate() == 0 || settings.window() != windowLength) {
            window = null; // while no rate is wanted not every call is seen: what was seen before is no last call later
        }
        if (state != State.OPEN) {
            return false;
        }
        Opening old = opening;
        long probe = probeNanos(old.fromNanos(), old.probes(), settings);
        opening = new Opening(old.number(), old.reason(), old.sinceNanos(), old.fromNanos(), probe, old.probes());
        return probe != old.probeNanos();
    }

    /** The wait of an opening is over: a probe may be made. False if it is another opening by now, or none. */
    synchronized boolean halfOpen(long number) {
        if (state != State.OPEN || opening.number() != number) {
            return false;
        }
        state = State.HALF_OPEN;
        return true;
    }

    /** Closes it, and forgets what calls did. Whether it was not closed. */
    synchronized boolean lift() {
        boolean was = state != State.CLOSED;
        close();
        return was;
    }

    private void close() {
        state = State.CLOSED;
        opening = null;
        overruns = 0;
        failed = null;
        window = null;
        seen = 0;
        clean = true;
    }
}

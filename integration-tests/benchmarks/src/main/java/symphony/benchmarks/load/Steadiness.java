package symphony.benchmarks.load;

/** Tells when a rate has stopped growing. One thread only. */
final class Steadiness {
    private static final double GROWTH = 1.05;
    private static final int STEADY_STEPS = 3;

    private double best;
    private int steps;

    /** The rate of one step more; whether none of the last {@value #STEADY_STEPS} was more than 5 % above those before. */
    boolean add(double rate) {
        steps = rate > best * GROWTH ? 0 : steps + 1;
        best = Math.max(best, rate);
        return steps >= STEADY_STEPS;
    }
}

package symphony.benchmarks.load;

/**
 * Who publishes to whom.
 *
 * @param publishers threads that publish, each to all topics in turn
 * @param topics topics
 * @param handlers of each topic; each gets every event of it
 */
public record Scenario(int publishers, int topics, int handlers) {
    private static final int MOST = 10_000;

    /** Checks the ranges. */
    public Scenario {
        for (int number : new int[] {publishers, topics, handlers}) {
            if (number < 1 || number > MOST) {
                throw new IllegalArgumentException(
                        "scenario " + publishers + "x" + topics + "x" + handlers + ": each must be 1 to " + MOST);
            }
        }
    }

    /** Reads what {@link #toString} writes. */
    public static Scenario parse(String text) {
        if (!text.matches("[0-9]{1,5}x[0-9]{1,5}x[0-9]{1,5}")) {
            throw new IllegalArgumentException(
                    "scenario is '" + text + "', must be publishers x topics x handlers per topic, as 10x100x1");
        }
        String[] numbers = text.split("x");
        return new Scenario(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), Integer.parseInt(numbers[2]));
    }

    @Override
    public String toString() {
        return publishers + "x" + topics + "x" + handlers;
    }
}

package symphony.benchmarks.load;

/**
 * What one process is to measure.
 *
 * @param latency whether at a fixed rate (open loop), else as fast as it goes (closed loop)
 * @param scenario who publishes to whom
 * @param warmupSeconds unmeasured, in a closed loop: at least so long, and until the rate grows no more
 * @param measureSeconds measured
 * @param rate events a second of an open loop
 * @param window most deliveries in flight, of all publishers together
 */
public record Plan(boolean latency, Scenario scenario, int warmupSeconds, int measureSeconds, int rate, int window) {
    /** System property that holds a plan as text. */
    public static final String PROPERTY = "bench.plan";

    /** The plan of this process. */
    public static Plan ofThisProcess() {
        return parse(System.getProperty(PROPERTY, ""));
    }

    /** Warm-up ends by then, whether the rate still grows or not. */
    public int mostWarmupSeconds() {
        return 6 * warmupSeconds;
    }

    static Plan parse(String text) {
        String[] parts = text.split(",");
        if (parts.length != 6) {
            throw new IllegalArgumentException("system property " + PROPERTY + " is '" + text + "', must be a plan");
        }
        return new Plan(
                parts[0].equals("latency"),
                Scenario.parse(parts[1]),
                Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]),
                Integer.parseInt(parts[4]),
                Integer.parseInt(parts[5]));
    }

    /** As text without spaces, for a system property. */
    @Override
    public String toString() {
        return (latency ? "latency" : "throughput") + "," + scenario + "," + warmupSeconds + "," + measureSeconds + ","
                + rate + "," + window;
    }
}

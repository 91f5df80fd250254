package symphony.benchmarks.scale;

import symphony.benchmarks.load.Report;

/** Measures what its first argument names, with as many of it as its second one says. */
public final class Main {
    /** Argument: events that wait. */
    public static final String EVENTS = "events";

    /** Argument: deadlines of ours. */
    public static final String OUR_TIMERS = "timers-symphony";

    /** Argument: deadlines of Agrona's. */
    public static final String WHEEL_TIMERS = "timers-agrona";

    private Main() {}

    /** Ends with 0 if there is a result. */
    public static void main(String[] arguments) {
        try {
            System.out.println(measure(arguments[0], Integer.parseInt(arguments[1])));
            System.exit(0);
        } catch (Throwable e) { // whatever it is, the process that waits for a result must know
            e.printStackTrace(System.out);
            System.out.println(Report.FAILED + e);
            System.exit(1);
        }
    }

    private static Report measure(String what, int count) throws InterruptedException {
        return switch (what) {
            case EVENTS -> WaitingEvents.measure(count);
            case OUR_TIMERS -> PendingTimers.measure(count, OurTimers::new);
            case WHEEL_TIMERS -> PendingTimers.measure(count, WheelTimers::new);
            default -> throw new IllegalArgumentException("argument is '" + what + "', which cannot be measured");
        };
    }
}

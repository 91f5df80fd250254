package symphony.benchmarks;

/** A process that gave no result. */
final class FailedRun extends Exception {
    private static final long serialVersionUID = 1L;

    private final String output;

    FailedRun(String message, String output) {
        super(message);
        this.output = output;
    }

    /** The end of what it wrote. */
    String output() {
        return output;
    }
}

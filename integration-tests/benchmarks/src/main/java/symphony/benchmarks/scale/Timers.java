package symphony.benchmarks.scale;

/** Deadlines of one kind. Set by one thread, before {@link #watch()}. */
interface Timers extends AutoCloseable {
    /** Sets one that does not come while it is measured. */
    void add(long deadlineNanos);

    /** Sets one whose lateness is recorded. */
    void addRecorded(long deadlineNanos);

    /** Has them called from now on. */
    void watch();

    @Override
    void close();
}

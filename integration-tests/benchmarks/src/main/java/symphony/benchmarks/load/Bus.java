package symphony.benchmarks.load;

/** A contestant: what lies between publishers and handlers, used as its users would. */
public interface Bus extends AutoCloseable {
    /**
     * Has a sink get all orders of a topic. Before the first {@link #publish}.
     *
     * @param topic as {@code orders/t7}
     * @param name unique in this run
     * @param sink thread-safe
     */
    void subscribe(String topic, String name, Sink sink) throws Exception;

    /**
     * Publishes, on a thread of the caller's. Thread-safe.
     *
     * @throws Exception if it was not taken: the run has failed, for the callers keep within what all contestants hold
     */
    void publish(String topic, Order order) throws Exception;

    /** Ends what would keep the process alive. */
    @Override
    default void close() {}
}

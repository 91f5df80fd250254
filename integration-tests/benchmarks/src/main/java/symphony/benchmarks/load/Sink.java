package symphony.benchmarks.load;

/** Where a contestant's handler puts what it has read from its event. Thread-safe. */
public interface Sink {
    /** All four fields, the texts as their {@link Order#mark marks}. */
    void handled(int customer, long number, double amount, int note);

    /** All four fields. */
    default void handled(String customer, long number, double amount, String note) {
        handled(Order.mark(customer), number, amount, Order.mark(note));
    }
}

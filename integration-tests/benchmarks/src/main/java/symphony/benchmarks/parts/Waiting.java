package symphony.benchmarks.parts;

import symphony.api.queue.Item;

/** Events that wait to be handled, the most urgent first. Thread-safe. */
interface Waiting extends AutoCloseable {
    void push(Item item);

    /** Takes the most urgent one, and is done with it. Gives its priority, or -1 if there is none. */
    int take();

    @Override
    default void close() {}
}

package symphony.queue.contract;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides whether a history of operations by several threads can be explained by a sequential priority queue: whether there
 * is an order of them that keeps each one between its call and its return and in which the sequential queue gives the same
 * results.
 *
 * <p>Search after J. M. Wing and C. Gong, "Testing and verifying concurrent objects" (Journal of Parallel and Distributed
 * Computing 17, 1993), with the memory of visited configurations of G. Lowe, "Testing for linearizability" (Concurrency and
 * Computation 29, 2017). It differs in that pushes are ranked by the sequence they got beforehand, which leaves one order
 * among them. Histories of up to 63 operations.
 */
final class Linearisability {
    private final List<Operation> history;
    private final int capacity;
    private final long[] sequences;
    private final int[] priorities;
    private final Set<Configuration> visited = new HashSet<>();

    /** What was done up to now, and the queue's state then: how many were pushed, and which ranks wait and are leased. */
    private record Configuration(long done, int pushed, long waiting, long leased) {}

    private Linearisability(List<Operation> history, int capacity) {
        if (history.size() >= Long.SIZE) {
            throw new IllegalArgumentException("history has " + history.size() + " operations, must have less than 64");
        }
        this.history = history;
        this.capacity = capacity;
        List<Operation> pushes = history.stream()
                .filter(op -> op.kind() == Operation.Kind.PUSH && op.sequence() != Operation.NOTHING)
                .sorted((a, b) -> Long.compare(a.sequence(), b.sequence()))
                .toList();
        this.sequences = pushes.stream().mapToLong(Operation::sequence).toArray();
        this.priorities = pushes.stream().mapToInt(Operation::priority).toArray();
    }

    /** Whether a history that began with an empty queue of that capacity is linearisable. */
    static boolean holds(List<Operation> history, int capacity) {
        var search = new Linearisability(history, capacity);
        return search.explains(new Configuration(0, 0, 0, 0));
    }

    private boolean explains(Configuration from) {
        if (Long.bitCount(from.done) == history.size()) {
            return true;
        }
        if (!visited.add(from)) {
            return false;
        }
        long firstReturn = firstReturn(from);
        for (int i = 0; i < history.size(); i++) {
            Operation op = history.get(i);
            // One that was called after another had returned cannot come before it.
            if ((from.done & 1L << i) == 0 && op.called() < firstReturn) {
                Configuration next = apply(op, from, from.done | 1L << i);
                if (next != null && explains(next)) {
                    return true;
                }
            }
        }
        return false;
    }

    private long firstReturn(Configuration from) {
        long first = Long.MAX_VALUE;
        for (int i = 0; i < history.size(); i++) {
            if ((from.done & 1L << i) == 0) {
                first = Math.min(first, history.get(i).returned());
            }
        }
        return first;
    }

    /** The state after an operation, or null if the sequential queue would not have given its result. */
    private Configuration apply(Operation op, Configuration from, long done) {
        if (op.kind() == Operation.Kind.PUSH) {
            return push(op, from, done);
        }
        if (op.sequence() == Operation.NOTHING) {
            return from.waiting == 0 ? new Configuration(done, from.pushed, 0, from.leased) : null;
        }
        int rank = Arrays.binarySearch(sequences, op.sequence());
        long bit = 1L << Math.max(0, rank);
        return switch (op.kind()) {
            case POP ->
                rank >= 0 && rank == best(from.waiting)
                        ? new Configuration(done, from.pushed, from.waiting & ~bit, from.leased | bit)
                        : null;
            case ACK ->
                (from.leased & bit) != 0
                        ? new Configuration(done, from.pushed, from.waiting, from.leased & ~bit)
                        : null;
            default ->
                (from.leased & bit) != 0
                        ? new Configuration(done, from.pushed, from.waiting | bit, from.leased & ~bit)
                        : null;
        };
    }

    private Configuration push(Operation op, Configuration from, long done) {
        boolean full = Long.bitCount(from.waiting | from.leased) >= capacity;
        if (op.sequence() == Operation.NOTHING) {
            return full ? new Configuration(done, from.pushed, from.waiting, from.leased) : null;
        }
        boolean isNext = from.pushed < sequences.length && sequences[from.pushed] == op.sequence();
        return !full && isNext
                ? new Configuration(done, from.pushed + 1, from.waiting | 1L << from.pushed, from.leased)
                : null;
    }

    private int best(long waiting) {
        int best = -1;
        for (long rest = waiting; rest != 0; rest &= rest - 1) {
            int rank = Long.numberOfTrailingZeros(rest);
            if (best < 0 || priorities[rank] < priorities[best]) {
                best = rank;
            }
        }
        return best;
    }
}

package symphony.scheduler;

import symphony.api.queue.MemoryBudget;

/**
 * What a scheduler owes the process's memory budget, while that service comes, goes and is replaced. Without one there is no
 * limit. Thread-safe.
 */
final class BudgetAccount {
    /** Guards both; the budget is called under it, whose methods only count. */
    private final Object lock = new Object();

    private MemoryBudget budget;
    private long held;

    void bind(MemoryBudget service) {
        synchronized (lock) {
            if (budget != null) {
                budget.release(held);
            }
            budget = service;
            service.reserve(held);
        }
    }

    void unbind(MemoryBudget service) {
        synchronized (lock) {
            if (budget == service) {
                service.release(held);
                budget = null;
            }
        }
    }

    boolean tryTake(long bytes) {
        synchronized (lock) {
            boolean taken = budget == null || budget.tryReserve(bytes);
            if (taken) {
                held += bytes;
            }
            return taken;
        }
    }

    /** For what is in memory anyway. */
    void take(long bytes) {
        synchronized (lock) {
            held += bytes;
            if (budget != null) {
                budget.reserve(bytes);
            }
        }
    }

    void give(long bytes) {
        synchronized (lock) {
            held -= bytes;
            if (budget != null) {
                budget.release(bytes);
            }
        }
    }

    String usage() {
        synchronized (lock) {
            return budget == null ? "no budget" : budget.used() + " of " + budget.limit() + " bytes";
        }
    }
}

package symphony.queue;

import symphony.api.queue.MemoryBudget;

/** The memory budget as one caller uses it: with that caller's permissions. Thread-safe. */
final class CallerBudget implements MemoryBudget {
    private final MemoryBudget budget;
    private final Caller caller;

    CallerBudget(MemoryBudget budget, Caller caller) {
        this.budget = budget;
        this.caller = caller;
    }

    @Override
    public boolean tryReserve(long bytes) {
        caller.checkUse();
        return budget.tryReserve(bytes);
    }

    @Override
    public void reserve(long bytes) {
        caller.checkUse();
        budget.reserve(bytes);
    }

    @Override
    public void release(long bytes) {
        caller.checkUse();
        budget.release(bytes);
    }

    @Override
    public long used() {
        return budget.used();
    }

    @Override
    public long limit() {
        return budget.limit();
    }
}

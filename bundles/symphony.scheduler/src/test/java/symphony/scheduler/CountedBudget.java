package symphony.scheduler;

import symphony.api.queue.MemoryBudget;

/** A budget that counts. Thread-safe. */
final class CountedBudget implements MemoryBudget {
    private final long limit;
    private long used;

    CountedBudget(long limit) {
        this.limit = limit;
    }

    @Override
    public synchronized boolean tryReserve(long bytes) {
        boolean room = used + bytes <= limit;
        used += room ? bytes : 0;
        return room;
    }

    @Override
    public synchronized void reserve(long bytes) {
        used += bytes;
    }

    @Override
    public synchronized void release(long bytes) {
        used -= bytes;
    }

    @Override
    public synchronized long used() {
        return used;
    }

    @Override
    public long limit() {
        return limit;
    }
}

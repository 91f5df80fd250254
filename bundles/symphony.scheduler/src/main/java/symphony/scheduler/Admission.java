package symphony.scheduler;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import symphony.api.event.Refusal;
import symphony.api.event.Refusal.Reason;
import symphony.api.queue.MemoryBudget;

/** What schedules cost: a place under the limit, and bytes of the memory budget. Thread-safe. */
final class Admission {
    private final BudgetAccount budget = new BudgetAccount();

    /** Those that wait, are due or are retried, and those being added. */
    private final AtomicInteger held = new AtomicInteger();

    private volatile int most;

    Admission(int most) {
        this.most = most;
    }

    /** What is there stays, also if it is more. */
    void most(int number) {
        most = number;
    }

    void bind(MemoryBudget service) {
        budget.bind(service);
    }

    void unbind(MemoryBudget service) {
        budget.unbind(service);
    }

    /** Why there is none; else it is taken. */
    Optional<Refusal> takePlace() {
        int limit = most;
        return held.getAndUpdate(now -> now < limit ? now + 1 : now) < limit
                ? Optional.empty()
                : refused(limit
                        + " events are scheduled, no more are allowed; raise schedules.max in PID symphony.scheduler");
    }

    void leavePlace() {
        held.decrementAndGet();
    }

    /** Why there are no bytes for it; else they are taken. */
    Optional<Refusal> takeBytes(Waiting waiting) {
        return budget.tryTake(waiting.cost())
                ? Optional.empty()
                : refused("no room for " + waiting.cost() + " bytes in the memory budget, which has " + budget.usage()
                        + " in use; it is set in PID symphony.queue");
    }

    void giveBytes(Waiting waiting) {
        budget.give(waiting.cost());
    }

    /** It is in memory anyway. */
    void takeAll(Waiting waiting) {
        held.incrementAndGet();
        budget.take(waiting.cost());
    }

    /** It is gone. */
    void giveAll(Waiting waiting) {
        leavePlace();
        giveBytes(waiting);
    }

    private static Optional<Refusal> refused(String detail) {
        return Optional.of(new Refusal("", Reason.LIMIT, detail));
    }
}

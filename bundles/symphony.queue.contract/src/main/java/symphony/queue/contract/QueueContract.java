package symphony.queue.contract;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/**
 * What every kind of queue must do, as examples: a core, and a part per {@link symphony.api.queue.Capability} that is
 * skipped where the kind has not got it. A kind of queue extends this class, {@link QueueModelContract} and
 * {@link QueueThreadsContract}.
 */
public abstract class QueueContract
        implements CoreContract,
                OfferContract,
                LeaseContract,
                ReadyContract,
                DeadLetterContract,
                RedriveContract,
                LifeContract,
                ExpiryContract,
                AgingContract,
                OrderKeyContract,
                TakeAlongContract,
                DelayContract,
                DuplicateContract,
                PeekContract,
                WatchContract {
    private final List<QueueSubject> made = new ArrayList<>();

    /** For subclasses. */
    protected QueueContract() {}

    /**
     * Makes a provider.
     *
     * @param limits its configuration
     * @return a new one
     */
    protected abstract QueueSubject create(Limits limits);

    @Override
    public final QueueSubject subject(Limits limits) {
        QueueSubject subject = create(limits);
        made.add(subject);
        return subject;
    }

    /** Stops what the test made. */
    @AfterEach
    final void closeSubjects() {
        made.forEach(QueueSubject::close);
    }
}

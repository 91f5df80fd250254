package symphony.queue;

import symphony.queue.contract.DuplicateModelContract;
import symphony.queue.contract.Limits;
import symphony.queue.contract.QueueSubject;

class MemoryDuplicatesTest extends DuplicateModelContract {
    @Override
    protected QueueSubject create(Limits limits) {
        return new MemorySubject(limits);
    }
}

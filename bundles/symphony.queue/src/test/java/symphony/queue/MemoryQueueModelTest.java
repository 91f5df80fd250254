package symphony.queue;

import symphony.queue.contract.Limits;
import symphony.queue.contract.QueueModelContract;
import symphony.queue.contract.QueueSubject;

class MemoryQueueModelTest extends QueueModelContract {
    @Override
    protected QueueSubject create(Limits limits) {
        return new MemorySubject(limits);
    }
}

package symphony.queue;

import symphony.queue.contract.Limits;
import symphony.queue.contract.QueueContract;
import symphony.queue.contract.QueueSubject;

class MemoryQueueContractTest extends QueueContract {
    @Override
    protected QueueSubject create(Limits limits) {
        return new MemorySubject(limits);
    }
}

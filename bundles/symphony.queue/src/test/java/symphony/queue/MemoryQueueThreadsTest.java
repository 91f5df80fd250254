package symphony.queue;

import symphony.queue.contract.Limits;
import symphony.queue.contract.QueueSubject;
import symphony.queue.contract.QueueThreadsContract;

class MemoryQueueThreadsTest extends QueueThreadsContract {
    @Override
    protected QueueSubject create(Limits limits) {
        return new MemorySubject(limits);
    }
}

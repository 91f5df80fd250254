/** Queues of events in memory. {@link symphony.queue.MemoryQueueEngine} is where to begin reading. */
package symphony.queue;

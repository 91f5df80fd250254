/**
 * The contract of {@code symphony.api.queue} as tests: a kind of queue passes by extending the abstract classes here and
 * giving them its provider. Begin at {@link symphony.queue.contract.QueueContract}.
 */
package symphony.queue.contract;

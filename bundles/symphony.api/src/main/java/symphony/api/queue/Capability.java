package symphony.api.queue;

import org.osgi.annotation.versioning.ProviderType;

/** What a kind of queue can do beyond the core of the contract. */
@ProviderType
public enum Capability {
    /** An item counts as more urgent the longer it waits. */
    PRIORITY_AGING,
    /** Items with equal order keys are leased one at a time, in order, also while one waits for a retry. */
    ORDER_KEY_HOLD,
    /** Items follow one of their order key that is a dead letter, see {@link OrderFailure#TAKE_ALONG}. */
    ORDER_KEY_TAKE_ALONG,
    /** Each retry has a delay of its own. */
    RETRY_DELAY_PER_ITEM,
    /** An offer tells of each queue whether it took the event. */
    EXACT_RECEIPT,
    /** What waits can be looked at. */
    PEEK,
    /** An item may be pushed that is due later. */
    DELAY,
    /** An event that comes a second time within {@link QueueSpec#duplicatesMillis} is not stored again. */
    DUPLICATES,
    /** No publisher has more than its share of a queue, see {@link QueueProvider#limitShares}. */
    PUBLISHER_SHARE,
    /** Who watches is told of events that end without their consumer, see {@link QueueProvider#watch}. */
    WATCH,
    /** What waits outlives the process. */
    DURABLE
}

package symphony.api.queue;

import org.osgi.annotation.versioning.ProviderType;

/** What to do with the later events of an order key when one of them is given up. Until then they wait in any case. */
@ProviderType
public enum OrderFailure {
    /** Hold them back while that one is tried again, and hand them out once it is a dead letter. */
    HOLD_BACK,
    /**
     * Make them dead letters, too: at once those that wait, and each that is pushed while the subscription has a dead letter of
     * the key; and re-drive none before an earlier one of its key. So the events of a key that have one priority, and no due
     * time of their own, are handled in order, whenever they are re-driven, or not at all.
     *
     * <p>Where a full queue refuses, one that was taken along keeps its slot in the queue's capacity, as long as it has room for
     * it, and is not discarded to make room for other dead letters; so where nobody looks after them, the queue is full in the
     * end and refuses. That ends with the queue, when it is forgotten, and where it makes dead letters of what it has no room
     * for: there they are bounded like others. A provider may bound the memory that all of those with slots have together.
     */
    TAKE_ALONG
}

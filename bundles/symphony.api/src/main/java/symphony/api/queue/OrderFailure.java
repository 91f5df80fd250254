package symphony.api.queue;

import org.osgi.annotation.versioning.ProviderType;

/** What to do with the later events of an order key when one of them is given up. Until then they wait in any case. */
@ProviderType
public enum OrderFailure {
    /** Hold them back while that one is tried again, and hand them out once it is a dead letter. */
    HOLD_BACK,
    /**
     * Make them dead letters, too: at once those that wait, and each that is pushed while the subscription has a dead letter of
     * the key; and re-drive none before an earlier one of its key. So the events of a key that have one priority are handled in
     * order, whenever they are re-driven, or not at all. One that was taken along keeps its slot in the queue's capacity and is
     * never discarded to make room; so where nobody looks after the dead letters, the queue is full in the end and refuses.
     */
    TAKE_ALONG
}

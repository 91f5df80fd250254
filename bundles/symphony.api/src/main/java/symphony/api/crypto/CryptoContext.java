package symphony.api.crypto;

import org.osgi.annotation.versioning.ProviderType;

/** What something was sealed for. Each context has keys of its own, so that nothing sealed for one opens in another. */
@ProviderType
public enum CryptoContext {
    /** Events between publish and handle. */
    EVENT(1),
    /** Events that wait for their time. */
    SCHEDULE(2),
    /** Journals of durable queues. */
    JOURNAL(3),
    /** Models. */
    MODEL(4),
    /** The audit trail. */
    AUDIT(5);

    private final int code;

    CryptoContext(int code) {
        this.code = code;
    }

    /**
     * The context in an envelope's header.
     *
     * @return 1 to 255
     */
    public int code() {
        return code;
    }
}

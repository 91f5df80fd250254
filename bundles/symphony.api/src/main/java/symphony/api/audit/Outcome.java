package symphony.api.audit;

import org.osgi.annotation.versioning.ProviderType;

/** How an audited operation ended. */
@ProviderType
public enum Outcome {
    /** It was done. */
    DONE,
    /** It was not allowed. */
    DENIED,
    /** It was allowed and did not work. */
    FAILED
}

package symphony.api.audit;

/** How an audited operation ended. */
public enum Outcome {
    /** It was done. */
    DONE,
    /** It was not allowed. */
    DENIED,
    /** It was allowed and did not work. */
    FAILED
}

package symphony.api.admission;

/** What is asked of a bundle before it may run. */
public enum AdmissionMode {
    /** Nothing. */
    OFF,
    /** That its jar is sound and its manifest takes nothing that is not its own; who made it does not matter. */
    OPEN,
    /** That, and the signature of somebody who is trusted. */
    SIGNED
}

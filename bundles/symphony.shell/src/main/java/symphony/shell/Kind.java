package symphony.shell;

/** What an argument or an option's value is: decides what completes it. */
enum Kind {
    /** Anything. */
    TEXT,
    /** A topic events were or can be published to. */
    TOPIC,
    /** A topic filter. */
    FILTER,
    /** The identity of a subscription. */
    SUBSCRIPTION,
    /** The identity of a subscription, also of one that has left nothing but dead letters. */
    DEAD_SUBSCRIPTION,
    /** The name of a pool. */
    POOL,
    /** What can be done with the policy. */
    POLICY_ACTION,
    /** What can be done with the audit trail. */
    AUDIT_ACTION,
    /** A kind of record of the audit trail. */
    AUDIT_KIND,
    /** How what is in the audit trail ended. */
    AUDIT_OUTCOME,
    /** What can be done with admission. */
    ADMISSION_ACTION,
    /** What can be done with users. */
    USER_ACTION,
    /** What can be done with quarantines. */
    QUARANTINE_ACTION,
    /** The id of a schedule. */
    SCHEDULE,
    /** The number of a dead letter. */
    DEAD_LETTER,
    /** The name of a closure or a route. */
    WIRING,
    /** A command of ours. */
    COMMAND,
    /** Why an event became a dead letter. */
    DEAD_REASON,
    /** What can be done with dead letters. */
    DEAD_ACTION,
    /** What keys are for. */
    KEY_CONTEXT,
    /** A time zone. */
    ZONE,
    /** What happens about missed times. */
    MISFIRE,
    /** What can be done with models of intents. */
    NLP_ACTION,
    /** A file or the name of a model, as the action wants it. */
    NLP_SUBJECT,
    /** The name of a model. */
    MODEL,
    /** A version of the model that is named before it. */
    MODEL_VERSION,
    /** A file. */
    FILE
}

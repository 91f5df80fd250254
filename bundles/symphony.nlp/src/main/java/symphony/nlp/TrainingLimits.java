package symphony.nlp;

/** How much a model may be trained with. */
final class TrainingLimits {
    static final int EXAMPLES = 200_000;
    static final int INTENTS = 2_000;
    static final int LINE_BYTES = 64 << 10;
    static final int UTTERANCE_CHARS = 10_000;

    /** Of all utterances: a training takes some hundred bytes for each. */
    static final int CHARS = 16 << 20;

    /** Of an utterance for validation there is one for each intent. */
    static final int MARGINS = 64 << 20;

    static final int COLUMNS = 1_000;
    static final int RECORD_CHARS = 1 << 20;

    private TrainingLimits() {}
}

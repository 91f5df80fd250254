package symphony.nlp;

/** How much a model may be trained with. */
final class TrainingLimits {
    static final int EXAMPLES = 200_000;
    static final int INTENTS = 2_000;
    static final int LINE_BYTES = 64 << 10;
    static final int UTTERANCE_CHARS = 10_000;

    private TrainingLimits() {}
}

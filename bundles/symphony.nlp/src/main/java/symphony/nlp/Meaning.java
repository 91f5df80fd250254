package symphony.nlp;

/** What an utterance means, as a vector that is near those of utterances that mean the same. Immutable. */
interface Meaning {
    int dimensions();

    /** The vector of an utterance; the caller's from now on. */
    float[] vector(Reading utterance);
}

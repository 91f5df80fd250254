package symphony.nlp;

/** Reads slots of one kind. Immutable. */
interface SlotReader {
    /**
     * What was read.
     *
     * @param end behind its last token
     * @param value of a type that events may have
     * @param unit of an amount; empty for all others
     */
    record Found(int end, Object value, String unit) {
        Found(int end, Object value) {
            this(end, value, "");
        }
    }

    /** Nothing. */
    Found NOTHING = new Found(0, "");

    /**
     * Reads the longest that begins with a token. Looks at a bounded number of tokens, so that all of an utterance takes time
     * in proportion to its length.
     *
     * @return {@link #NOTHING} if none begins there
     */
    Found read(Tokens tokens, int at);
}

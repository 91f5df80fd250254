package symphony.audit;

/**
 * What became of a draft.
 *
 * @param problem why it is not stored, or nobody knows; for whoever waits
 * @param cause may be null
 */
record Fate(Stage stage, String problem, Throwable cause) {
    static final Fate WAITING = new Fate(Stage.WAITING, "", null);
    static final Fate TAKEN = new Fate(Stage.TAKEN, "", null);
    static final Fate STORED = new Fate(Stage.STORED, "", null);

    /** From the first to the last. */
    enum Stage {
        WAITING,
        /** The writer has it; nobody can take it back any more. */
        TAKEN,
        /** Nobody knows whether it is stored, and whoever waits is told so. It turns out later. */
        DOUBTED,
        STORED,
        REFUSED
    }

    static Fate doubted(String why, Throwable cause) {
        return new Fate(Stage.DOUBTED, why, cause);
    }

    static Fate refused(String why, Throwable cause) {
        return new Fate(Stage.REFUSED, why, cause);
    }

    /** Whether it can become another one. */
    boolean isOpen() {
        return stage.compareTo(Stage.STORED) < 0;
    }
}

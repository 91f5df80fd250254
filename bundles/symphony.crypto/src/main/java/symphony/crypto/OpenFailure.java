package symphony.crypto;

/** Why something could not be opened: for log and audit only, the caller learns none of it. */
enum OpenFailure {
    FORM("malformed"),
    SUITE("suite not accepted in this process"),
    CONTEXT("sealed for another context"),
    // from here on it is told which key was named
    KEY_UNKNOWN("key unknown"),
    KEY_DISABLED("key disabled"),
    KEY_DESTROYED("key destroyed"),
    COMMITMENT("sealed with another key of this id"),
    TAG("changed, or other associated data"),
    CIPHER("the JCA provider failed");

    private final String text;

    OpenFailure(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /** Whether it is about a key of the context. */
    boolean namesKey() {
        return compareTo(KEY_UNKNOWN) >= 0;
    }
}

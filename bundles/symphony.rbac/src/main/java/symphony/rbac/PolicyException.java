package symphony.rbac;

/** A policy cannot be put in force. The message says what is wrong, where, and how to mend it. */
final class PolicyException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String where;

    /**
     * Tells why.
     *
     * @param where a place in the policy, or empty
     * @param what what is wrong there
     */
    PolicyException(String where, String what, Throwable cause) {
        super(where.isEmpty() ? what : where + ": " + what, cause);
        this.where = where;
    }

    /** The place in the policy, as {@code line 3, column 7}; empty if it is the whole of it. */
    String where() {
        return where;
    }
}

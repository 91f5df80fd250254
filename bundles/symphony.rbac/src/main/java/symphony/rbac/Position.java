package symphony.rbac;

/**
 * A place in a policy.
 *
 * @param line from 1
 * @param column from 1, in UTF-16 units
 */
record Position(int line, int column) {
    PolicyException wrong(String what) {
        return new PolicyException(toString(), what, null);
    }

    @Override
    public String toString() {
        return "line " + line + ", column " + column;
    }
}

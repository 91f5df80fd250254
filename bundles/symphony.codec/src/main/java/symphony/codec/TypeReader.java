package symphony.codec;

/** Reads the next value as one type. Immutable, thread-safe. */
@FunctionalInterface
interface TypeReader {
    /**
     * Reads it.
     *
     * @param in stands before the value, afterwards behind it
     * @return the value, of the type; null if the data has null and the type can be
     * @throws Mismatch if it does not fit
     */
    Object read(CborReader in);

    /** Whether there is a value for null, and for a component that the data lacks. */
    default boolean takesNull() {
        return true;
    }

    /** The next value, which is not what was expected: null is, everything else is an error. */
    static Object onlyNull(CborReader in, String expected) {
        Object value = in.any();
        if (value == null) {
            return null;
        }
        throw new Mismatch("is " + Scalars.name(value) + ", expected is " + expected);
    }
}

package symphony.benchmarks.load;

/**
 * The payload of all contestants: four fields, 200 bytes as CBOR.
 *
 * @param customer one of 64 names of {@value #CUSTOMER_CHARS} characters
 * @param number unique in a run: publisher and sequence
 * @param amount a multiple of 0.25, so that sums are exact
 * @param note one of 16 texts of {@value #NOTE_CHARS} characters
 */
public record Order(String customer, long number, double amount, String note) {
    /** Characters of a customer's name, all ASCII. */
    public static final int CUSTOMER_CHARS = 24;

    /** Characters of a note, all ASCII. */
    public static final int NOTE_CHARS = 125;

    private static final int SEQUENCE_BITS = 40;
    private static final String[] CUSTOMERS = texts(64, "customer-%02d", CUSTOMER_CHARS);
    private static final String[] NOTES = texts(16, "leave the parcel number %02d with the neighbours", NOTE_CHARS);

    /**
     * The order of a publisher. Publishers count from 0; their numbers begin above 2<sup>40</sup>, so that each takes nine bytes.
     */
    public static Order of(int publisher, long sequence) {
        return new Order(
                CUSTOMERS[(int) (sequence & 63)],
                (publisher + 1L) << SEQUENCE_BITS | sequence,
                (sequence & 1023) * 0.25,
                NOTES[(int) (sequence >>> 2 & 15)]);
    }

    static int publisherOf(long number) {
        return (int) (number >>> SEQUENCE_BITS) - 1;
    }

    static long sequenceOf(long number) {
        return number & (1L << SEQUENCE_BITS) - 1;
    }

    long check() {
        return check(mark(customer), number, amount, mark(note));
    }

    /** What one order adds to a sum: orders that differ in a field differ in it, for all that matters. */
    static long check(int customer, long number, double amount, int note) {
        return mix(number * 31 + (long) (amount * 4)) + customer * 31L + note;
    }

    /** So that a loss and a duplicate, or two altered orders, do not make up for each other (finalizer of SplitMix64). */
    private static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }

    /** What is looked at in a text: cheap, so that the bus is measured and not this. */
    public static int mark(String text) {
        return mark(text.length(), text.charAt(0), text.charAt(text.length() - 1));
    }

    /** The same of a text that is not a {@code String}. */
    public static int mark(int length, int first, int last) {
        return length << 16 ^ first << 8 ^ last;
    }

    private static String[] texts(int count, String format, int chars) {
        var texts = new String[count];
        for (int i = 0; i < count; i++) {
            var text = new StringBuilder(String.format(format, i));
            while (text.length() < chars) {
                text.append((char) ('a' + (text.length() + i) % 26));
            }
            texts[i] = text.toString();
        }
        return texts;
    }
}

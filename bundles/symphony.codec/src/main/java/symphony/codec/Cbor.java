package symphony.codec;

/** Numbers of RFC 8949 (CBOR), RFC 9581 (tags for time) and the registry of tags, as far as events need them. */
final class Cbor {
    static final int UNSIGNED = 0;
    static final int NEGATIVE = 1;
    static final int BYTES = 2;
    static final int TEXT = 3;
    static final int LIST = 4;
    static final int MAP = 5;
    static final int TAG = 6;
    static final int SIMPLE = 7;

    /** An argument of up to this many minus one lies in the initial byte; then 1, 2, 4 or 8 bytes follow it. */
    static final int ONE_BYTE = 24;

    static final int TWO_BYTES = 25;
    static final int FOUR_BYTES = 26;
    static final int EIGHT_BYTES = 27;
    static final int INDEFINITE = 31;

    static final int FALSE = 0xf4;
    static final int TRUE = 0xf5;
    static final int NULL = 0xf6;
    static final int DOUBLE = 0xfb;

    static final int TAG_POSITIVE = 2;
    static final int TAG_NEGATIVE = 3;
    static final int TAG_DECIMAL = 4;
    static final int TAG_UUID = 37;
    static final int TAG_INSTANT = 1001;
    static final int TAG_DURATION = 1002;

    /** Keys within a time: whole seconds, and nanoseconds on top of them. */
    static final int KEY_SECONDS = 1;

    static final int KEY_NANOS = -9;

    static final int NANOS = 1_000_000_000;
    static final int UUID_BYTES = 16;

    private Cbor() {}
}

package symphony.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;

/** How many bytes {@link CborWriter} would write, up to the limit; nothing is written. One thread only. */
final class CborSize {
    /*
     * So that normalise, which makes no bytes, refuses what encode would, at the same value and before it has copied more than
     * the limit allows. It must agree with CborWriter to the byte; a property test compares them.
     */
    private static final int ONE = 1;
    private static final int REAL = 9;
    private static final int UUID = headBytes(Cbor.TAG_UUID) + ONE + Cbor.UUID_BYTES;
    private static final int TIME = headBytes(Cbor.TAG_INSTANT) + ONE + ONE + ONE;

    private final int limit;
    private int bytes;

    CborSize(int limit) {
        this.limit = limit;
    }

    static Mismatch tooLarge(int limit) {
        return new Mismatch("the data is too large, encoded it has more than " + limit + " bytes; "
                + CodecLimits.PAYLOAD_KEY + " in PID " + CborCodec.PID + " sets how many are allowed");
    }

    int bytes() {
        return bytes;
    }

    /** Refuses if so many bytes more do not fit; counts nothing. */
    void check(long more) {
        if (more > limit - bytes) {
            throw tooLarge(limit);
        }
    }

    private void add(long more) {
        check(more);
        bytes += (int) more;
    }

    /** An initial byte with its argument. */
    void head(long argument) {
        add(headBytes(argument));
    }

    void one() {
        add(ONE);
    }

    void real() {
        add(REAL);
    }

    void uuid() {
        add(UUID);
    }

    void instant(Instant value) {
        time(value.getEpochSecond(), value.getNano());
    }

    void duration(Duration value) {
        time(value.getSeconds(), value.getNano());
    }

    private void time(long seconds, int nanos) {
        add(TIME);
        whole(seconds);
        whole(nanos);
    }

    void whole(long value) {
        head(value >= 0 ? value : ~value);
    }

    void whole(BigInteger value) {
        add(ONE);
        chunk(magnitudeBytes(value));
    }

    void real(BigDecimal value) {
        add(ONE + ONE);
        whole(-(long) value.scale());
        BigInteger mantissa = value.unscaledValue();
        if (mantissa.bitLength() < Long.SIZE) {
            whole(mantissa.longValue());
        } else {
            whole(mantissa);
        }
    }

    void text(String value) {
        check(value.length());
        chunk(Utf8.length(value));
    }

    void bytes(byte[] value) {
        chunk(value.length);
    }

    private void chunk(int length) {
        head(length);
        add(length);
    }

    /** Of a number n, or of -1 - n for a negative one, without leading zeros. */
    static int magnitudeBytes(BigInteger value) {
        return (value.bitLength() + Byte.SIZE - 1) / Byte.SIZE;
    }

    private static int headBytes(long argument) {
        if (argument < 0 || argument > 0xffff_ffffL) {
            return 9;
        }
        if (argument < Cbor.ONE_BYTE) {
            return ONE;
        }
        return argument <= 0xff ? 2 : argument <= 0xffff ? 3 : 5;
    }
}

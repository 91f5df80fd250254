package symphony.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;

/**
 * Writes CBOR into one growing array, up to a limit. There is one way to write each value: definite lengths, the shortest form
 * of each length and integer, doubles always in eight bytes (so a reader knows a {@code Double} from a {@code Long}, and needs
 * no rounding rules), each NaN as the same one. One thread only.
 */
final class CborWriter implements DataSink {
    private static final int MOST_HEAD_BYTES = 9;
    private static final BigInteger LEAST_LONG = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MOST_LONG = BigInteger.valueOf(Long.MAX_VALUE);

    private final int end;
    private final int limit;
    private byte[] out;
    private int at;

    /**
     * Nothing written yet.
     *
     * @param limit most bytes
     * @param expected how many there will be, if that is known; else any number above 0
     * @param before bytes to leave free before them
     * @param after bytes to leave free after them
     */
    CborWriter(int limit, int expected, int before, int after) {
        this.limit = limit;
        this.end = Math.addExact(before, limit);
        this.at = before;
        this.out = new byte[Math.addExact(before + Math.min(limit, expected), after)];
    }

    /** What was written, with the bytes that were left free, in an array of that size. */
    byte[] toBytes(int after) {
        int length = Math.addExact(at, after);
        return length == out.length ? out : Arrays.copyOf(out, length);
    }

    /** No value takes less than a byte. */
    @Override
    public void checkRoom(int values) {
        check(values);
    }

    @Override
    public void openMap(int size) {
        head(Cbor.MAP, size);
        check(2L * size);
    }

    @Override
    public void key(String key) {
        text(key);
    }

    @Override
    public void openList(int size) {
        head(Cbor.LIST, size);
        check(size);
    }

    @Override
    public void close() {
        // Lengths are definite: there is no end mark.
    }

    @Override
    public void nothing() {
        one(Cbor.NULL);
    }

    @Override
    public void flag(boolean value) {
        one(value ? Cbor.TRUE : Cbor.FALSE);
    }

    @Override
    public void whole(long value) {
        if (value >= 0) {
            head(Cbor.UNSIGNED, value);
        } else {
            head(Cbor.NEGATIVE, ~value);
        }
    }

    /** Tagged even where it would fit a {@code long}: that is how its type survives. */
    @Override
    public void whole(BigInteger value) {
        check(CborSize.magnitudeBytes(value)); // before they are copied
        boolean negative = value.signum() < 0;
        head(Cbor.TAG, negative ? Cbor.TAG_NEGATIVE : Cbor.TAG_POSITIVE);
        byte[] magnitude = (negative ? value.not() : value).toByteArray();
        // Two's complement may begin with a byte that holds nothing but the sign; zero is no byte at all (RFC 8949
        // §3.4.3).
        int skip = magnitude[0] == 0 ? 1 : 0;
        bytes(magnitude, skip, magnitude.length - skip);
    }

    @Override
    public void real(double value) {
        room(MOST_HEAD_BYTES);
        out[at++] = (byte) Cbor.DOUBLE;
        eight(Double.doubleToLongBits(value));
    }

    @Override
    public void real(BigDecimal value) {
        head(Cbor.TAG, Cbor.TAG_DECIMAL);
        head(Cbor.LIST, 2);
        whole(-(long) value.scale());
        BigInteger mantissa = value.unscaledValue();
        if (mantissa.compareTo(LEAST_LONG) >= 0 && mantissa.compareTo(MOST_LONG) <= 0) {
            whole(mantissa.longValue());
        } else {
            whole(mantissa);
        }
    }

    @Override
    public void text(String value) {
        int length = value.length();
        int begin = at;
        head(Cbor.TEXT, length);
        room(length);
        byte[] target = out;
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= Utf8.ASCII) {
                at = begin;
                wideText(value);
                return;
            }
            target[at + i] = (byte) c;
        }
        at += length;
    }

    private void wideText(String value) {
        int length = Utf8.length(value);
        head(Cbor.TEXT, length);
        room(length);
        at = Utf8.write(value, out, at);
    }

    @Override
    public void bytes(byte[] value) {
        bytes(value, 0, value.length);
    }

    private void bytes(byte[] value, int offset, int length) {
        head(Cbor.BYTES, length);
        room(length);
        System.arraycopy(value, offset, out, at, length);
        at += length;
    }

    @Override
    public void instant(Instant value) {
        time(Cbor.TAG_INSTANT, value.getEpochSecond(), value.getNano());
    }

    @Override
    public void duration(Duration value) {
        time(Cbor.TAG_DURATION, value.getSeconds(), value.getNano());
    }

    /** Both keys, always: RFC 9581 allows to leave out a fraction of nothing, but then there would be two ways to write it. */
    private void time(int tag, long seconds, int nanos) {
        head(Cbor.TAG, tag);
        head(Cbor.MAP, 2);
        whole(Cbor.KEY_SECONDS);
        whole(seconds);
        whole(Cbor.KEY_NANOS);
        whole(nanos);
    }

    @Override
    public void uuid(UUID value) {
        head(Cbor.TAG, Cbor.TAG_UUID);
        head(Cbor.BYTES, Cbor.UUID_BYTES);
        room(Cbor.UUID_BYTES);
        eight(value.getMostSignificantBits());
        eight(value.getLeastSignificantBits());
    }

    /** An initial byte with its argument, unsigned, in the shortest form. */
    private void head(int major, long argument) {
        int type = major << 5;
        if (argument >= 0 && argument < Cbor.ONE_BYTE) {
            one(type | (int) argument);
        } else if (argument >= 0 && argument <= 0xff) {
            room(2);
            out[at++] = (byte) (type | Cbor.ONE_BYTE);
            out[at++] = (byte) argument;
        } else if (argument >= 0 && argument <= 0xffff) {
            room(3);
            out[at++] = (byte) (type | Cbor.TWO_BYTES);
            out[at++] = (byte) (argument >>> 8);
            out[at++] = (byte) argument;
        } else if (argument >= 0 && argument <= 0xffff_ffffL) {
            room(5);
            out[at++] = (byte) (type | Cbor.FOUR_BYTES);
            for (int shift = 24; shift >= 0; shift -= 8) {
                out[at++] = (byte) (argument >>> shift);
            }
        } else {
            room(MOST_HEAD_BYTES);
            out[at++] = (byte) (type | Cbor.EIGHT_BYTES);
            eight(argument);
        }
    }

    private void one(int value) {
        room(1);
        out[at++] = (byte) value;
    }

    /** Room is there. */
    private void eight(long value) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            out[at++] = (byte) (value >>> shift);
        }
    }

    private void check(long more) {
        if (more > end - at) {
            throw CborSize.tooLarge(limit);
        }
    }

    private void room(int more) {
        check(more);
        if (more > out.length - at) {
            out = Arrays.copyOf(out, (int) Math.min(end, Math.max(2L * out.length, (long) at + more)));
        }
    }
}

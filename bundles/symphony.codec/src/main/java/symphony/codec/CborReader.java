package symphony.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** Reads what {@link CborWriter} wrote, and refuses everything else. One thread only. */
final class CborReader {
    /*
     * There is exactly one byte sequence for each value, so "could the writer have written this" is decided locally, head by
     * head: shortest form of each argument, definite lengths, known tags around the shape that belongs to them, no key twice,
     * valid UTF-8, nothing after the end.
     *
     * Bounds: a length is compared with what is left of the input before anything is allocated; a list or map begins small
     * whatever it says of itself, since lists within lists could each claim all that is left; nesting ends at MOST_DEPTH, so
     * the recursion does. Each value takes at least one byte, so time and memory are linear in the input.
     */
    static final int FIRST_ELEMENTS = 64;

    private static final long LEAST_SECOND = Instant.MIN.getEpochSecond();
    private static final long MOST_SECOND = Instant.MAX.getEpochSecond();

    private final byte[] in;
    private final int begin;
    private final int end;
    private int at;
    private int depth;

    CborReader(byte[] in, int offset, int length) {
        Objects.requireNonNull(in, "bytes");
        if (offset < 0 || length < 0 || length > in.length - offset) {
            throw new Mismatch(length + " bytes at " + offset + " do not lie within " + in.length);
        }
        this.in = in;
        this.begin = offset;
        this.at = offset;
        this.end = offset + length;
    }

    /** Capacity for a map that grows no further, within reason. */
    static int tableSize(int entries) {
        return Math.min(entries, FIRST_ELEMENTS) * 4 / 3 + 1;
    }

    /** This, if the data begins with a map, as all data does. */
    CborReader atDocument() {
        if (at < end && !nextIs(Cbor.MAP)) {
            throw wrong(at, "is no map, data begins with one");
        }
        return this;
    }

    /** The whole data. */
    Map<String, Object> document() {
        return atDocument().map();
    }

    /** Whether the next value is of this major type. */
    boolean nextIs(int major) {
        return at < end && (in[at] & 0xff) >> 5 == major;
    }

    /** Enters the next value, a map; gives how many entries follow. {@link #close()} it after them. */
    int openMap() {
        return open(2);
    }

    /** Enters the next value, a list; gives how many elements follow. {@link #close()} it after them. */
    int openList() {
        return open(1);
    }

    private int open(int leastBytes) {
        int where = at;
        long size = argument(next());
        if (size < 0 || size > (end - at) / leastBytes) {
            throw wrong(where, "announces more than the " + (end - at) + " bytes that are left");
        }
        if (++depth > CodecLimits.MOST_DEPTH) {
            throw wrong(where, "is nested more than " + CodecLimits.MOST_DEPTH + " levels deep");
        }
        return (int) size;
    }

    /** Leaves the innermost map or list, whose entries were all read. */
    void close() {
        depth--;
    }

    /** Checks that nothing follows. */
    void finish() {
        if (at != end) {
            throw wrong(at, "follows after the end of the data, with " + (end - at - 1) + " more");
        }
    }

    /** Skips the next key if it is this one, as the writer writes it. */
    boolean skipKey(byte[] encoded) {
        boolean same =
                encoded.length <= end - at && Arrays.equals(in, at, at + encoded.length, encoded, 0, encoded.length);
        if (same) {
            at += encoded.length;
        }
        return same;
    }

    /** The next value, a map's key. */
    String key() {
        if (at < end && !nextIs(Cbor.TEXT)) {
            throw wrong(at, "is a key that is no text");
        }
        return text(next());
    }

    Mismatch twice(String key) {
        return wrong(at, "comes after a key that was there before").in(key);
    }

    /** The next value, whatever it is. */
    Object any() {
        int where = at;
        int initial = next();
        switch (initial >> 5) {
            case Cbor.UNSIGNED, Cbor.NEGATIVE -> {
                return integer(initial);
            }
            case Cbor.BYTES -> {
                return bytes(initial);
            }
            case Cbor.TEXT -> {
                return text(initial);
            }
            case Cbor.LIST -> {
                at = where;
                return list();
            }
            case Cbor.MAP -> {
                at = where;
                return map();
            }
            case Cbor.TAG -> {
                return tagged(where, argument(initial));
            }
            default -> {
                return simple(where, initial);
            }
        }
    }

    private Map<String, Object> map() {
        int size = openMap();
        Map<String, Object> map = new LinkedHashMap<>(tableSize(size));
        for (int i = 0; i < size; i++) {
            String key = key();
            if (map.containsKey(key)) {
                throw twice(key);
            }
            try {
                map.put(key, any());
            } catch (Mismatch e) {
                throw e.in(key);
            }
        }
        close();
        return Collections.unmodifiableMap(map);
    }

    private List<Object> list() {
        int size = openList();
        var list = new ArrayList<Object>(Math.min(size, FIRST_ELEMENTS));
        for (int i = 0; i < size; i++) {
            try {
                list.add(any());
            } catch (Mismatch e) {
                throw e.in(i);
            }
        }
        close();
        return Collections.unmodifiableList(list);
    }

    private Object simple(int where, int initial) {
        return switch (initial) {
            case Cbor.FALSE -> Boolean.FALSE;
            case Cbor.TRUE -> Boolean.TRUE;
            case Cbor.NULL -> null;
            case Cbor.DOUBLE -> real(where);
            case 0xff -> throw wrong(where, "ends something of indefinite length, which is not allowed");
            default -> throw wrong(where, "is a simple value or a short float, which events do not have");
        };
    }

    private Double real(int where) {
        long bits = big(8);
        double value = Double.longBitsToDouble(bits);
        if (bits != Double.doubleToLongBits(value)) {
            throw wrong(where, "is an unusual NaN");
        }
        return value;
    }

    private Object tagged(int where, long tag) {
        if (tag == Cbor.TAG_POSITIVE || tag == Cbor.TAG_NEGATIVE) {
            return bigInteger(where, tag == Cbor.TAG_NEGATIVE);
        }
        if (tag == Cbor.TAG_DECIMAL) {
            return decimal(where);
        }
        if (tag == Cbor.TAG_UUID) {
            expect(where, Cbor.BYTES, Cbor.UUID_BYTES);
            return new UUID(big(8), big(8));
        }
        if (tag == Cbor.TAG_INSTANT || tag == Cbor.TAG_DURATION) {
            return time(where, tag == Cbor.TAG_INSTANT);
        }
        throw wrong(where, "is tag " + Long.toUnsignedString(tag) + ", which events do not have");
    }

    private BigInteger bigInteger(int where, boolean negative) {
        if (!nextIs(Cbor.BYTES)) {
            throw wrong(where, "is a tag around something that does not belong to it");
        }
        byte[] magnitude = bytes(next());
        if (magnitude.length > 0 && magnitude[0] == 0) {
            throw wrong(where, "is a big integer with leading zeros");
        }
        BigInteger value = new BigInteger(1, magnitude);
        return negative ? value.not() : value;
    }

    private BigDecimal decimal(int where) {
        expect(where, Cbor.LIST, 2);
        long scale = -smallInteger(where);
        if (scale != (int) scale) {
            throw wrong(where, "is a decimal whose exponent is out of range");
        }
        if (!nextIs(Cbor.TAG)) {
            return new BigDecimal(BigInteger.valueOf(smallInteger(where)), (int) scale);
        }
        long tag = argument(next());
        if (tag != Cbor.TAG_POSITIVE && tag != Cbor.TAG_NEGATIVE) {
            throw wrong(where, "is a decimal whose mantissa is no integer");
        }
        BigInteger mantissa = bigInteger(where, tag == Cbor.TAG_NEGATIVE);
        if (mantissa.bitLength() < Long.SIZE) {
            throw wrong(where, "is a decimal whose mantissa is not in its shortest form");
        }
        return new BigDecimal(mantissa, (int) scale);
    }

    private Object time(int where, boolean instant) {
        expect(where, Cbor.MAP, 2);
        expectKey(where, Cbor.KEY_SECONDS);
        long seconds = smallInteger(where);
        expectKey(where, Cbor.KEY_NANOS);
        long nanos = smallInteger(where);
        if (nanos < 0 || nanos >= Cbor.NANOS || instant && (seconds < LEAST_SECOND || seconds > MOST_SECOND)) {
            throw wrong(where, "is a time out of range");
        }
        return instant ? Instant.ofEpochSecond(seconds, nanos) : Duration.ofSeconds(seconds, nanos);
    }

    private void expectKey(int where, int key) {
        if (smallInteger(where) != key) {
            throw wrong(where, "is a time with other keys than " + Cbor.KEY_SECONDS + " and " + Cbor.KEY_NANOS);
        }
    }

    /** The next value must be of this type and size. */
    private void expect(int where, int major, int size) {
        if (!nextIs(major) || argument(next()) != size || major == Cbor.BYTES && size > end - at) {
            throw wrong(where, "is a tag around something that does not belong to it");
        }
    }

    private long smallInteger(int where) {
        if (!nextIs(Cbor.UNSIGNED) && !nextIs(Cbor.NEGATIVE)) {
            throw wrong(where, "is a tag around something that does not belong to it");
        }
        return integer(next());
    }

    private Long integer(int initial) {
        long value = argument(initial);
        if (value < 0) {
            throw wrong(at, "comes after an integer of more than 64 bits");
        }
        return initial >> 5 == Cbor.NEGATIVE ? ~value : value;
    }

    private byte[] bytes(int initial) {
        int length = length(initial);
        byte[] bytes = Arrays.copyOfRange(in, at, at + length);
        at += length;
        return bytes;
    }

    private String text(int initial) {
        int length = length(initial);
        String text = Utf8.read(in, at, length);
        at += length;
        return text;
    }

    private int length(int initial) {
        int where = at - 1;
        long length = argument(initial);
        if (length < 0 || length > end - at) {
            throw wrong(where, "announces more than the " + (end - at) + " bytes that are left");
        }
        return (int) length;
    }

    /** The unsigned argument of an initial byte; negative if it needs all 64 bits. */
    private long argument(int initial) {
        int info = initial & 0x1f;
        if (info < Cbor.ONE_BYTE) {
            return info;
        }
        int where = at - 1;
        if (info > Cbor.EIGHT_BYTES) {
            throw wrong(
                    where, info == Cbor.INDEFINITE ? "is of indefinite length, which is not allowed" : "is reserved");
        }
        int size = 1 << info - Cbor.ONE_BYTE;
        long value = big(size);
        boolean shorter = size == 1 ? value < Cbor.ONE_BYTE : value >>> size * Byte.SIZE / 2 == 0;
        if (shorter) {
            throw wrong(where, "has a number that is not in its shortest form");
        }
        return value;
    }

    private long big(int size) {
        if (size > end - at) {
            at = end;
            throw ended();
        }
        long value = 0;
        for (int i = 0; i < size; i++) {
            value = value << 8 | in[at++] & 0xff;
        }
        return value;
    }

    private int next() {
        if (at >= end) {
            throw ended();
        }
        return in[at++] & 0xff;
    }

    private Mismatch ended() {
        return new Mismatch("the " + (end - begin) + " bytes end in the middle of a value");
    }

    private Mismatch wrong(int where, String what) {
        return new Mismatch("byte " + (where - begin) + " of " + (end - begin) + " " + what);
    }
}

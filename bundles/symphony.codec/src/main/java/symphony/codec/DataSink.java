package symphony.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * Takes data piece by piece, in the types that events carry. Calls nest properly and sizes are right. Each method throws
 * {@link Mismatch} as soon as it is certain that the data will be too large, before it allocates for it. One thread only.
 */
interface DataSink {
    /** Says whether so many values more can fit at all, by throwing if not; for callers that would have to copy them first. */
    void checkRoom(int values);

    /** Begins a map; {@code size} keys, each with one value, follow, then {@link #close()}. */
    void openMap(int size);

    /** The key of the value that follows. */
    void key(String key);

    /** Begins a list; {@code size} values follow, then {@link #close()}. */
    void openList(int size);

    /** Ends the innermost map or list. */
    void close();

    void nothing();

    void flag(boolean value);

    void whole(long value);

    void whole(BigInteger value);

    void real(double value);

    void real(BigDecimal value);

    void text(String value);

    /** Bytes; the sink copies them. */
    void bytes(byte[] value);

    void instant(Instant value);

    void duration(Duration value);

    void uuid(UUID value);
}

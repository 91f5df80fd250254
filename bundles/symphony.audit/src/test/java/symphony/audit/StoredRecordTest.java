package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;
import symphony.api.audit.AuditRecord.Kind;

class StoredRecordTest {
    private final ChainHash chain = new ChainHash();

    private StoredRecord first() {
        return StoredRecord.make(
                new StoredRecord.Header(Kind.START, false, true, 1, 0x1122334455L),
                new byte[] {7, 8},
                ChainHash.none(),
                chain);
    }

    private StoredRecord second() {
        return StoredRecord.make(
                new StoredRecord.Header(Kind.SECURITY, true, false, 2, 0x1122334456L),
                new byte[] {9},
                first().hash(),
                chain);
    }

    /** The bytes of the format, written by hand. */
    @Test
    void isStoredAsTheFormatSays() throws Exception {
        String header = "01090200" + "0000000000000001" + "0000001122334455" + "00".repeat(32) + "0708";
        byte[] before = HexFormat.of().parseHex("00".repeat(32) + header);
        String hash = HexFormat.of().formatHex(ChainHash.sha256().digest(before));
        assertThat(HexFormat.of().formatHex(first().bytes())).isEqualTo(header + hash);

        String next = "01010100" + "0000000000000002" + "0000001122334456" + "09";
        String nextHash = HexFormat.of()
                .formatHex(ChainHash.sha256().digest(HexFormat.of().parseHex(hash + next)));
        assertThat(HexFormat.of().formatHex(second().bytes())).isEqualTo(next + nextHash);
    }

    @Test
    void isReadBack() throws Exception {
        StoredRecord read = StoredRecord.parse(second().bytes());
        assertThat(read.kind()).isEqualTo(Kind.SECURITY);
        assertThat(read.isSealed()).isTrue();
        assertThat(read.hasPreviousHash()).isFalse();
        assertThat(read.sequence()).isEqualTo(2);
        assertThat(read.timeMillis()).isEqualTo(0x1122334456L);
        assertThat(read.content()).containsExactly(9);
        assertThat(read.associatedData()).isEqualTo(Arrays.copyOf(second().bytes(), 20));
        assertThat(read.follows(first().hash(), chain)).isTrue();
        assertThat(StoredRecord.parse(first().bytes()).previousHash()).isEqualTo(ChainHash.none());
    }

    @Property
    void followsNothingElseIfAnyBitIsChanged(@ForAll int at, @ForAll byte bits) throws Exception {
        byte[] changed = second().bytes().clone();
        int place = Math.floorMod(at, changed.length);
        changed[place] ^= bits == 0 ? 1 : bits;
        StoredRecord read;
        try {
            read = StoredRecord.parse(changed);
        } catch (MalformedRecordException e) {
            return;
        }
        assertThat(read.follows(first().hash(), chain)).isFalse();
    }

    @Test
    void saysWhyBytesAreNoRecord() {
        byte[] bytes = second().bytes();
        assertThatThrownBy(() -> StoredRecord.parse(new byte[51])).hasMessageContaining("51 bytes");
        assertThatThrownBy(() -> StoredRecord.parse(with(bytes, 0, 2))).hasMessageContaining("version 2");
        assertThatThrownBy(() -> StoredRecord.parse(with(bytes, 1, 10))).hasMessageContaining("unknown kind 10");
        assertThatThrownBy(() -> StoredRecord.parse(with(bytes, 2, 4))).hasMessageContaining("unknown flags");
        assertThatThrownBy(() -> StoredRecord.parse(with(bytes, 3, 1))).hasMessageContaining("unknown flags");
        assertThatThrownBy(() -> StoredRecord.parse(with(bytes, 2, 3))).hasMessageContaining("too short");
        assertThatThrownBy(() -> StoredRecord.parse(with(bytes, 4, -1))).hasMessageContaining("sequence");
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    /** Of those that begin as a record does, many are one. */
    @Property
    void anyBytesAreARecordOrAreRefused(
            @ForAll @IntRange(max = 10) int kind,
            @ForAll @IntRange(max = 4) int flags,
            @ForAll long sequence,
            @ForAll long time,
            @ForAll @Size(max = 150) byte[] rest) {
        byte[] bytes = ByteBuffer.allocate(20 + rest.length)
                .put(new byte[] {1, (byte) kind, (byte) flags, 0})
                .putLong(sequence)
                .putLong(time)
                .put(rest)
                .array();
        int hashes = (flags & 2) == 0 ? 32 : 64;
        boolean isOne = kind >= 1 && kind <= 9 && flags < 4 && sequence >= 1 && rest.length >= hashes;
        Statistics.collect(isOne);
        try {
            StoredRecord read = StoredRecord.parse(bytes);
            assertThat(isOne).isTrue();
            assertThat(read.sequence()).isEqualTo(sequence);
            assertThat(read.timeMillis()).isEqualTo(time);
            assertThat(read.content()).hasSize(rest.length - hashes);
            assertThat(read.isSealed()).isEqualTo((flags & 1) != 0);
            assertThat(read.hasPreviousHash()).isEqualTo((flags & 2) != 0);
            read.follows(new byte[32], chain);
        } catch (MalformedRecordException e) {
            assertThat(isOne).as(e.getMessage()).isFalse();
            assertThat(e).hasMessageStartingWith("it");
        }
    }

    @Property
    void anyBytesAtAllAreRefusedOrARecord(@ForAll byte[] bytes) {
        assertThat(StoredRecord.ofAny(bytes).stream())
                .allSatisfy(read -> assertThat(read.sequence()).isPositive());
    }

    @Test
    void followsOnlyWhatItSaysItself() {
        byte[] before = first().hash();
        byte[] other = new byte[32];
        byte[] names = Forgery.naming(second(), Optional.of(before), before);
        byte[] namesAnother = Forgery.naming(second(), Optional.of(other), before);
        assertThat(StoredRecord.ofAny(names).orElseThrow().follows(before, chain))
                .isTrue();
        assertThat(StoredRecord.ofAny(namesAnother).orElseThrow().follows(before, chain))
                .isFalse();
    }
}

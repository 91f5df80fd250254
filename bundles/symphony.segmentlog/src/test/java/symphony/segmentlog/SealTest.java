package symphony.segmentlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static symphony.segmentlog.Log.SMALL;
import static symphony.segmentlog.Log.append;
import static symphony.segmentlog.Log.texts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.segmentlog.SegmentLogException.Reason;

@Timeout(60)
class SealTest {
    private final TestKeys keys = new TestKeys("secret");
    private final SegmentLogOptions sealed = SMALL.withKeys(keys);

    private SegmentLog open(SimulatedDisk disk, SegmentLogOptions options) throws IOException {
        return SegmentLog.open(Image.FOLDER, options, disk, new SecureRandom());
    }

    @Test
    void handsOutWhatWasSealedAndLeavesNoPlaintextOnTheDisk() throws Exception {
        Image image = Image.closed(sealed);
        assertThat(Log.texts(List.copyOf(image.frames()))).contains("first of group 0");
        assertThat(new String(image.content(1), StandardCharsets.ISO_8859_1)).doesNotContain("group");
        assertThat(Image.closed(SMALL).content(1))
                .asString(StandardCharsets.ISO_8859_1)
                .contains("group");
    }

    @Test
    void takesBodiesUpToTheGreatest() throws IOException {
        try (SegmentLog log = open(new SimulatedDisk(), sealed);
                SegmentLog plain = open(new SimulatedDisk(), SMALL)) {
            assertThat(log.maxBodyBytes()).isEqualTo(plain.maxBodyBytes() - 16);
            log.append(new byte[log.maxBodyBytes()]);
            append(log, "");
            assertThat(texts(log)).hasSize(2).last().isEqualTo("");
        }
    }

    @Test
    void refusesAFrameWhoseChecksWereMendedByWhoeverChangedIt() throws Exception {
        Image image = Image.closed(sealed);
        Frame fourth = image.frames().get(3);
        image.content(1)[fourth.position().offset() + Format.FRAME_HEADER_BYTES] ^= 1;
        Image.mend(image.content(1), fourth.position().offset());
        Image.Reading reading = image.read();
        assertThat(reading.frames()).hasSize(9);
        assertThat(reading.gaps())
                .extracting(Gap::position, Gap::next, Gap::cause)
                .containsExactly(tuple(fourth.position(), fourth.next(), Gap.Cause.SEAL));
    }

    /** A frame in the place of another one of its size, with checks that are right there. */
    @Test
    void refusesAFrameThatWasPutInThePlaceOfAnother() throws Exception {
        var disk = new SimulatedDisk();
        try (SegmentLog log = open(disk, sealed)) {
            append(log, "aaaa");
            append(log, "bbbb");
        }
        byte[] content = disk.content(Image.FILES.file(1));
        int bytes = Format.frameBytes(4 + Format.TAG_BYTES);
        int bodyAt = Format.FRAMES_AT + Format.FRAME_HEADER_BYTES;
        System.arraycopy(content, bodyAt, content, bodyAt + bytes, 4 + Format.TAG_BYTES);
        Image.mend(content, Format.FRAMES_AT + bytes);
        try (SegmentLog log = open(disk, sealed)) {
            assertThat(texts(log)).containsExactly("aaaa");
        }
    }

    /** All else is right: its checks, and its number. */
    @Test
    void refusesAFrameThatWasMovedToAnotherPlace() throws Exception {
        var disk = new SimulatedDisk();
        try (SegmentLog log = open(disk, sealed)) {
            append(log, "aaaa");
            append(log, "bbbb");
        }
        byte[] content = disk.content(Image.FILES.file(1));
        int bytes = Format.frameBytes(4 + Format.TAG_BYTES);
        System.arraycopy(content, Format.FRAMES_AT + bytes, content, Format.FRAMES_AT, bytes);
        ByteBuffer.wrap(content).putInt(Format.FRAMES_AT + 8, Format.FRAMES_AT);
        Image.mend(content, Format.FRAMES_AT);
        try (SegmentLog log = open(disk, sealed);
                LogReader reader = log.read(Position.BEGIN)) {
            List<LogItem> items = Log.items(reader);
            assertThat(Log.texts(items)).isEmpty();
            assertThat(Log.causes(items)).containsSequence(Gap.Cause.DAMAGED, Gap.Cause.SEAL);
        }
    }

    @Test
    void tellsAWrongKeyFromAChangedFrame() throws Exception {
        Image image = Image.closed(sealed);
        Image.Reading reading = image.read(SMALL.withKeys(new TestKeys("another")));
        assertThat(reading.frames()).isEmpty();
        assertThat(reading.gaps())
                .containsExactly(new Gap(
                        new Position(1, 0),
                        new Position(2, 0),
                        Gap.Cause.SEAL,
                        "the segment is sealed with another key than that with the id 7"));
    }

    @Test
    void handsOutNoFrameOfASegmentWithoutASealWhereThereAreKeys() throws Exception {
        Image.Reading reading = Image.closed(SMALL).read(sealed);
        assertThat(reading.frames()).isEmpty();
        assertThat(reading.gaps())
                .extracting(Gap::cause, Gap::detail)
                .containsExactly(tuple(Gap.Cause.SEAL, "the segment is not sealed, and the log is"));
    }

    @Test
    void saysThatThereAreNoKeysForASealedSegment() throws Exception {
        Image.Reading reading = Image.closed(sealed).read(SMALL);
        assertThat(reading.frames()).isEmpty();
        assertThat(reading.gaps())
                .extracting(Gap::cause, Gap::detail)
                .containsExactly(tuple(Gap.Cause.SEAL, "the segment is sealed, and there are no keys"));
    }

    @Test
    void refusesAppendsWithoutAKeyAndGoesOnWithOne() throws Exception {
        var disk = new SimulatedDisk();
        try (SegmentLog log = open(disk, sealed)) {
            keys.forget(7);
            assertThatThrownBy(() -> append(log, "one"))
                    .isInstanceOfSatisfying(
                            SegmentLogException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.KEY))
                    .hasMessageContaining("segment log log: there is no key with the id 7 for segment 1:")
                    .hasMessageContaining("key 7 was destroyed");
            assertThat(log.segments()).isEmpty();
            keys.rotateTo(8);
            append(log, "two");
            assertThat(texts(log)).containsExactly("two");
            keys.forget(8);
            append(log, "three");
            try (LogReader reader = log.read(Position.BEGIN)) {
                assertThatThrownBy(reader::next)
                        .isInstanceOfSatisfying(
                                SegmentLogException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.KEY));
                keys.rotateTo(8);
                assertThat(texts(Log.items(reader))).as("the same again").containsExactly("two", "three");
            }
        }
    }

    /** As from a bundle that is being updated. */
    @Test
    void takesKeysWhoseClassesAreGoneForNone() throws Exception {
        var isGone = new AtomicBoolean(true);
        SegmentKeys leaving = new SegmentKeys() {
            @Override
            public int keyId() {
                if (isGone.getAndSet(false)) {
                    throw new NoClassDefFoundError("some.Key");
                }
                isGone.set(true);
                return keys.keyId();
            }

            @Override
            public SecretKey derive(int keyId, byte[] salt) throws GeneralSecurityException {
                if (isGone.getAndSet(false)) {
                    throw new NoClassDefFoundError("some.Key");
                }
                return keys.derive(keyId, salt);
            }
        };
        var disk = new SimulatedDisk();
        try (SegmentLog log = open(disk, SMALL.withKeys(leaving))) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> append(log, "one"))
                        .isInstanceOfSatisfying(
                                SegmentLogException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.KEY))
                        .hasMessageContaining("java.lang.NoClassDefFoundError: some.Key");
            }
        }
        isGone.set(false);
        try (SegmentLog log = open(disk, sealed)) {
            append(log, "two");
            assertThat(texts(log)).containsExactly("two");
        }
    }

    @Test
    void asksForKeysOnAThreadThatInheritsNothing() throws Exception {
        var inherited = new InheritableThreadLocal<String>();
        inherited.set("of the opener");
        var seen = new ArrayList<Object>();
        SegmentKeys looking = new SegmentKeys() {
            @Override
            public int keyId() {
                seen.add(String.valueOf(inherited.get()));
                seen.add(Thread.currentThread().getContextClassLoader());
                return keys.keyId();
            }

            @Override
            public SecretKey derive(int keyId, byte[] salt) throws GeneralSecurityException {
                return keys.derive(keyId, salt);
            }
        };
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try (SegmentLog log = open(new SimulatedDisk(), SMALL.withKeys(looking))) {
            append(log, "one");
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
        assertThat(seen).containsExactly("null", SegmentLog.class.getClassLoader());
    }

    @Test
    void sealsANewSegmentWithTheKeyOfItsTimeAndTellsWhichKeysAreInUse() throws Exception {
        var disk = new SimulatedDisk();
        try (SegmentLog log = open(disk, sealed)) {
            append(log, "with 7");
            keys.rotateTo(8);
            append(log, "still with 7");
            log.rotate();
            append(log, "with 8");
            assertThat(log.segments())
                    .extracting(SegmentInfo::isSealed, SegmentInfo::keyId)
                    .containsExactly(tuple(true, 7), tuple(true, 8));
        }
        try (SegmentLog log = open(disk, sealed)) {
            assertThat(log.segments()).extracting(SegmentInfo::keyId).containsExactly(7, 8);
            assertThat(texts(log)).containsExactly("with 7", "still with 7", "with 8");
        }
    }

    @Test
    void neverUsesAKeyForTwoSegments() throws Exception {
        var disk = new SimulatedDisk();
        var salts = new HashSet<String>();
        int segments = 0;
        for (int life = 0; life < 10; life++) {
            try (SegmentLog log = open(disk, sealed)) {
                append(log, "one");
                log.rotate();
                disk.limitTo(disk.usedBytes());
                assertThatThrownBy(() -> append(log, "no room")).hasMessageContaining("no new segment could be made");
                disk.limitTo(Long.MAX_VALUE);
                append(log, "two");
                disk.failForce(life % 2);
                assertThatThrownBy(() -> {
                            append(log, "three");
                            log.rotate();
                        })
                        .hasMessageContaining("takes nothing more");
                disk.killProcess();
            }
            segments += 2;
        }
        for (long number = 1; number <= segments; number++) {
            byte[] header = Arrays.copyOf(disk.content(Image.FILES.file(number)), Format.HEADER_BYTES);
            salts.add(Arrays.toString(
                    SegmentHeader.parse(header, number).orElseThrow().salt()));
        }
        assertThat(salts).hasSize(segments);
    }

    @Test
    void refusesAKeyThatIsNoAes256() throws Exception {
        SegmentKeys small = new SegmentKeys() {
            @Override
            public int keyId() {
                return 1;
            }

            @Override
            public SecretKey derive(int keyId, byte[] salt) {
                return new SecretKeySpec(salt, "AES");
            }
        };
        try (SegmentLog log = open(new SimulatedDisk(), SMALL.withKeys(small))) {
            assertThatThrownBy(() -> append(log, "one")).hasMessageContaining("it has 16 bytes, must have 32");
        }
    }
}

package symphony.segmentlog;

import static org.assertj.core.api.Assertions.assertThat;
import static symphony.segmentlog.Log.SMALL;

import java.io.IOException;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each bit of a small log is flipped: that is reported, or the bit means nothing; what is handed out is as it was appended. */
@Timeout(120)
class FlippedBitsTest {
    @Test
    void areReportedInALogThatWasClosed() throws Exception {
        Image image = Image.closed(SMALL);
        BitSet meaning = meaningful(image);
        int end = image.content(1).length - Format.END_BYTES;
        meaning.set(end, end + Format.FRAME_HEADER_BYTES);
        flipAll(image, meaning, 1);
    }

    @Test
    void areReportedInASealedLog() throws Exception {
        Image image = Image.closed(SMALL.withKeys(new TestKeys("secret")));
        BitSet meaning = meaningful(image);
        int end = image.content(1).length - Format.END_BYTES;
        meaning.set(end, end + Format.FRAME_HEADER_BYTES);
        flipAll(image, meaning, 1);
    }

    @Test
    void areReportedInASegmentThatEndedInACrashAndIsFollowed() throws Exception {
        Image image = Image.followed(SMALL);
        BitSet meaning = meaningful(image);
        meaning.set(image.frames().get(9).next().offset(), image.content(1).length);
        flipAll(image, meaning, 1);
    }

    /** Here nobody can tell the last group from one that was torn: it may go as a whole, with all its four frames. */
    @Test
    void areReportedInALogThatEndedInACrash() throws Exception {
        Image image = Image.killed(SMALL);
        BitSet meaning = meaningful(image);
        meaning.set(image.frames().get(9).next().offset(), image.content(1).length);
        flipAll(image, meaning, 4);
    }

    private static BitSet meaningful(Image image) {
        assertThat(image.frames()).hasSizeGreaterThanOrEqualTo(10);
        var bytes = new BitSet();
        bytes.set(0, Format.HEADER_BYTES);
        bytes.set(Format.SECOND_HEADER_AT, Format.SECOND_HEADER_AT + Format.HEADER_BYTES);
        for (Frame frame : image.frames()) {
            if (frame.position().segment() == 1) {
                bytes.set(frame.position().offset(), image.endOf(frame));
            }
        }
        return bytes;
    }

    private static void flipAll(Image image, BitSet meaningful, int mostLost) throws IOException {
        flipWhatMeansNothing(image, meaningful);
        byte[] content = image.content(1);
        int framesEnd = image.frames().get(9).next().offset() + Format.END_BYTES;
        int lost = 0;
        for (int at = meaningful.nextSetBit(0); at >= 0; at = meaningful.nextSetBit(at + 1)) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                if (at < framesEnd || at % 7 == 0 && bit == at % Byte.SIZE) { // some where there are only zeros
                    content[at] ^= (byte) (1 << bit);
                    lost = Math.max(lost, check(image, mostLost, "bit " + bit + " of byte " + at));
                    content[at] ^= (byte) (1 << bit);
                }
            }
        }
        assertThat(lost).isEqualTo(mostLost);
    }

    /** All of them at once. */
    private static void flipWhatMeansNothing(Image image, BitSet meaningful) throws IOException {
        byte[] content = image.content(1);
        byte[] before = content.clone();
        for (int at = meaningful.nextClearBit(0); at < content.length; at = meaningful.nextClearBit(at + 1)) {
            content[at] ^= (byte) 0xff;
        }
        Image.Reading reading = image.read();
        assertThat(reading.isReported()).as("%s", reading).isFalse();
        assertThat(reading.frames())
                .hasSameSizeAs(image.frames())
                .allMatch(frame -> image.frames().stream().anyMatch(each -> Image.isSame(each, frame)));
        System.arraycopy(before, 0, content, 0, before.length);
    }

    private static int check(Image image, int mostLost, String what) throws IOException {
        Image.Reading reading = image.read();
        assertThat(reading.isReported()).as(what).isTrue();
        int lost = 0;
        for (Frame frame : image.frames()) {
            if (!reading.has(frame)) {
                lost++;
                assertThat(reading.reports(frame.position())).as(what).isTrue();
            }
        }
        assertThat(reading.frames().size() + lost)
                .as("%s: frames that are none", what)
                .isEqualTo(image.frames().size());
        assertThat(lost).as(what).isLessThanOrEqualTo(mostLost);
        return lost;
    }
}

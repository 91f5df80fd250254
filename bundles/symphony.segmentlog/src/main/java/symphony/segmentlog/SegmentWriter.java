package symphony.segmentlog;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import symphony.segmentlog.FileLayer.WritableFile;
import symphony.segmentlog.SegmentLogException.Reason;

/** The one segment that is written. The log's writer thread only. */
final class SegmentWriter implements Closeable {
    /*
     * What is written behind zeros that have been there needs no change of the file's metadata, so force(false) is one write of
     * the disk. Zeros are written a step at a time, since all of a segment at once would hold up who waits then.
     *
     * Nothing of a frame is written, and no index used, before there is room for it: what a full disk refuses leaves no trace.
     */
    private static final int STEP_BYTES = 1 << 20;
    private static final int LEAST_STEP_BYTES = 4 << 10;
    /** The header and some room; at least for the segment's end, so that it can be finished in any case. */
    private static final int FIRST_BYTES = Format.FRAMES_AT + LEAST_STEP_BYTES;

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(64 << 10).asReadOnlyBuffer();

    private final WritableFile file;
    private final SegmentHeader header;
    private final FrameCheck check;
    private final Seal seal;
    private final ByteBuffer buffer;

    /** Behind the zeros that were written. */
    private int allocated = FIRST_BYTES;
    /** Where the buffer's first byte belongs. */
    private int written = Format.FRAMES_AT;
    /** Behind the last frame, or the segment's end. */
    private int end = Format.FRAMES_AT;

    private int forced = Format.FRAMES_AT;
    private int lastIndex;
    private boolean isGrown;
    private boolean isFinished;

    private SegmentWriter(WritableFile file, SegmentHeader header, Seal seal, ByteBuffer buffer) {
        this.file = file;
        this.header = header;
        this.check = new FrameCheck(header);
        this.seal = seal;
        this.buffer = buffer.clear();
    }

    /**
     * A new segment, which is on the disk when this returns. If there is no room for it, or no key, nothing is left of it and the
     * exception says so; any other means that nobody knows what is on the disk.
     *
     * @param previousEnd behind the frames of the segment before it, 0 if that is not known
     * @param buffer where frames are put together; nobody else's while the segment is written
     */
    static SegmentWriter create(
            FileLayer layer,
            SegmentFiles files,
            SegmentLogOptions options,
            long number,
            int previousEnd,
            byte[] salt,
            ByteBuffer buffer)
            throws IOException {
        Path unfinished = files.unfinished(number);
        Seal seal = null;
        var header = SegmentHeader.plain(options.segmentBytes(), number, previousEnd, salt);
        if (options.keys().isPresent()) {
            SegmentKeys keys = options.keys().get();
            header = header.sealedWith(keyId(keys));
            seal = Seal.of(header, keys);
            header = header.withKeyCheck(seal.keyCheck(header));
        }
        WritableFile file = withHeader(layer, unfinished, header);
        try {
            file.force(true);
            layer.move(unfinished, files.file(number));
            layer.force(files.folder());
            return new SegmentWriter(file, header, seal, buffer);
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static int keyId(SegmentKeys keys) throws SegmentLogException {
        try {
            return keys.keyId();
        } catch (RuntimeException | LinkageError e) {
            throw new SegmentLogException(Reason.KEY, "there is no key for a new segment: " + e, e);
        }
    }

    private static WritableFile withHeader(FileLayer layer, Path unfinished, SegmentHeader header) throws IOException {
        WritableFile file = null;
        try {
            file = layer.create(unfinished);
            byte[] encoded = header.encode();
            file.write(ByteBuffer.allocate(FIRST_BYTES).put(0, encoded).put(Format.SECOND_HEADER_AT, encoded), 0);
            return file;
        } catch (NoSuchFileException e) {
            throw e; // the folder is gone: not a matter of room
        } catch (IOException e) {
            if (file != null) {
                discard(layer, unfinished, file, e);
            }
            throw new SegmentLogException(Reason.NO_ROOM, "no new segment could be made: " + e, e);
        }
    }

    private static void discard(FileLayer layer, Path unfinished, WritableFile file, IOException why) {
        try {
            file.close();
            layer.delete(unfinished);
        } catch (IOException e) {
            why.addSuppressed(e); // the next one of that name takes its place
        }
    }

    SegmentInfo info() {
        return new SegmentInfo(header.number(), allocated, header.isSealed(), header.keyId());
    }

    /** Behind the last frame. */
    int framesEnd() {
        return isFinished ? end - Format.END_BYTES : end;
    }

    /** Behind all that is to be read. */
    int end() {
        return end;
    }

    /** How many bytes the frame of a body has. */
    int frameBytes(byte[] body) {
        return Format.frameBytes(body.length + (seal == null ? 0 : Format.TAG_BYTES));
    }

    /** Bytes of frames that have place in this segment before its end. */
    int room() {
        return header.segmentBytes() - Format.END_BYTES - end;
    }

    /** Makes sure that there is room on the disk for so many bytes of frames. An exception says that there is none. */
    void makeRoom(int bytes) throws SegmentLogException {
        int needed = end + bytes + Format.END_BYTES;
        if (needed <= allocated) {
            return;
        }
        try {
            growTo(Math.max(needed, allocated + STEP_BYTES));
        } catch (IOException e) {
            try {
                growTo(needed + LEAST_STEP_BYTES - 1 & -LEAST_STEP_BYTES); // what is just enough
            } catch (IOException again) {
                again.addSuppressed(e);
                throw new SegmentLogException(Reason.NO_ROOM, "a frame has no room: " + again, again);
            }
        }
    }

    private void growTo(int wanted) throws IOException {
        int size = Math.min(wanted, header.segmentBytes());
        for (int at = allocated; at < size; ) {
            ByteBuffer zeros = ZEROS.duplicate().limit(Math.min(ZEROS.capacity(), size - at));
            at += zeros.remaining();
            file.write(zeros, at - zeros.remaining());
        }
        allocated = size;
        isGrown = true;
    }

    /** Adds a frame to the group; there must be room for it. */
    Position put(byte[] body) throws IOException, GeneralSecurityException {
        var position = new Position(header.number(), end);
        lastIndex++;
        byte[] stored = seal == null ? body : seal.seal(lastIndex, end, body);
        put(stored.length, stored);
        return position;
    }

    private void put(int marked, byte[] stored) throws IOException {
        if (buffer.remaining() < Format.FRAME_HEADER_BYTES) {
            flush();
        }
        buffer.putInt(marked)
                .putInt(lastIndex)
                .putInt(forced)
                .putInt(check.ofHeader(end, marked, lastIndex, forced))
                .putInt(check.ofAll(stored, 0, stored.length));
        for (int at = 0; at < stored.length; ) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int part = Math.min(stored.length - at, buffer.remaining());
            buffer.put(stored, at, part);
            at += part;
        }
        end += Format.frameBytes(stored.length);
        while (written + buffer.position() < end) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            buffer.put((byte) 0);
        }
    }

    private void flush() throws IOException {
        int bytes = buffer.flip().remaining();
        file.write(buffer, written);
        buffer.clear();
        written += bytes;
    }

    /** Writes the group and forces it. */
    void commit() throws IOException {
        flush();
        file.force(isGrown);
        isGrown = false;
        forced = end;
    }

    /** Marks the end, behind which nothing will be written, and gives back what was not needed. */
    void finish() throws IOException {
        lastIndex++;
        put(Format.END, new byte[0]);
        flush();
        file.truncate(end);
        file.force(true);
        forced = end;
        allocated = end;
        isFinished = true;
    }

    /** After a failure: nothing that was not forced is to be read, though the system may still show it. */
    void dropUnforced() throws IOException {
        file.truncate(forced);
        file.force(true);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

package symphony.segmentlog;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/**
 * An append-only log of frames in a folder of its own. What {@link #append} returned for is on the disk: it is there after
 * {@code kill -9}, after a crash of the machine and after a power cut, as far as the disk keeps what it was told to force. Frames
 * lie in segments, files of a bounded size; the oldest can be removed, and nothing else is ever changed.
 *
 * <p>Thread-safe. One opener at a time, in this process or any other; any number of {@linkplain LogReader readers}, also in other
 * processes. Each log has one thread, which alone changes its files; so an interrupt of a caller harms nobody else.
 *
 * <p>Order: of two appends, the one that was accepted before the other one began comes first, and is not missing where the other
 * is there, unless it was refused, for instance as {@code NO_ROOM} where a smaller one behind it still has room, or the disk was
 * damaged.
 *
 * <p>Limits: see {@link SegmentLogOptions}; 1 GiB a segment, so less than that a body; 2<sup>53</sup> segments. Files are made for
 * their owner only, on file systems that know owners (POSIX).
 */
public final class SegmentLog implements AutoCloseable {
    /*
     * How it works, and why.
     *
     * Group commit. Callers push what they append to a stack without a lock (Inbox) and wait, each on a latch of its own. The
     * writer thread (LogWriter) takes all that is there, in order, puts the frames together in one buffer, writes them, forces
     * once, and then wakes all of them. What comes meanwhile is the next group. So the more callers wait, the more frames a force
     * has, without any delay that somebody would have to choose. Bytes that wait are bounded by a fair semaphore.
     *
     * Files. Channels are closed when a thread that uses them is interrupted, so no channel is ever used by a caller's thread.
     * Readers read on their own threads, each its own file, by means that know no interrupts (DiskLayer).
     *
     * Frames (Format, FrameCheck). Zeros are written a step ahead of the frames (SegmentWriter): then a force changes no metadata
     * and is one write. A check over salt, segment, offset, index and length says where a frame's header belongs, another one that
     * its body is whole. They are counted, none left out, so that those that were cut out are missed. The salt is random for each
     * segment, so a file system that brings back blocks of a file that was removed, or a folder that was restored in part, brings
     * back no frames. A header has at least one bit that is not zero (the index begins at 1), so zeros are never a frame.
     *
     * Torn or damaged (SegmentCursor). Each frame says up to where everything had been forced when it was written. A hole before
     * that place was acknowledged once: damage, and what follows is handed out. A hole behind it is what a crash leaves of a group
     * in which the disk has written some sectors and not others: nobody was told that these frames are there, and those behind the
     * hole are withheld, so that what is read is always the beginning of what was appended. A mark ends each segment that is left
     * in order; behind it there is nothing to doubt.
     *
     * After a crash (Recovery, LastGroup). What is found is forced before it is handed out: a process that ended has perhaps left it
     * in the memory of the system only, and whoever acts on it must find it again after the next crash. The last group is written
     * once more, as it is, since the system may hold for written what a failed force has not. The folder itself is forced into its
     * parent, and each that was made for it (Folders). Then a new segment is begun, with the first append, and nothing is ever
     * written behind a torn tail. A segment is made under another name, and gets its own when its header is forced; its number is
     * never used again, so the newest segment is never removed.
     *
     * Failures. Room for frames is asked for before any of them is written, so a full disk refuses them and changes nothing; less
     * is tried then, down to one frame, and the log goes on. After a failed write or force nobody knows what is on the disk, and a
     * second force may succeed without having written (the system forgets which pages failed), so the log takes nothing more until
     * it is opened anew. What was not forced is cut off, so that nobody reads it from the memory of the system. Reading goes on.
     *
     * Seals (Seal). Each segment has a key of its own, from the caller, by its salt; the nonce is the frame's index. No segment gets
     * frames once it was opened anew and none goes on after a failure, so no nonce comes twice. The header has a tag under that
     * key, so a wrong one is told from a changed frame.
     */
    private final SegmentFiles files;
    private final SegmentLogOptions options;
    private final FileLayer layer;
    private final LogWriter writer;
    private final RecoveryReport recovery;

    private SegmentLog(Path folder, SegmentLogOptions options, FileLayer layer, SecureRandom random)
            throws IOException {
        this.files = new SegmentFiles(folder);
        this.options = options;
        this.layer = layer;
        this.writer = new LogWriter(files, options, layer, random);
        this.recovery = writer.open();
    }

    /**
     * Opens a log, an empty one if there is none, and looks at all its segments: that takes as long as reading them once. A
     * segment is not made before the first append. Not interruptible; an interrupt stays for later.
     *
     * @param folder where it lies; made with its parents if it is not there. Other files in it are left alone, but for those that
     *     are called as ours
     * @param options limits and seal
     * @return the log, to be closed
     * @throws SegmentLogException with the reason {@code LOCKED} if it is open elsewhere, or {@code VERSION} if a segment is of a
     *     newer format
     * @throws IOException if the disk cannot be read or the folder not be made
     */
    public static SegmentLog open(Path folder, SegmentLogOptions options) throws IOException {
        return open(folder, options, new DiskLayer(), new SecureRandom());
    }

    /** On other files, and with other salts. */
    static SegmentLog open(Path folder, SegmentLogOptions options, FileLayer layer, SecureRandom random)
            throws IOException {
        return new SegmentLog(folder, options, layer, random);
    }

    /**
     * What was found when it was opened.
     *
     * @return the same at all times
     */
    public RecoveryReport recovery() {
        return recovery;
    }

    /**
     * The greatest body that can be appended.
     *
     * @return bytes
     */
    public int maxBodyBytes() {
        return options.maxBodyBytes();
    }

    /**
     * Appends, and returns when it is forced to the disk. Waits for room among what waits, first come, first served.
     *
     * @param body any bytes, also none; copied
     * @return where it is
     * @throws AppendInterruptedException if the thread is interrupted, or was before; it says whether the body may be stored
     * @throws SegmentLogException with the reason {@code NO_ROOM}, {@code KEY}, {@code STOPPED} or {@code CLOSED}
     * @throws IllegalArgumentException if it has more than {@link #maxBodyBytes}
     */
    public Position append(byte[] body) throws SegmentLogException {
        return writer.accept(checked(body)).await();
    }

    /**
     * Appends without waiting, neither for the disk nor for room; nor does it pass those who wait for room.
     *
     * @param body any bytes, also none; copied
     * @return whom to ask when it is forced; need not be kept
     * @throws SegmentLogException with the reason {@code BUSY}, {@code STOPPED} or {@code CLOSED}; then it is not stored
     * @throws IllegalArgumentException if it has more than {@link #maxBodyBytes}
     */
    public PendingAppend submit(byte[] body) throws SegmentLogException {
        return writer.acceptNow(checked(body));
    }

    private byte[] checked(byte[] body) {
        if (body.length > maxBodyBytes()) {
            throw new IllegalArgumentException(files.prefix() + "a body of " + body.length + " bytes must have "
                    + maxBodyBytes() + " at most; raise segmentBytes or bodyBytes");
        }
        return body;
    }

    /**
     * Returns when all that was accepted before is on the disk, or refused. Not interruptible; an interrupt stays for later.
     *
     * @throws SegmentLogException with the reason {@code STOPPED} or {@code CLOSED}
     */
    public void sync() throws SegmentLogException {
        writer.run(() -> null);
    }

    /**
     * Ends the segment that is being written; the next append begins another, with the key that {@link SegmentKeys} names then.
     * Does nothing if there is none. Not interruptible.
     *
     * @throws SegmentLogException with the reason {@code STOPPED} or {@code CLOSED}
     */
    public void rotate() throws SegmentLogException {
        writer.run(() -> {
            writer.finishSegment();
            return null;
        });
    }

    /**
     * Removes all segments that lie before this position as a whole, but for the newest one. Readers that have one of them open
     * read it to its end. Not interruptible.
     *
     * @param position which segment is to be the first
     * @return how many were removed
     * @throws SegmentLogException with the reason {@code NOT_REMOVED}, {@code STOPPED} or {@code CLOSED}
     */
    public int removeBefore(Position position) throws SegmentLogException {
        return writer.run(() -> writer.remove(position.segment()));
    }

    /**
     * Removes the oldest segments. See {@link #removeBefore}.
     *
     * @param count how many may stay, at least 1
     * @return how many were removed
     * @throws SegmentLogException with the reason {@code NOT_REMOVED}, {@code STOPPED} or {@code CLOSED}
     * @throws IllegalArgumentException if it is less than 1
     */
    public int keepNewest(int count) throws SegmentLogException {
        if (count < 1) {
            throw new IllegalArgumentException(files.prefix() + "count is " + count + ", must be 1 or more");
        }
        return writer.run(() -> {
            var numbers = List.copyOf(writer.segments().keySet());
            return numbers.size() <= count ? 0 : writer.remove(numbers.get(numbers.size() - count));
        });
    }

    /**
     * Reads what is forced, now and later, see {@link LogReader}.
     *
     * @param from where to begin: {@link Position#BEGIN}, or what this log or a reader once returned; at any other place a gap may
     *     come first
     * @return a reader, to be closed; also of a log that is stopped or closed
     */
    public LogReader read(Position from) {
        return new LogReader(layer, files, options, writer::visible, from);
    }

    /**
     * Where the next frame will be, or before that: reading from there finds exactly what is forced from now on.
     *
     * @return the position behind the last forced frame; {@link Position#BEGIN} if there never was a segment
     */
    public Position end() {
        return writer.end();
    }

    /**
     * The segments that there are.
     *
     * @return by number, a copy
     */
    public List<SegmentInfo> segments() {
        return List.copyOf(writer.segments().values());
    }

    /**
     * The size of all files.
     *
     * @return bytes, with what is preallocated
     */
    public long totalBytes() {
        return writer.segments().values().stream()
                .mapToLong(SegmentInfo::fileBytes)
                .sum();
    }

    /**
     * Writes what was accepted, gives everybody who waits an answer, ends the segment and frees the folder. What is appended from
     * then on is refused as {@code CLOSED}. Waits for the disk, not interruptible; does nothing if it was closed before.
     *
     * @throws SegmentLogException if what was accepted, or the segment's end, could not be written; the folder is free nevertheless
     */
    @Override
    public void close() throws IOException {
        writer.close();
    }
}

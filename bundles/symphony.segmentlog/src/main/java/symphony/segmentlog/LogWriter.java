package symphony.segmentlog;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.segmentlog.SegmentLogException.Reason;

/** The thread that alone changes the files of one log. What is public here is for other threads. */
final class LogWriter implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(LogWriter.class);
    private static final int BUFFER_BYTES = 128 << 10;
    private static final int WAITING_OVERHEAD_BYTES = 128;

    private final SegmentFiles files;
    private final SegmentLogOptions options;
    private final FileLayer layer;
    private final SecureRandom random;
    private final Thread thread;
    private final Inbox inbox;
    /** Bytes that may still come to wait. First come, first served, so that a great body gets its turn. */
    private final Semaphore room;

    private final CompletableFuture<RecoveryReport> opened = new CompletableFuture<>();
    private final ConcurrentSkipListMap<Long, SegmentInfo> segments = new ConcurrentSkipListMap<>();
    private volatile Visible visible = Visible.ALL;
    private volatile Position end = Position.BEGIN;
    private volatile Failure refusal;
    private volatile boolean isClosing;
    private volatile Throwable closeFailure;

    // The writer thread's own.
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private SegmentWriter segment;
    private Entry unanswered;

    LogWriter(SegmentFiles files, SegmentLogOptions options, FileLayer layer, SecureRandom random) {
        this.files = files;
        this.options = options;
        this.layer = layer;
        this.random = random;
        this.room = new Semaphore(options.waitingBytes(), true);
        this.thread = new Thread(this, "symphony.segmentlog " + files.folder());
        this.thread.setDaemon(true);
        this.thread.setContextClassLoader(LogWriter.class.getClassLoader());
        this.inbox = new Inbox(thread);
    }

    /** Starts the thread and returns what it found, once the log takes frames. */
    RecoveryReport open() throws IOException {
        thread.start();
        try {
            return opened.join(); // not interrupted by an interrupt, which stays for later
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof SegmentLogException refused) {
                throw new SegmentLogException(refused.reason(), refused.getMessage(), refused);
            }
            throw new IOException(files.prefix() + "cannot be opened: " + cause, cause);
        }
    }

    /** Takes a body in, once there is room among what waits. */
    Append accept(byte[] body) throws SegmentLogException {
        int charge = charge(body);
        try {
            room.acquire(charge);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AppendInterruptedException(
                    false, files.prefix() + "interrupted before the append was accepted; it is not stored", e);
        }
        return add(body, charge);
    }

    /** The same if there is room now. */
    Append acceptNow(byte[] body) throws SegmentLogException {
        int charge = charge(body);
        if (!room.tryAcquire(charge)) {
            requireOpen();
            throw new SegmentLogException(
                    Reason.BUSY,
                    files.prefix() + "bytes that wait to be written would be more than " + options.waitingBytes()
                            + "; wait with append, write less, or raise waitingBytes",
                    null);
        }
        return add(body, charge);
    }

    private int charge(byte[] body) {
        return Math.min(body.length + WAITING_OVERHEAD_BYTES, options.waitingBytes());
    }

    private Append add(byte[] body, int charge) throws SegmentLogException {
        var append = new Append(files, body.clone(), charge);
        if (!inbox.add(append)) {
            room.release(charge);
            requireOpen();
        }
        return append;
    }

    /** Does it on the writer thread, after all that was accepted before. */
    <T> T run(Task.Work<T> work) throws SegmentLogException {
        var task = new Task<>(work);
        if (!inbox.add(task)) {
            requireOpen();
        }
        return task.await();
    }

    private void requireOpen() throws SegmentLogException {
        Failure why = refusal;
        if (why != null) {
            throw why.toException();
        }
    }

    /** How far frames are forced, for readers. */
    Visible visible() {
        return visible;
    }

    /** Behind the last forced frame. */
    Position end() {
        return end;
    }

    /** The segments there are, by number. */
    SortedMap<Long, SegmentInfo> segments() {
        return segments;
    }

    /** Writes what was accepted, and waits for the thread's end. */
    void close() throws IOException {
        isClosing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Throwable failure = closeFailure;
        if (failure != null) {
            throw new SegmentLogException(Reason.STOPPED, files.prefix() + "could not be closed: " + failure, failure);
        }
    }

    @Override
    public void run() {
        try {
            layer.createFolder(files.folder());
            Closeable lock = layer.lock(files.lock());
            try {
                opened.complete(recover());
                serve();
            } finally {
                lock.close();
            }
        } catch (Throwable e) { // whoever opens or closes gets it
            if (!opened.completeExceptionally(e)) {
                closeFailure = e;
            }
        }
    }

    private RecoveryReport recover() throws IOException {
        for (String name : layer.list(files.folder())) {
            if (SegmentFiles.isUnfinished(name)) {
                layer.delete(files.folder().resolve(name));
            }
        }
        // What is found must be there again after the next crash: a process that ended may have left it in the system's
        // memory.
        layer.force(files.folder());
        var numbers = SegmentFiles.numbers(layer.list(files.folder()));
        if (!numbers.isEmpty()) {
            layer.force(files.file(numbers.last()));
        }
        var recovery = new Recovery(layer, files);
        RecoveryReport report = recovery.report(numbers);
        report.segments().forEach(found -> segments.put(found.segment().number(), found.segment()));
        end = recovery.end();
        visible = new Visible(end.segment(), Integer.MAX_VALUE);
        return report;
    }

    private void serve() throws IOException {
        try {
            while (!isClosing) {
                Entry first = inbox.takeAll();
                if (first == null) {
                    LockSupport.park(this);
                } else {
                    process(first);
                }
            }
            process(shut(new Failure(Reason.CLOSED, files.prefix() + "is closed; open it again", null)));
            finishSegment();
        } catch (Throwable e) { // nobody must wait for ever
            stop(e);
        } finally {
            if (segment != null) {
                segment.close();
            }
        }
    }

    /** Takes nothing in from here on; returns what still waits. */
    private Entry shut(Failure why) {
        refusal = why;
        Entry rest = inbox.shut();
        room.release(options.waitingBytes()); // who waits for room finds it shut
        return rest;
    }

    private void stop(Throwable cause) {
        var failure = new Failure(
                Reason.STOPPED,
                files.prefix() + "takes nothing more since writing failed: " + cause
                        + "; mend the disk, then close the log and open it again",
                cause);
        boolean wasOpen = !inbox.isShut();
        failAll(unanswered, failure);
        if (wasOpen) {
            failAll(shut(failure), failure);
            log.error(
                    "segment log {}: writing failed; it takes nothing more until it is closed and opened again",
                    files.folder(),
                    cause);
            while (!isClosing) {
                LockSupport.park(this);
            }
            refusal = new Failure(Reason.CLOSED, files.prefix() + "is closed; open it again", null);
        } else {
            closeFailure = cause;
        }
    }

    private static void failAll(Entry first, Failure failure) {
        for (Entry entry = first; entry != null; ) {
            Entry next = entry.takeNext();
            entry.fail(failure);
            entry = next;
        }
    }

    private void process(Entry first) throws IOException, GeneralSecurityException {
        unanswered = first;
        while (unanswered != null) {
            if (unanswered instanceof Task<?> task) {
                run(task);
            } else {
                writeAppends();
            }
        }
    }

    private void run(Task<?> task) throws IOException {
        Failure failure = null;
        try {
            task.run();
        } catch (SegmentLogException e) {
            failure = new Failure(e.reason(), files.prefix() + e.getMessage(), e.getCause());
        }
        unanswered = task.takeNext();
        if (failure == null) {
            task.succeed();
        } else {
            task.fail(failure);
        }
    }

    /** A group: as many as follow one another and fit in one segment are written and forced together. */
    private void writeAppends() throws IOException, GeneralSecurityException {
        Entry first = unanswered;
        Entry behind = first;
        try {
            requireSegment(((Append) first).body());
            int bytes = 0;
            for (; behind instanceof Append append; behind = behind.next) {
                int more = segment.frameBytes(append.body());
                if (!segment.fits(bytes + more)) {
                    break;
                }
                bytes += more;
            }
            segment.makeRoom(bytes);
        } catch (SegmentLogException e) {
            refuseAppends(new Failure(e.reason(), files.prefix() + e.getMessage(), e.getCause()));
            return;
        }
        int charge = 0;
        for (Entry entry = first; entry != behind; entry = entry.next) {
            var append = (Append) entry;
            append.put(segment.put(append.body()));
            charge += append.charge();
        }
        segment.commit();
        publish();
        room.release(charge); // before the answers: who got one finds room
        while (unanswered != behind) {
            Entry entry = unanswered;
            unanswered = entry.takeNext();
            entry.succeed();
        }
    }

    /** All up to the next task. */
    private void refuseAppends(Failure failure) {
        int charge = 0;
        while (unanswered instanceof Append append) {
            charge += append.charge();
            unanswered = append.takeNext();
            append.fail(failure);
        }
        room.release(charge);
    }

    /** Makes sure that there is a segment in which this body has place. */
    private void requireSegment(byte[] body) throws IOException {
        if (segment != null && !segment.fits(segment.frameBytes(body))) {
            finishSegment();
        }
        if (segment == null) {
            byte[] salt = new byte[Format.SALT_BYTES];
            random.nextBytes(salt);
            long number = segments.isEmpty() ? 1 : segments.lastKey() + 1;
            int previousEnd = end.segment() == number - 1 ? end.offset() : 0;
            segment = SegmentWriter.create(layer, files, options, number, previousEnd, salt, buffer);
            publish();
        }
    }

    /** Ends the segment that is written, if there is one; the next body begins another. */
    void finishSegment() throws IOException {
        if (segment != null) {
            SegmentWriter finished = segment;
            finished.finish();
            finished.close();
            publish();
            segment = null;
        }
    }

    /** What is forced may be read. */
    private void publish() {
        SegmentInfo info = segment.info();
        segments.put(info.number(), info);
        end = new Position(info.number(), segment.framesEnd());
        visible = new Visible(info.number(), segment.end());
    }

    /** Removes the oldest segments: those before that number, but never the newest. Returns how many they were. */
    int remove(long before) throws SegmentLogException {
        int removed = 0;
        try {
            while (segments.size() > 1 && segments.firstKey() < before) {
                layer.delete(files.file(segments.firstKey()));
                layer.force(files.folder()); // one after the other, so that a crash leaves no hole
                segments.pollFirstEntry();
                removed++;
            }
            return removed;
        } catch (IOException e) {
            throw new SegmentLogException(
                    Reason.NOT_REMOVED, "segment " + segments.firstKey() + " cannot be removed: " + e, e);
        }
    }
}

package symphony.segmentlog;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
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

    private final Task<RecoveryReport> opening = new Task<>(this::recover);
    /** Made in advance: there may be no memory when they are needed. */
    private final Failure closed;

    private final Failure died;
    private final ConcurrentSkipListMap<Long, SegmentInfo> segments = new ConcurrentSkipListMap<>();
    private volatile Visible visible = Visible.ALL;
    private volatile Position end = Position.BEGIN;
    private volatile Failure refusal;
    private volatile boolean isClosing;
    /** Why it could not be opened, or not closed in order, until somebody is told. */
    private final AtomicReference<Throwable> failed = new AtomicReference<>();

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
        this.closed = new Failure(Reason.CLOSED, files.prefix() + "is closed; open it again", null);
        this.died = new Failure(
                Reason.STOPPED,
                files.prefix() + "takes nothing more since its thread has died; close the log and open it again",
                null);
        this.thread = new Thread(null, this, "symphony.segmentlog " + files.folder(), 0, false);
        this.thread.setDaemon(true);
        this.thread.setContextClassLoader(LogWriter.class.getClassLoader());
        this.inbox = new Inbox(thread);
    }

    /** Starts the thread and returns what it found, once the log takes frames. */
    RecoveryReport open() throws IOException {
        thread.start();
        try {
            return opening.await();
        } catch (SegmentLogException e) {
            Throwable cause = failed.getAndSet(null);
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
        // The semaphore would let it pass those who wait for more room than there is.
        if (room.hasQueuedThreads() || !room.tryAcquire(charge)) {
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
        boolean isAdded = false;
        try {
            var append = new Append(files, body.clone(), charge);
            isAdded = inbox.add(append);
            if (isAdded) {
                return append;
            }
        } finally {
            if (!isAdded) {
                room.release(charge); // also where there is no memory for the copy
            }
        }
        throw refusal.toException();
    }

    /** Does it on the writer thread, after all that was accepted before. */
    <T> T run(Task.Work<T> work) throws SegmentLogException {
        var task = new Task<>(work);
        if (!inbox.add(task)) {
            throw refusal.toException();
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
        Throwable failure = failed.getAndSet(null);
        if (failure != null) {
            throw new SegmentLogException(Reason.STOPPED, files.prefix() + "could not be closed: " + failure, failure);
        }
    }

    @Override
    public void run() {
        try {
            Folders.make(layer, files.folder());
            Closeable lock = layer.lock(files.lock());
            try {
                opening.run();
                opening.succeed();
                serve();
            } finally {
                lock.close();
            }
        } catch (Throwable e) { // whoever opens or closes gets it
            failed.set(e);
        }
        boolean wasOpen = answerAll(died);
        if (!opening.isDone()) {
            opening.fail(died);
        } else if (wasOpen) {
            logFailure(failed.get());
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
        var recovery = new Recovery(layer, files, options);
        RecoveryReport report = recovery.report(numbers);
        if (!numbers.isEmpty()) {
            Path newest = files.file(numbers.last());
            LastGroup.force(layer, newest, recovery.unforced(), recovery.end().offset());
        }
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
            process(shut(closed));
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
        boolean wasOpen = answerAll(new Failure(
                Reason.STOPPED,
                files.prefix() + "takes nothing more since writing failed: " + cause
                        + "; mend the disk, then close the log and open it again",
                cause));
        dropUnforced(cause);
        if (wasOpen) {
            logFailure(cause);
            while (!isClosing) {
                LockSupport.park(this);
            }
            refusal = closed;
        } else {
            failed.set(cause);
        }
    }

    /** Says no to all who wait, and to all who will; needs no memory. Returns whether anybody was taken in until now. */
    private boolean answerAll(Failure failure) {
        boolean wasOpen = !inbox.isShut();
        failUnanswered(failure);
        if (wasOpen) {
            unanswered = shut(failure);
            failUnanswered(failure);
        }
        return wasOpen;
    }

    private void failUnanswered(Failure failure) {
        while (unanswered != null) {
            Entry entry = unanswered;
            unanswered = entry.takeNext();
            entry.fail(failure);
        }
    }

    /** Best effort: on a disk that fails this may fail, too, and then recovery sees to it. */
    private void dropUnforced(Throwable cause) {
        try {
            if (segment != null) {
                segment.dropUnforced();
            }
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private void logFailure(Throwable cause) {
        log.error(
                "segment log {}: writing failed; it takes nothing more until it is closed and opened again",
                files.folder(),
                cause);
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

    /** A group is written and forced together. */
    private void writeAppends() throws IOException, GeneralSecurityException {
        var first = (Append) unanswered;
        try {
            requireSegment(first.body());
        } catch (SegmentLogException e) { // nor is there one for those that follow
            refuse(nextTask(first), e);
            return;
        }
        Entry behind;
        try {
            behind = makeRoom(first);
        } catch (SegmentLogException e) { // what follows may be smaller
            refuse(first.next, e);
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

    /** For as many as follow one another and fit in the segment, for less if the disk is full, at last for the first one alone. */
    private Entry makeRoom(Append first) throws SegmentLogException {
        int least = segment.frameBytes(first.body());
        for (int most = segment.room(); ; ) {
            Entry behind = first;
            int bytes = 0;
            for (; behind instanceof Append append; behind = behind.next) {
                int more = segment.frameBytes(append.body());
                if (bytes + more > most) {
                    break;
                }
                bytes += more;
            }
            try {
                segment.makeRoom(bytes);
                return behind;
            } catch (SegmentLogException e) {
                if (bytes == least) {
                    throw e;
                }
                most = Math.max(least, bytes / 2);
            }
        }
    }

    private static Entry nextTask(Entry first) {
        Entry entry = first;
        while (entry instanceof Append) {
            entry = entry.next;
        }
        return entry;
    }

    private void refuse(Entry behind, SegmentLogException why) {
        var failure = new Failure(why.reason(), files.prefix() + why.getMessage(), why.getCause());
        int charge = 0;
        while (unanswered != behind) {
            var append = (Append) unanswered;
            charge += append.charge();
            unanswered = append.takeNext();
            append.fail(failure);
        }
        room.release(charge);
    }

    /** Makes sure that there is a segment in which this body has place. */
    private void requireSegment(byte[] body) throws IOException {
        if (segment != null && segment.frameBytes(body) > segment.room()) {
            finishSegment();
        }
        if (segment == null) {
            byte[] salt = new byte[Format.SALT_BYTES];
            random.nextBytes(salt);
            long number = nextNumber();
            int previousEnd = end.segment() == number - 1 ? end.offset() : 0;
            segment = SegmentWriter.create(layer, files, options, number, previousEnd, salt, buffer);
            publish();
        }
    }

    private long nextNumber() throws SegmentLogException {
        long newest = segments.isEmpty() ? 0 : segments.lastKey();
        if (newest == SegmentFiles.MOST) {
            throw new SegmentLogException(
                    Reason.NO_ROOM,
                    "there is no number behind that of segment " + newest
                            + "; no log comes that far: move its file away and open the log again",
                    null);
        }
        return newest + 1;
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
    int remove(long before) throws IOException {
        int removed = 0;
        while (segments.size() > 1 && segments.firstKey() < before) {
            delete(segments.firstKey());
            segments.pollFirstEntry();
            layer.force(files.folder()); // one after the other, so that a crash leaves no hole
            removed++;
        }
        return removed;
    }

    private void delete(long number) throws SegmentLogException {
        try {
            layer.delete(files.file(number));
        } catch (IOException e) {
            throw new SegmentLogException(Reason.NOT_REMOVED, "segment " + number + " cannot be removed: " + e, e);
        }
    }
}

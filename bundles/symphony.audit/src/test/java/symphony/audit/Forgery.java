package symphony.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import symphony.api.audit.AuditCheckpoint;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.Outcome;
import symphony.segmentlog.Frame;
import symphony.segmentlog.LogItem;
import symphony.segmentlog.LogReader;
import symphony.segmentlog.Position;
import symphony.segmentlog.SegmentLog;
import symphony.segmentlog.SegmentLogOptions;

/**
 * What somebody does who can write the files and knows all of the format, the segment log's, too, but has no key that signs: reads the
 * records of a trail, changes the list, and writes it with the right checks into a folder of its own.
 */
final class Forgery {
    /** A record's bytes, and which segment they go to. */
    static final class Body {
        byte[] bytes;
        final long segment;

        Body(byte[] bytes, long segment) {
            this.bytes = bytes;
            this.segment = segment;
        }

        StoredRecord record() {
            try {
                return StoredRecord.parse(bytes);
            } catch (MalformedRecordException e) {
                throw new AssertionError(e);
            }
        }

        long sequence() {
            return record().sequence();
        }
    }

    final List<Body> bodies = new ArrayList<>();
    private final Path from;

    Forgery(Path folder) throws IOException {
        from = folder;
        try (LogReader reader = LogReader.open(folder, SegmentLogOptions.defaults(), Position.BEGIN)) {
            for (Optional<LogItem> item = reader.next(); item.isPresent(); item = reader.next()) {
                if (item.get() instanceof Frame frame) {
                    bodies.add(new Body(frame.body(), frame.position().segment()));
                }
            }
        }
    }

    /** Of that sequence. */
    int indexOf(long sequence) {
        for (int i = 0; i < bodies.size(); i++) {
            if (bodies.get(i).sequence() == sequence) {
                return i;
            }
        }
        throw new AssertionError("there is no record " + sequence);
    }

    /** All from that index on get the sequences and hashes that they would have to have. */
    void hashAnew(int index) {
        var chain = new ChainHash();
        byte[] previous =
                index == 0 ? ChainHash.none() : bodies.get(index - 1).record().hash();
        long sequence = index == 0 ? 0 : bodies.get(index - 1).sequence();
        for (Body body : bodies.subList(index, bodies.size())) {
            StoredRecord record = body.record();
            body.bytes = like(record, record.kind(), record.isSealed(), ++sequence, record.content(), previous, chain);
            previous = body.record().hash();
        }
    }

    private static byte[] like(
            StoredRecord record,
            Kind kind,
            boolean isSealed,
            long sequence,
            byte[] content,
            byte[] previous,
            ChainHash chain) {
        var header = new StoredRecord.Header(kind, isSealed, record.hasPreviousHash(), sequence, record.timeMillis());
        return StoredRecord.make(header, content, previous, chain).bytes();
    }

    /** A record in the place of this one: another content, which passes for a sealed one, with the hash that it must have. */
    void exchange(int index, Kind kind, byte[] content) {
        exchange(index, kind, !StoredRecord.isAboutTrail(kind), content);
    }

    void exchange(int index, Kind kind, boolean isSealed, byte[] content) {
        byte[] previous =
                index == 0 ? ChainHash.none() : bodies.get(index - 1).record().hash();
        StoredRecord record = bodies.get(index).record();
        bodies.get(index).bytes = like(record, kind, isSealed, record.sequence(), content, previous, new ChainHash());
    }

    /**
     * What follows gets the hashes that it would have to have, and each checkpoint names the hash that it has signed: the one before it
     * as it was.
     */
    void hashAnewAndNameWhatWasSigned(int index) {
        var was = new ArrayList<byte[]>();
        bodies.forEach(body -> was.add(body.record().hash()));
        for (int i = index; i < bodies.size(); i++) {
            StoredRecord record = bodies.get(i).record();
            byte[] previous = bodies.get(i - 1).record().hash();
            byte[] named = record.kind() == Kind.CHECKPOINT ? was.get(i - 1) : previous;
            boolean names = record.kind() == Kind.CHECKPOINT || record.hasPreviousHash();
            bodies.get(i).bytes = naming(record, names ? Optional.of(named) : Optional.empty(), previous);
        }
    }

    /** The same record that names this hash for the one before it, chained to another one. */
    static byte[] naming(StoredRecord record, Optional<byte[]> named, byte[] previous) {
        byte[] header = new StoredRecord.Header(
                        record.kind(), record.isSealed(), named.isPresent(), record.sequence(), record.timeMillis())
                .encode();
        return hashed(previous, header, named.orElse(new byte[0]), record.content());
    }

    private static byte[] hashed(byte[] previous, byte[]... parts) {
        var bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        byte[] hash = new ChainHash().of(previous, bytes.toByteArray(), bytes.size());
        bytes.writeBytes(hash);
        return bytes.toByteArray();
    }

    /** One more record at the end, chained to it, with another one in the next segment if that is wanted. */
    void add(Kind kind, boolean isSealed, boolean isFirst, byte[] content) {
        Body last = bodies.get(bodies.size() - 1);
        StoredRecord before = last.record();
        var header = new StoredRecord.Header(kind, isSealed, isFirst, before.sequence() + 1, before.timeMillis());
        byte[] bytes = StoredRecord.make(header, content, before.hash(), new ChainHash())
                .bytes();
        bodies.add(new Body(bytes, last.segment + (isFirst ? 1 : 0)));
    }

    /** By somebody who has a key: a record of the trail itself, signed. */
    void announce(SigningKey key, Kind kind, Map<String, String> details, boolean isFirst) {
        StoredRecord before = bodies.get(bodies.size() - 1).record();
        var entry = new AuditEntry(AuditEngine.PID, "audit:forged", AuditEngine.TRAIL, Outcome.DONE, details);
        var behind = new Head(before.sequence(), before.hash());
        add(
                kind,
                false,
                isFirst,
                key.announce(kind, behind, before.timeMillis(), entry).encode());
    }

    /** By somebody who has a key: a checkpoint, and the one that lies beside. */
    AuditCheckpoint sign(SigningKey key) {
        StoredRecord before = bodies.get(bodies.size() - 1).record();
        byte[] signature = key.sign(new Statement(before.sequence(), before.timeMillis(), before.hash()));
        add(
                Kind.CHECKPOINT,
                false,
                false,
                ByteBuffer.allocate(72).put(key.publicKey().id()).put(signature).array());
        StoredRecord signed = bodies.get(bodies.size() - 1).record();
        return key.checkpoint(new Statement(signed.sequence(), signed.timeMillis(), signed.hash()));
    }

    /** One more record behind this one, chained to it. */
    void insertBehind(int index, Kind kind, byte[] content) {
        StoredRecord before = bodies.get(index).record();
        boolean isSealed = !StoredRecord.isAboutTrail(kind);
        var header = new StoredRecord.Header(kind, isSealed, false, before.sequence() + 1, before.timeMillis());
        byte[] bytes = StoredRecord.make(header, content, before.hash(), new ChainHash())
                .bytes();
        bodies.add(index + 1, new Body(bytes, bodies.get(index).segment));
    }

    /** Writes it, with the files that lie beside the trail; its segments begin with 1. */
    Path write(Path folder) throws IOException {
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (SegmentLog log = SegmentLog.open(folder, SegmentLogOptions.defaults())) {
            long segment = bodies.get(0).segment;
            for (Body body : bodies) {
                if (body.segment != segment) {
                    log.rotate();
                    segment = body.segment;
                }
                log.submit(body.bytes);
            }
            log.sync();
        }
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.endsWith(".segment") && !name.equals("lock")) {
                    Files.copy(file, folder.resolve(name));
                }
            }
        }
        return folder;
    }

    /** A copy of all files. */
    static Path copy(Path folder, Path to) throws IOException {
        Files.createDirectory(to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }

    static byte[] flipped(byte[] bytes, int at) {
        byte[] changed = Arrays.copyOf(bytes, bytes.length);
        changed[at] ^= 0x10;
        return changed;
    }
}

package symphony.nlp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import symphony.api.nlp.ModelVersion;

/**
 * The versions of one model, and which were active. Immutable. As bytes, version 1, big-endian: version (1 byte), next version (4),
 * number of versions (4), of each: version (4), hash (32), when it was stored in epoch milliseconds (8), intents (4), examples (4),
 * bytes (8), id of the key it was sealed with (4); number of those that were active (4), of each: version (4), newest last.
 *
 * @param next number of the next version
 * @param entries oldest first
 * @param active versions, the one in use last
 */
record Manifest(int next, List<Entry> entries, List<Integer> active) {
    /** Most versions of a model; also how many active ones are remembered. */
    static final int MOST_VERSIONS = 1_000;

    static final Manifest EMPTY = new Manifest(1, List.of(), List.of());

    private static final int FORM = 1;
    private static final int HASH_BYTES = 32;

    /** A version. */
    record Entry(int version, String hash, long createdMillis, int intents, int examples, long bytes, int keyId) {}

    Manifest {
        entries = List.copyOf(entries);
        active = List.copyOf(active);
    }

    Optional<Entry> entry(int version) {
        return entries.stream().filter(entry -> entry.version == version).findFirst();
    }

    Optional<Integer> inUse() {
        return active.isEmpty() ? Optional.empty() : Optional.of(active.get(active.size() - 1));
    }

    List<ModelVersion> views(String model) {
        return entries.stream().map(entry -> view(model, entry)).toList();
    }

    ModelVersion view(String model, Entry entry) {
        return new ModelVersion(
                model,
                entry.version,
                entry.hash,
                Instant.ofEpochMilli(entry.createdMillis),
                entry.intents,
                entry.examples,
                entry.bytes,
                inUse().filter(version -> version == entry.version).isPresent());
    }

    Manifest with(Entry entry) {
        var more = new ArrayList<>(entries);
        more.add(entry);
        return new Manifest(next + 1, more, active);
    }

    Manifest without(int version) {
        return new Manifest(
                next,
                entries.stream().filter(entry -> entry.version != version).toList(),
                active.stream().filter(each -> each != version).toList());
    }

    Manifest activated(int version) {
        var more = new ArrayList<>(active);
        more.add(version);
        return new Manifest(next, entries, more.subList(Math.max(0, more.size() - MOST_VERSIONS), more.size()));
    }

    /** Without the one in use, nor what was the same before it. */
    Manifest rolledBack() {
        int end = active.size();
        while (end > 0 && active.get(end - 1).equals(inUse().orElseThrow())) {
            end--;
        }
        return new Manifest(next, entries, active.subList(0, end));
    }

    byte[] write() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(FORM);
            out.writeInt(next);
            out.writeInt(entries.size());
            for (Entry entry : entries) {
                out.writeInt(entry.version);
                out.write(HexFormat.of().parseHex(entry.hash));
                out.writeLong(entry.createdMillis);
                out.writeInt(entry.intents);
                out.writeInt(entry.examples);
                out.writeLong(entry.bytes);
                out.writeInt(entry.keyId);
            }
            out.writeInt(active.size());
            for (int version : active) {
                out.writeInt(version);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory has no output that could fail
        }
        return bytes.toByteArray();
    }

    /** They were authentic, so whoever wrote them was a bundle like this, of this or another version. */
    static Manifest read(byte[] bytes) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int form = in.readUnsignedByte();
            if (form != FORM) {
                throw new IOException("it is of version " + form + ", known is " + FORM + "; update this bundle");
            }
            int next = in.readInt();
            int count = size(in);
            var entries = new ArrayList<Entry>();
            for (int i = 0; i < count; i++) {
                entries.add(new Entry(
                        in.readInt(),
                        HexFormat.of().formatHex(in.readNBytes(HASH_BYTES)),
                        in.readLong(),
                        in.readInt(),
                        in.readInt(),
                        in.readLong(),
                        in.readInt()));
            }
            var active = new ArrayList<Integer>();
            for (int rest = size(in); rest > 0; rest--) {
                active.add(in.readInt());
            }
            return new Manifest(next, entries, active);
        }
    }

    private static int size(DataInputStream in) throws IOException {
        int size = in.readInt();
        if (size < 0 || size > MOST_VERSIONS) {
            throw new IOException("it says that it has " + size + " versions, at most it has " + MOST_VERSIONS);
        }
        return size;
    }
}

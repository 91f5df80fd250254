package symphony.admission;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import symphony.component.Excerpt;

/**
 * Whether a file is a jar that is not too much, and that everybody reads alike. A zip file has two lists of what is in it: one before
 * each entry, which readers of streams follow, and one at the end, which readers of files follow. Where they differ, one bundle is judged
 * and another one runs. So both are read, side by side, to the last byte of each entry.
 */
final class JarForm {
    private static final int END_BYTES = 22;
    private static final int END_MARK = 0x06054b50;
    private static final int END_ENTRIES = 10;
    private static final int END_DIRECTORY_BYTES = 12;
    private static final int ZIP64 = 0xFFFF;
    private static final int CHUNK = 1 << 16;

    private final Path jar;
    private final JarLimits limits;
    private final Set<String> names = new HashSet<>();
    private final byte[] first = new byte[CHUNK];
    private final byte[] second = new byte[CHUNK];
    private long unpacked;
    private int signatures;
    private int blocks;

    private JarForm(Path jar, JarLimits limits) {
        this.jar = jar;
        this.limits = limits;
    }

    /**
     * Reads all of it.
     *
     * @throws RefusedException if it is none, or too much
     * @throws IOException if the file cannot be read
     */
    static void check(Path jar, JarLimits limits) throws RefusedException, IOException {
        new JarForm(jar, limits).check();
    }

    private void check() throws RefusedException, IOException {
        long bytes = Files.size(jar);
        if (bytes > limits.jarBytes()) {
            throw tooMuch("has " + bytes + " bytes", limits.jarBytes(), "jar.bytes");
        }
        checkEnd(bytes);
        try (var file = new ZipFile(jar.toFile());
                var stream = new ZipInputStream(new BufferedInputStream(Files.newInputStream(jar), CHUNK))) {
            Enumeration<? extends ZipEntry> entries = file.entries();
            for (ZipEntry local = stream.getNextEntry(); local != null; local = stream.getNextEntry()) {
                checkName(local.getName());
                ZipEntry central = entries.hasMoreElements() ? entries.nextElement() : null;
                if (central == null || !central.getName().equals(local.getName())) {
                    throw ambiguous(local.getName());
                }
                try (InputStream content = file.getInputStream(central)) {
                    compare(central, stream, content);
                }
            }
            if (entries.hasMoreElements()) {
                throw ambiguous(entries.nextElement().getName());
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new RefusedException("it is no sound jar: " + e.getMessage() + "; build or copy it again", e);
        }
        if (!names.contains(SignatureFiles.MANIFEST)) {
            throw new RefusedException("it has no " + SignatureFiles.MANIFEST);
        }
    }

    /** How much the list at the end is, before it is read into memory. */
    private void checkEnd(long bytes) throws RefusedException, IOException {
        var end = ByteBuffer.allocate(END_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel file = FileChannel.open(jar)) {
            for (long at = Math.max(0, bytes - END_BYTES); end.hasRemaining(); ) {
                int read = file.read(end, at + end.position());
                if (read < 0) {
                    throw new RefusedException("it is no jar: it has only " + bytes + " bytes");
                }
            }
        }
        if (end.getInt(0) != END_MARK || end.getShort(END_BYTES - Short.BYTES) != 0) {
            throw new RefusedException(
                    "it is no jar, not all of one, or something follows after its end; build or copy it again");
        }
        int entries = Short.toUnsignedInt(end.getShort(END_ENTRIES));
        if (entries == ZIP64 || entries > limits.entries()) {
            throw tooMuch(
                    entries == ZIP64 ? "has 65535 entries or more" : "has " + entries + " entries",
                    limits.entries(),
                    "entries");
        }
        long directory = Integer.toUnsignedLong(end.getInt(END_DIRECTORY_BYTES));
        if (directory > JarLimits.DIRECTORY_BYTES) {
            throw new RefusedException("its list of entries has " + directory + " bytes, " + JarLimits.DIRECTORY_BYTES
                    + " are allowed; use shorter names");
        }
    }

    private void checkName(String name) throws RefusedException {
        String shown = Excerpt.of(name, 80);
        if (names.size() >= limits.entries()) {
            throw tooMuch("has more entries than it says", limits.entries(), "entries");
        }
        if (!names.add(name)) {
            throw new RefusedException("it has entry " + shown + " twice");
        }
        if (name.length() > JarLimits.NAME_CHARS) {
            throw new RefusedException("the name of entry " + shown + " has " + name.length() + " characters, "
                    + JarLimits.NAME_CHARS + " are allowed");
        }
        if (leadsElsewhere(name)) {
            throw new RefusedException("the name of entry " + shown + " leads out of the jar, or is none");
        }
        String upper = name.toUpperCase(Locale.ROOT);
        if (upper.startsWith(SignatureFiles.FOLDER) && !name.startsWith(SignatureFiles.FOLDER)
                || upper.equals(SignatureFiles.MANIFEST) && !name.equals(SignatureFiles.MANIFEST)) {
            throw new RefusedException("entry " + shown + " would be taken for one of META-INF by some, not by others");
        }
        boolean isFirst = names.size() == 1 || names.size() == 2 && names.contains(SignatureFiles.FOLDER);
        if (name.equals(SignatureFiles.MANIFEST) && !isFirst) {
            throw new RefusedException(SignatureFiles.MANIFEST + " is not the first entry, so some would not find it");
        }
        if (SignatureFiles.isSignature(name) && ++signatures > JarLimits.SIGNATURES
                || SignatureFiles.isBlock(name) && ++blocks > JarLimits.SIGNATURES) {
            throw new RefusedException("it has more than " + JarLimits.SIGNATURES + " signatures");
        }
    }

    static boolean leadsElsewhere(String name) {
        List<String> segments =
                Arrays.asList((name.endsWith("/") ? name.substring(0, name.length() - 1) : name).split("/", -1));
        return segments.contains("")
                || segments.contains(".")
                || segments.contains("..")
                || name.indexOf('\\') >= 0
                || name.indexOf(':') >= 0
                || name.chars().anyMatch(Character::isISOControl);
    }

    private void compare(ZipEntry central, InputStream one, InputStream other) throws RefusedException, IOException {
        String name = central.getName();
        boolean isFolder = name.endsWith("/");
        long before = unpacked;
        var crc = new CRC32();
        int read;
        do {
            read = one.readNBytes(first, 0, CHUNK);
            if (other.readNBytes(second, 0, CHUNK) != read || Arrays.mismatch(first, 0, read, second, 0, read) >= 0) {
                throw ambiguous(name);
            }
            unpacked += read;
            crc.update(first, 0, read);
            if (isFolder && read > 0) {
                throw folderWithContent(name);
            }
            checkBytes(name, unpacked - before, unpacked, limits);
        } while (read == CHUNK);
        // Who verifies signatures reads as much as the list says.
        if (central.getSize() != unpacked - before || central.getCrc() != crc.getValue()) {
            throw ambiguous(name);
        }
    }

    /** @param entry bytes of it so far, as those of all that is unpacked */
    static void checkBytes(String name, long entry, long unpacked, JarLimits limits) throws RefusedException {
        if (unpacked > limits.unpackedBytes()) {
            throw tooMuch("unpacks to more bytes", limits.unpackedBytes(), "unpacked.bytes");
        }
        long most = SignatureFiles.mostBytes(name);
        if (entry > most) {
            throw new RefusedException("entry " + Excerpt.of(name, 80) + " has more than " + most + " bytes");
        }
    }

    static RefusedException folderWithContent(String name) {
        return new RefusedException(
                "entry " + Excerpt.of(name, 80) + " is a folder with content, which some take for a file");
    }

    static RefusedException tooMuch(String what, long limit, String key) {
        return new RefusedException(
                "it " + what + ", " + limit + " are allowed; see " + key + " in PID " + Admission.PID);
    }

    private static RefusedException ambiguous(String name) {
        return new RefusedException("its two lists of entries differ, at " + Excerpt.of(name, 80)
                + ", so that not everybody would read the same; build it again");
    }
}

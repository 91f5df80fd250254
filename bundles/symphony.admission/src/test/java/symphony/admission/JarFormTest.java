package symphony.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JarFormTest {
    private static final JarLimits LIMITS = new JarLimits(100_000, 200_000, 50);
    private static final int CENTRAL_OFFSET = 42;
    private static final byte[] CENTRAL = {'P', 'K', 1, 2};

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("some.jar");
    }

    private Path bundle() {
        return Jar.bundle("acme").write(file());
    }

    private static void refuses(Path jar, String reason) {
        assertThatThrownBy(() -> JarForm.check(jar, LIMITS))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void takesABundle() throws Exception {
        JarForm.check(bundle(), LIMITS);
    }

    @Test
    void takesOneThatWasSigned() throws Exception {
        JarForm.check(Signatory.named("ada").sign(bundle()), LIMITS);
    }

    @Test
    void refusesWhatIsNoJar() throws IOException {
        refuses(Files.writeString(file(), "no jar"), "it has only 6 bytes");
        refuses(Files.write(file(), new byte[0]), "it has only 0 bytes");
        refuses(Files.writeString(file(), "no jar, but long enough for one"), "it is no jar");
    }

    @Test
    void refusesEachPartOfAJar() throws IOException {
        byte[] whole = Files.readAllBytes(bundle());
        for (int length = 0; length < whole.length; length++) {
            Path part = Files.write(file(), Arrays.copyOf(whole, length));
            refuses(part, length < 22 ? "it is no jar: it has only" : "it is no jar, not all of one");
        }
    }

    @Test
    void refusesWhatFollowsAJar() throws IOException {
        refuses(Files.write(file(), concat(Files.readAllBytes(bundle()), new byte[1])), "it is no jar");
    }

    @Test
    void refusesWhatStandsBeforeAJar() throws IOException {
        byte[] jar = Files.readAllBytes(bundle());
        refuses(
                Files.write(file(), concat("#!/bin/sh\n".getBytes(StandardCharsets.UTF_8), jar)),
                "two lists of entries differ, at META-INF/MANIFEST.MF");
    }

    /** Each changed bit is noticed, or what everybody reads of the jar stays the same. */
    @Test
    void isNeverAtALossWhicheverByteIsChanged() throws Exception {
        byte[] jar = Files.readAllBytes(bundle());
        Jar before = Jar.of(file());
        for (int i = 0; i < jar.length; i++) {
            for (int bit : new int[] {1, 0x80}) {
                byte[] changed = jar.clone();
                changed[i] ^= (byte) bit;
                Files.write(file(), changed);
                try {
                    JarForm.check(file(), LIMITS);
                } catch (RefusedException e) {
                    continue;
                }
                assertThat(Jar.of(file()).text(Jar.HANDLER)).isEqualTo(before.text(Jar.HANDLER));
            }
        }
    }

    @Test
    void refusesMoreBytesThanAreAllowed() throws IOException {
        Path jar = bundle();
        assertThatThrownBy(() -> JarForm.check(jar, new JarLimits(Files.size(jar) - 1, 200_000, 50)))
                .hasMessageContaining("jar.bytes in PID symphony.admission");
    }

    @Test
    void refusesABomb() {
        refuses(Jar.bundle("acme").with("zeros", new byte[10_000_000]).write(file()), "unpacked.bytes");
    }

    @Test
    void refusesMoreEntriesThanAreAllowed() {
        Jar jar = Jar.bundle("acme");
        for (int i = 0; i < 48; i++) {
            jar.with("e" + i, "");
        }
        refuses(jar.write(file()), "it has 51 entries, 50 are allowed");
    }

    /** The number at the end is no more than a claim. */
    @Test
    void refusesMoreEntriesThanItSays() throws IOException {
        Jar jar = Jar.bundle("acme");
        for (int i = 0; i < 60; i++) {
            jar.with("e" + i, "");
        }
        byte[] bytes = Files.readAllBytes(jar.write(file()));
        bytes[bytes.length - 22 + 10] = 5;
        refuses(Files.write(file(), bytes), "it has more entries than it says");
    }

    @Test
    void refusesAMillionEntriesBeforeItReadsTheirList() throws IOException {
        byte[] bytes = Files.readAllBytes(bundle());
        bytes[bytes.length - 22 + 10] = (byte) 0xFF;
        bytes[bytes.length - 22 + 11] = (byte) 0xFF;
        refuses(Files.write(file(), bytes), "65535 entries or more");
    }

    @Test
    void refusesAHugeListOfEntries() throws IOException {
        byte[] bytes = Files.readAllBytes(bundle());
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length - 22 + 12, 50_000_000);
        refuses(Files.write(file(), bytes), "its list of entries has 50000000 bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil",
                "a/../../b",
                "/etc/passwd",
                "a\\b",
                "C:evil",
                "a\nb",
                "..",
                "a/..",
                "./a",
                "a//b",
                "a/./b"
            })
    void refusesNamesThatLeadOutOfIt(String name) {
        refuses(Jar.bundle("acme").with(name, "").write(file()), "leads out of the jar");
    }

    @ParameterizedTest
    @ValueSource(strings = {"meta-inf/evil.sf", "Meta-Inf/x", "META-INF/manifest.mf", "META-INF/Manifest.MF"})
    void refusesNamesThatOnlySomeTakeForThoseOfMetaInf(String name) {
        refuses(Jar.bundle("acme").with(name, "").write(file()), "taken for one of META-INF");
    }

    @Test
    void refusesNamesThatAreTooLong() {
        refuses(Jar.bundle("acme").with("a".repeat(1025), "").write(file()), "has 1025 characters");
    }

    @Test
    void refusesAManifestThatIsNotFirst() {
        Jar jar = Jar.bundle("acme");
        String manifest = jar.text(SignatureFiles.MANIFEST);
        refuses(
                jar.without(SignatureFiles.MANIFEST)
                        .with(SignatureFiles.MANIFEST, manifest)
                        .write(file()),
                "not the first entry");
    }

    @Test
    void refusesOneWithoutAManifest() {
        refuses(Jar.bundle("acme").without(SignatureFiles.MANIFEST).write(file()), "it has no META-INF/MANIFEST.MF");
    }

    @Test
    void refusesHugeHeaders() {
        JarLimits wide = new JarLimits(100_000_000, 200_000_000, 50);
        Path block = Jar.bundle("acme")
                .with("META-INF/A.RSA", new byte[JarLimits.BLOCK_BYTES + 1])
                .write(file());
        assertThatThrownBy(() -> JarForm.check(block, wide)).hasMessageContaining("has more than 16384 bytes");
        for (String name : new String[] {SignatureFiles.MANIFEST, "META-INF/A.SF"}) {
            Path jar = Jar.bundle("acme")
                    .with(name, new byte[JarLimits.HEADER_BYTES + 1])
                    .write(file());
            assertThatThrownBy(() -> JarForm.check(jar, wide)).hasMessageContaining("has more than 1048576 bytes");
        }
    }

    @Test
    void refusesManySignatures() {
        Jar jar = Jar.bundle("acme");
        for (int i = 0; i < 9; i++) {
            jar.with("META-INF/S" + i + ".SF", "");
        }
        refuses(jar.write(file()), "more than 8 signatures");
    }

    /** Who reads a stream would find another manifest than who reads the file. */
    @Test
    void refusesAnEntryThatOnlyReadersOfStreamsFind() throws IOException {
        byte[] hidden = local("hidden", "nobody lists it");
        byte[] jar = Files.readAllBytes(bundle());
        int central = indexOf(jar, CENTRAL, 0);
        byte[] changed = concat(Arrays.copyOf(jar, central), hidden, Arrays.copyOfRange(jar, central, jar.length));
        ByteBuffer end = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
        end.putInt(changed.length - 22 + 16, central + hidden.length);
        refuses(Files.write(file(), changed), "two lists of entries differ, at hidden");
    }

    /** The list at the end may say that one entry begins where another does. */
    @Test
    void refusesEntriesThatAreListedInEachOthersPlace() throws IOException {
        Path jar = Jar.bundle("acme")
                .with("one", "its text")
                .with("two", "not it's")
                .write(file());
        byte[] bytes = Files.readAllBytes(jar);
        int one = indexOf(
                bytes,
                CENTRAL,
                indexOf(bytes, "acme/Order.class".getBytes(StandardCharsets.UTF_8), indexOf(bytes, CENTRAL, 0)));
        int two = indexOf(bytes, CENTRAL, one + 4);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int offset = buffer.getInt(one + CENTRAL_OFFSET);
        buffer.putInt(one + CENTRAL_OFFSET, buffer.getInt(two + CENTRAL_OFFSET));
        buffer.putInt(two + CENTRAL_OFFSET, offset);
        Files.write(jar, bytes);
        refuses(jar, "two lists of entries differ, at one");
    }

    /** Who verifies signatures reads as much as the list at the end says. */
    @Test
    void refusesAnotherSizeInTheListAtTheEnd() throws IOException {
        byte[] bytes = Files.readAllBytes(bundle());
        int central = indexOf(bytes, CENTRAL, indexOf(bytes, CENTRAL, 0) + 4);
        bytes[central + 24]--;
        refuses(Files.write(file(), bytes), "two lists of entries differ, at acme/Handler.class");
    }

    @Test
    void refusesAnEntryTwice() throws IOException {
        byte[] bytes = Files.readAllBytes(
                Jar.bundle("acme").with("one", "1").with("two", "2").write(file()));
        byte[] two = "two".getBytes(StandardCharsets.UTF_8);
        for (int at = indexOf(bytes, two, 0); at >= 0; at = indexOf(bytes, two, at)) {
            System.arraycopy("one".getBytes(StandardCharsets.UTF_8), 0, bytes, at, 3);
        }
        refuses(Files.write(file(), bytes), "it has entry one twice");
    }

    private static byte[] local(String name, String content) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content.getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
        byte[] all = out.toByteArray();
        return Arrays.copyOf(all, indexOf(all, CENTRAL, 0));
    }

    private static int indexOf(byte[] bytes, byte[] wanted, int from) {
        for (int i = from; i <= bytes.length - wanted.length; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }

    private static byte[] concat(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}

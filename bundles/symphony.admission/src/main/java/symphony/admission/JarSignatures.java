package symphony.admission;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import symphony.component.Excerpt;

/**
 * Who signed a jar. The platform's {@link JarFile} verifies signatures and digests; whether nothing was added, taken away or left out is
 * asked here, and whether the manifest is the very one that was signed, which a signature need not say of all of it. The platform lets a
 * time stamp say when a signature was made, and allows algorithms that were safe then, without asking who made the time stamp. So it
 * verifies a copy that has none. Nor are there signatures in that copy that are of another manifest: what somebody once signed says nothing
 * about what is there now.
 */
final class JarSignatures {
    /**
     * Of all of a jar.
     *
     * @param signers fingerprints of those trusted who made it
     * @param until when the first of their certificates ends
     */
    record Signature(Set<String> signers, Instant until) {}

    private static final String DIGEST_MANIFEST = "-Digest-Manifest";
    private static final int CHUNK = 1 << 16;

    private final Signers signers;
    private final Map<CodeSigner, Signers.Answer> answers = new HashMap<>();

    private JarSignatures(Signers signers) {
        this.signers = signers;
    }

    /**
     * Who of those trusted signed all of it.
     *
     * @param jar whose form was checked
     * @return their fingerprints, one at least, and how long that holds
     * @throws RefusedException if there is none
     */
    static Signature verify(Path jar, Signers signers) throws RefusedException {
        return new JarSignatures(signers).verify(jar);
    }

    private Signature verify(Path path) throws RefusedException {
        Path bare = PassingFiles.beside(path);
        try {
            Map<String, Optional<byte[]>> changes = changes(path);
            if (changes.isEmpty()) {
                return signature(path);
            }
            readAll(path); // what the platform refuses as it is, is refused
            copy(path, changes, bare);
            return signature(bare);
        } catch (SecurityException e) {
            throw new RefusedException(
                    "it was changed after it was signed: " + e.getMessage() + "; build and sign it again", e);
        } catch (IOException | IllegalArgumentException e) { // mostly of a manifest that is none
            throw new RefusedException("it cannot be read: " + e.getMessage() + "; build or copy it again", e);
        } finally {
            PassingFiles.delete(bare);
        }
    }

    /** What is otherwise in the copy: blocks without time stamps; nothing of signatures of which the manifest is another one by now. */
    private static Map<String, Optional<byte[]>> changes(Path path) throws RefusedException, IOException {
        try (var jar = new JarFile(path.toFile(), false)) {
            List<JarEntry> entries = Collections.list(jar.entries());
            checkAllThere(jar, entries);
            Set<String> outdated = outdated(jar, entries);
            var result = new HashMap<String, Optional<byte[]>>();
            for (JarEntry entry : entries) {
                String name = entry.getName();
                if (SignatureFiles.isPart(name) && outdated.contains(SignatureFiles.signature(name))) {
                    result.put(name, Optional.empty());
                } else if (SignatureFiles.isBlock(name)) {
                    byte[] block = bytes(jar, name);
                    if (!SignatureBlock.isDetached(block)) {
                        throw new RefusedException(
                                "block " + name + " brings what it signs along, so another file may be shown for it");
                    }
                    byte[] without = SignatureBlock.withoutTimeStamps(block);
                    if (!Arrays.equals(block, without)) {
                        result.put(name, Optional.of(without));
                    }
                }
            }
            return result;
        }
    }

    private static void checkAllThere(JarFile jar, List<JarEntry> entries) throws RefusedException, IOException {
        Set<String> names = entries.stream().map(JarEntry::getName).collect(Collectors.toSet());
        for (var section : jar.getManifest().getEntries().entrySet()) {
            boolean isDigested = section.getValue().keySet().stream()
                    .anyMatch(key -> key.toString().endsWith("-Digest"));
            if (isDigested && !names.contains(section.getKey())) {
                throw new RefusedException("entry " + Excerpt.of(section.getKey(), 80)
                        + " was signed and is missing; build and sign it again");
            }
        }
    }

    /** Signatures of another manifest, as there are where a jar was signed, changed, and signed by somebody else. */
    private static Set<String> outdated(JarFile jar, List<JarEntry> entries) throws RefusedException, IOException {
        List<String> files = entries.stream()
                .map(JarEntry::getName)
                .filter(SignatureFiles::isSignature)
                .toList();
        if (files.isEmpty()) {
            throw new RefusedException("it is not signed, and here only signed bundles may run; sign it with jarsigner,"
                    + " by a key whose certificate is trusted");
        }
        byte[] manifest = bytes(jar, jar.getEntry(SignatureFiles.MANIFEST).getName());
        var result = new LinkedHashSet<String>();
        for (String file : files) {
            if (!isOf(bytes(jar, file), manifest)) {
                result.add(SignatureFiles.signature(file));
            }
        }
        if (result.size() == files.size()) {
            throw new RefusedException(SignatureFiles.MANIFEST + " is not as " + String.join(", ", files)
                    + (files.size() == 1 ? " has" : " have") + " it; build and sign it again");
        }
        return result;
    }

    private static void readAll(Path path) throws IOException {
        try (var jar = new JarFile(path.toFile(), true)) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                readAll(jar, entry);
            }
        }
    }

    private static void copy(Path from, Map<String, Optional<byte[]>> changes, Path to) throws IOException {
        try (var jar = new JarFile(from.toFile(), false);
                var out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(to), CHUNK))) {
            out.setLevel(Deflater.BEST_SPEED);
            for (JarEntry entry : Collections.list(jar.entries())) {
                Optional<byte[]> change = changes.get(entry.getName());
                if (change == null) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    try (InputStream in = jar.getInputStream(entry)) {
                        in.transferTo(out);
                    }
                } else if (change.isPresent()) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    out.write(change.get());
                }
            }
        }
    }

    private Signature signature(Path path) throws RefusedException, IOException {
        try (var jar = new JarFile(path.toFile(), true)) {
            Set<String> common = null;
            for (JarEntry entry : Collections.list(jar.entries())) {
                readAll(jar, entry);
                if (mustBeSigned(entry)) {
                    Set<String> here = trusted(entry);
                    if (common == null) {
                        common = new LinkedHashSet<>(here);
                    }
                    common.retainAll(here);
                    if (common.isEmpty()) {
                        throw new RefusedException("nobody who is trusted signed all of it; sign it as a whole");
                    }
                }
            }
            if (common == null) {
                throw new RefusedException("nothing is in it that could be signed");
            }
            return new Signature(common, until(common));
        }
    }

    private Instant until(Set<String> fingerprints) {
        return answers.values().stream()
                .filter(answer -> fingerprints.contains(answer.fingerprint()))
                .map(Signers.Answer::until)
                .min(Instant::compareTo)
                .orElseThrow();
    }

    private static boolean mustBeSigned(JarEntry entry) {
        String name = entry.getName();
        return !entry.isDirectory() && !name.equals(SignatureFiles.MANIFEST) && !SignatureFiles.isPart(name);
    }

    /** A jar file knows the signers of an entry only once it was read. */
    private static void readAll(JarFile jar, JarEntry entry) throws IOException {
        var buffer = new byte[CHUNK];
        try (InputStream in = jar.getInputStream(entry)) {
            while (in.readNBytes(buffer, 0, CHUNK) == CHUNK) {
                // only to have it verified
            }
        }
    }

    private Set<String> trusted(JarEntry entry) throws RefusedException {
        String shown = Excerpt.of(entry.getName(), 80);
        CodeSigner[] found = entry.getCodeSigners();
        if (found == null || found.length == 0) {
            throw new RefusedException("entry " + shown
                    + " is not signed, or by an algorithm that is no longer safe; build and sign it again");
        }
        var result = new LinkedHashSet<String>();
        var reasons = new LinkedHashSet<String>();
        for (CodeSigner signer : found) {
            Signers.Answer answer = answers.computeIfAbsent(signer, signers::ask);
            if (answer.isTrusted()) {
                result.add(answer.fingerprint());
            } else {
                reasons.add(answer.reason());
            }
        }
        if (result.isEmpty()) {
            throw new RefusedException(String.join("; ", reasons));
        }
        return result;
    }

    private static byte[] bytes(JarFile jar, String name) throws IOException {
        try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
            return in.readNBytes(JarLimits.HEADER_BYTES);
        }
    }

    private static boolean isOf(byte[] signature, byte[] manifest) throws IOException {
        Attributes main = new Manifest(new ByteArrayInputStream(signature)).getMainAttributes();
        boolean matched = false;
        for (var attribute : main.entrySet()) {
            String name = attribute.getKey().toString();
            if (name.endsWith(DIGEST_MANIFEST)) {
                String algorithm = name.substring(0, name.length() - DIGEST_MANIFEST.length());
                if (!Arrays.equals(
                        digest(algorithm, manifest),
                        decoded(attribute.getValue().toString()))) {
                    return false;
                }
                matched = true;
            }
        }
        return matched;
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64.strip());
        } catch (IllegalArgumentException e) {
            return new byte[0]; // of no digest
        }
    }

    private static byte[] digest(String algorithm, byte[] bytes) throws IOException {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("its manifest is digested by " + Excerpt.of(algorithm, 40) + ", which is unknown");
        }
    }
}

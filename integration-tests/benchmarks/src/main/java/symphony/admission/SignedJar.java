package symphony.admission;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import jdk.security.jarsigner.JarSigner;
import org.osgi.framework.Bundle;
import symphony.api.admission.AdmissionMode;
import symphony.component.Guard;

/**
 * A bundle of 30 classes that somebody has signed who is trusted, and who judges it where bundles must be signed. In the package of the
 * admission, since that has no other way in without a framework. Nothing is audited.
 */
public final class SignedJar implements AutoCloseable {
    private static final int CLASSES = 30;
    private static final String PASSWORD = "changeit";
    private static final String MANIFEST =
            "Manifest-Version: 1.0\r\nBundle-ManifestVersion: 2\r\nBundle-SymbolicName: shop\r\nBundle-Version: 1.0.0\r\n\r\n";

    private final Path folder;
    private final Path jar;
    private final Path copy;
    private final AdmissionEngine engine;

    /** Makes and signs one with so many bytes, about. */
    public SignedJar(int bytes) throws IOException {
        folder = Files.createTempDirectory("symphony-admission-");
        jar = folder.resolve("shop.jar");
        copy = folder.resolve("copy.jar");
        var trusted = new TrustedCertificates(folder.resolve("trusted"));
        try {
            trusted.keep(sign(write(bytes)));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        engine = new AdmissionEngine(
                AdmissionMode.SIGNED,
                new Guard(false),
                trusted,
                BundlesBefore.of(Optional.empty(), true, new Bundle[0]),
                Set.of("system.bundle"),
                folder.resolve("work"),
                JarLimits.of(JarLimits.KEYS.orDefaults(Map.of())),
                InstantSource.system(),
                Duration.ZERO);
    }

    /** What cannot be packed, so that it is as large as it is told to be. */
    private Path write(int bytes) throws IOException {
        var random = new Random(1);
        Path plain = folder.resolve("plain.jar");
        try (var out = new ZipOutputStream(Files.newOutputStream(plain))) {
            out.putNextEntry(new ZipEntry(SignatureFiles.MANIFEST));
            out.write(MANIFEST.getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < CLASSES; i++) {
                var content = new byte[bytes / CLASSES];
                random.nextBytes(content);
                out.putNextEntry(new ZipEntry("shop/Class" + i + ".class"));
                out.write(content);
            }
        }
        return plain;
    }

    private X509Certificate sign(Path plain) throws IOException, GeneralSecurityException {
        Path keys = folder.resolve("ada.p12");
        keytool("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-alias", "ada", "-dname", "CN=ada");
        var store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        var entry = (KeyStore.PrivateKeyEntry)
                store.getEntry("ada", new KeyStore.PasswordProtection(PASSWORD.toCharArray()));
        try (var in = new ZipFile(plain.toFile());
                OutputStream out = Files.newOutputStream(jar)) {
            new JarSigner.Builder(entry).build().sign(in, out);
        }
        return (X509Certificate) entry.getCertificate();
    }

    private void keytool(String... arguments) throws IOException {
        Path tool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        List<String> command = Stream.concat(
                        Stream.of(tool.toString()),
                        Stream.concat(Stream.of(arguments), Stream.of("-keystore", "ada.p12", "-storepass", PASSWORD)))
                .toList();
        File output = folder.resolve("keytool.txt").toFile();
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed: " + Files.readString(output.toPath()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a key was made", e);
        }
    }

    /** Judges it as one that was dropped; the copy that File Install would get is made. */
    public String admit() throws IOException {
        try {
            return engine.admit(jar, copy);
        } catch (RefusedException e) {
            throw new IOException("it should be admitted", e);
        }
    }

    /** Has the platform verify it, and nothing else. */
    public int verify() throws IOException {
        int signed = 0;
        try (var file = new JarFile(jar.toFile(), true)) {
            for (JarEntry entry : Collections.list(file.entries())) {
                try (InputStream in = file.getInputStream(entry)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
                signed += entry.getCodeSigners() == null ? 0 : 1;
            }
        }
        return signed;
    }

    /** Of the jar. */
    public long bytes() throws IOException {
        return Files.size(jar);
    }

    /** Removes it. */
    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

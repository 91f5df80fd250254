package symphony.admission;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.admission.TrustedSigner;
import symphony.component.OwnerOnly;
import symphony.component.QuietLog;
import symphony.component.TrustedFile;

/**
 * The certificates that are trusted: files in a folder, PEM or DER, which is looked at for each judgement, so that one which is put there
 * or taken away counts at once. A file that others could write counts for nothing. Thread-safe.
 */
final class TrustedCertificates {
    private static final Logger log = LoggerFactory.getLogger(TrustedCertificates.class);
    private static final int MOST_FILES = 256;
    private static final int MOST_BYTES = 1 << 16;
    private static final int LINE = 64;

    private final Path folder;
    private final QuietLog unusable = new QuietLog(System::nanoTime);

    /** @param folder need not exist */
    TrustedCertificates(Path folder) {
        this.folder = folder;
    }

    /** All of them, by where they lie. */
    Map<Path, List<X509Certificate>> all() {
        var result = new TreeMap<Path, List<X509Certificate>>();
        for (Path file : files()) {
            try {
                String open = new TrustedFile(file).openToOthers();
                if (!open.isEmpty()) {
                    throw new CertificateException(open);
                }
                result.put(file, read(file));
            } catch (IOException | CertificateException e) {
                unusable.write(more -> log.warn(
                        "{}: {} counts for no signature: {} ({} more not told)",
                        Admission.PID,
                        file,
                        e.getMessage(),
                        more));
            }
        }
        return result;
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(TrustedCertificates::isCertificate)
                    .sorted()
                    .limit(MOST_FILES)
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of(); // nobody is trusted yet
        } catch (IOException | UncheckedIOException e) {
            unusable.write(more -> log.warn(
                    "{}: nobody's signature counts, {} cannot be read ({} more not told)",
                    Admission.PID,
                    folder,
                    more,
                    e));
            return List.of();
        }
    }

    private static boolean isCertificate(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return (name.endsWith(".pem") || name.endsWith(".crt") || name.endsWith(".cer"))
                && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** What changes if anything of it does, also who may write it, without the certificates being read. */
    String stamp() {
        var stamp = new StringBuilder();
        files().forEach(file ->
                stamp.append(file.getFileName()).append(attributes(file)).append('\n'));
        return stamp.length() == 0 ? "" : stamp.append(attributes(folder)).toString();
    }

    private static String attributes(Path file) {
        try {
            boolean isUnix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
            String names = isUnix ? "unix:ino,ctime,mode,uid,size" : "lastModifiedTime,size";
            return new TreeMap<>(Files.readAttributes(file, names, LinkOption.NOFOLLOW_LINKS)).toString();
        } catch (IOException e) {
            return " is gone";
        }
    }

    static TrustedSigner view(Path file, X509Certificate certificate) {
        return new TrustedSigner(
                Digests.fingerprint(certificate),
                certificate.getSubjectX500Principal().getName(),
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant(),
                file.toString());
    }

    /** Reads the one certificate of a file that somebody names. */
    X509Certificate readOne(Path file) {
        try {
            List<X509Certificate> certificates = read(file);
            if (certificates.size() != 1) {
                throw new IllegalArgumentException(
                        file + " holds " + certificates.size() + " certificates, must hold the one to trust");
            }
            certificates.get(0).checkValidity();
            return certificates.get(0);
        } catch (IOException | CertificateException e) {
            throw new IllegalArgumentException(file + " holds no certificate to trust: " + e.getMessage(), e);
        }
    }

    /** From now on it is trusted, also after a restart. */
    TrustedSigner keep(X509Certificate certificate) throws IOException {
        Path file = folder.resolve(Digests.fingerprint(certificate) + ".pem");
        OwnerOnly.createFolder(folder);
        try {
            String body = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
            OwnerOnly.write(
                    file,
                    ("-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n")
                            .getBytes(StandardCharsets.US_ASCII));
        } catch (CertificateException e) {
            throw new IOException("a certificate that cannot be encoded", e);
        }
        return view(file, certificate);
    }

    private static List<X509Certificate> read(Path file) throws IOException, CertificateException {
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw new IOException("it has more than " + MOST_BYTES + " bytes");
        }
        Collection<? extends Certificate> found =
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes));
        var result = new ArrayList<X509Certificate>();
        for (Certificate certificate : found) {
            if (certificate instanceof X509Certificate x509) {
                result.add(x509);
            }
        }
        if (result.isEmpty()) {
            throw new CertificateException("it holds no X.509 certificate");
        }
        return result;
    }
}

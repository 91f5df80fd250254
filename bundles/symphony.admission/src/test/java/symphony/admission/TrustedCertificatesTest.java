package symphony.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import symphony.admission.Signatory.Use;

final class TrustedCertificatesTest {
    private static final Signatory ADA = Signatory.named("ada");

    @TempDir
    private Path folder;

    private Path trustedFolder;
    private TrustedCertificates trusted;

    @BeforeEach
    void begin() {
        trustedFolder = folder.resolve("trusted");
        trusted = new TrustedCertificates(trustedFolder);
    }

    private Path der(Signatory... signatories) throws Exception {
        var bytes = new ByteArrayOutputStream();
        for (Signatory each : signatories) {
            bytes.writeBytes(each.certificate().getEncoded());
        }
        return Files.write(folder.resolve("some.crt"), bytes.toByteArray());
    }

    private List<Object> all() {
        return List.copyOf(trusted.all().values().stream().flatMap(List::stream).toList());
    }

    @Test
    void areNoneWithoutAFolder() {
        assertThat(trusted.all()).isEmpty();
        assertThat(trusted.stamp()).isEmpty();
    }

    @Test
    void areThoseThatWereKept() throws Exception {
        String before = trusted.stamp();
        var view = trusted.keep(trusted.readOne(der(ADA)));
        assertThat(view.fingerprint()).isEqualTo(ADA.fingerprint());
        assertThat(view.subject()).isEqualTo("CN=ada");
        assertThat(all()).containsExactly(ADA.certificate());
        assertThat(trusted.stamp()).isNotEqualTo(before);
        assertThat(Files.getPosixFilePermissions(Path.of(view.file())))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        trusted.keep(ADA.certificate()); // twice
        assertThat(all()).containsExactly(ADA.certificate());
    }

    @Test
    void areNoLongerThoseThatWereTakenAway() throws Exception {
        var view = trusted.keep(ADA.certificate());
        Files.delete(Path.of(view.file()));
        assertThat(trusted.all()).isEmpty();
    }

    @Test
    void areNotThoseThatOthersCouldHavePutThere() throws Exception {
        Path file = Path.of(trusted.keep(ADA.certificate()).file());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(trusted.all()).isEmpty();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(trustedFolder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(trusted.all()).isEmpty();
    }

    @Test
    void haveAnotherStampOnceOthersMayWriteThem() throws Exception {
        Path file = Path.of(trusted.keep(ADA.certificate()).file());
        String before = trusted.stamp();
        assertThat(trusted.stamp()).isEqualTo(before);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(trusted.stamp()).isNotEqualTo(before);
        String opened = trusted.stamp();
        Files.setPosixFilePermissions(trustedFolder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(trusted.stamp()).isNotEqualTo(opened);
    }

    @Test
    void areNotLinksNorOtherFiles() throws Exception {
        Path file = Path.of(trusted.keep(ADA.certificate()).file());
        Path elsewhere = Files.move(file, folder.resolve("elsewhere.pem"));
        Files.createSymbolicLink(file, elsewhere);
        Files.copy(elsewhere, trustedFolder.resolve("ada.txt"));
        assertThat(trusted.all()).isEmpty();
    }

    /** One that cannot be used takes nobody else's trust away. */
    @Test
    void areTheOthersIfOneCannotBeUsed() throws Exception {
        trusted.keep(ADA.certificate());
        for (String content : List.of("", "no certificate", "x".repeat(70_000))) {
            Path file = Files.writeString(trustedFolder.resolve("0.pem"), content);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            assertThat(all()).containsExactly(ADA.certificate());
        }
    }

    @Test
    void areNotReadFromAFileThatHoldsNoneOrMany() throws Exception {
        assertRefused(der(ADA, Signatory.named("bob")), "holds 2 certificates");
        assertRefused(Files.writeString(folder.resolve("a.txt"), "no certificate"), "holds no certificate to trust");
        assertRefused(folder.resolve("missing"), "holds no certificate to trust");
        assertRefused(der(Signatory.issued("ended", null, Use.CODE, Duration.ofDays(-1))), "NotAfter");
    }

    private void assertRefused(Path file, String reason) {
        assertThatThrownBy(() -> trusted.readOne(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}

package symphony.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import symphony.admission.JarSignatures.Signature;
import symphony.admission.Signatory.Use;

final class JarSignaturesTest {
    private static final Signatory ADA = Signatory.named("ada");
    private static final Signatory BOB = Signatory.named("bob");

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("some.jar");
    }

    private Path bundle() {
        return Jar.bundle("acme").write(file());
    }

    private static Signature verify(Path jar, Signatory... trusted) throws Exception {
        var certificates = Stream.of(trusted).map(Signatory::certificate).toList();
        return JarSignatures.verify(jar, new Signers(certificates, Instant.now()));
    }

    private static void refuses(Path jar, String reason, Signatory... trusted) {
        assertThatThrownBy(() -> verify(jar, trusted))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void tellsWhoSignedAndHowLongThatHolds() throws Exception {
        Signature signature = verify(ADA.sign(bundle()), ADA, BOB);
        assertThat(signature.signers()).containsExactly(ADA.fingerprint());
        assertThat(signature.until()).isEqualTo(ADA.certificate().getNotAfter().toInstant());
    }

    @Test
    void refusesOneThatIsNotSigned() {
        refuses(bundle(), "it is not signed", ADA);
    }

    @Test
    void refusesOneThatSomebodyElseSigned() {
        refuses(BOB.sign(bundle()), "it is signed by CN=bob (SHA-256 " + BOB.fingerprint(), ADA);
    }

    @Test
    void refusesEachIfNobodyIsTrusted() {
        refuses(BOB.sign(bundle()), "it is not trusted, nor is who issued it");
    }

    /** The name proves nothing. */
    @Test
    void refusesSomebodyWithTheSameName() {
        refuses(Signatory.named("ada").sign(bundle()), "which does not count", ADA);
    }

    @Test
    void takesOneThatSeveralSigned() throws Exception {
        Path jar = BOB.sign(ADA.sign(bundle()));
        assertThat(verify(jar, ADA).signers()).containsExactly(ADA.fingerprint());
        assertThat(verify(jar, ADA, BOB).signers()).containsExactlyInAnyOrder(ADA.fingerprint(), BOB.fingerprint());
    }

    @Test
    void takesOneWhoseSignerWasIssuedByATrustedOne() throws Exception {
        var issuer = Signatory.issued("issuer", null, Use.ISSUER, Duration.ofDays(5));
        var signer = Signatory.issued("signer", issuer, Use.CODE, Duration.ofDays(1));
        Path jar = signer.sign(bundle());
        assertThat(verify(jar, issuer).signers()).containsExactly(signer.fingerprint());
        assertThat(verify(jar, signer).signers()).containsExactly(signer.fingerprint());
        refuses(jar, "which does not count", ADA);
    }

    /** As jars have it whose signer takes the root for known. */
    @Test
    void holdsOnlyAsLongAsATrustedIssuerThatIsNotInTheJar() throws Exception {
        var issuer = Signatory.issued("issuer", null, Use.ISSUER, Duration.ofHours(1));
        var signer = Signatory.issued("signer", issuer, Use.CODE, Duration.ofDays(1));
        Instant end = issuer.certificate().getNotAfter().toInstant();
        assertThat(verify(signer.sign(bundle()), issuer).until()).isEqualTo(end);
        assertThat(verify(signer.withoutIssuers().sign(bundle()), issuer).until())
                .isEqualTo(end);
    }

    /** Whoever may sign code may not make others who may. */
    @Test
    void refusesOneWhoseSignerWasIssuedBySomebodyWhoMayNot() {
        var signer = Signatory.issued("signer", ADA, Use.CODE, Duration.ofDays(1));
        refuses(signer.sign(bundle()), "which does not count", ADA);
    }

    @Test
    void refusesCertificatesThatHaveEnded() {
        var ended = Signatory.issued("ended", null, Use.CODE, Duration.ofDays(-1));
        refuses(ended.sign(bundle()), "NotAfter", ended);
        var issuer = Signatory.issued("issuer", null, Use.ISSUER, Duration.ofDays(-1));
        refuses(Signatory.issued("signer", issuer, Use.CODE, Duration.ofDays(1)).sign(bundle()), "NotAfter", issuer);
    }

    @Test
    void refusesKeysThatAreNotForCode() {
        var server = Signatory.issued("server", null, Use.SERVER, Duration.ofDays(1));
        refuses(server.sign(bundle()), "not for signing code", server);
        var agree = Signatory.issued("agree", null, Use.AGREEMENT, Duration.ofDays(1));
        refuses(agree.sign(bundle()), "is not signed", agree);
    }

    @Test
    void refusesAChangedClass() {
        Jar signed = Jar.of(ADA.sign(bundle()));
        refuses(signed.with(Jar.HANDLER, "another handler").write(file()), "changed after it was signed", ADA);
    }

    @Test
    void refusesAnAddedClass() {
        Jar signed = Jar.of(ADA.sign(bundle()));
        refuses(signed.with("acme/Evil.class", "evil").write(file()), "entry acme/Evil.class is not signed", ADA);
    }

    @Test
    void refusesAnAddedEntryThatLooksLikeASignature() {
        for (String name : List.of("META-INF/x/EVIL.SF", "META-INF/services/evil", "META-INF/versions/17/A.class")) {
            Jar signed = Jar.of(ADA.sign(bundle()));
            refuses(signed.with(name, "evil").write(file()), "entry " + name + " is not signed", ADA);
        }
    }

    @Test
    void refusesAMissingClass() {
        Jar signed = Jar.of(ADA.sign(bundle()));
        refuses(signed.without(Jar.HANDLER).write(file()), "acme/Handler.class was signed and is missing", ADA);
    }

    @Test
    void refusesAChangedManifest() {
        Jar signed = Jar.of(ADA.sign(bundle()));
        String manifest = signed.text(SignatureFiles.MANIFEST);
        refuses(
                signed.with(SignatureFiles.MANIFEST, manifest.replace("1.0.0", "1.0.1"))
                        .write(file()),
                "META-INF/MANIFEST.MF is not as META-INF/ADA.SF has it",
                ADA);
    }

    /** A section for a class that was not there as it was signed. */
    @Test
    void refusesAManifestWithMore() {
        Jar signed = Jar.of(ADA.sign(bundle()));
        String manifest = signed.text(SignatureFiles.MANIFEST);
        refuses(
                signed.with(SignatureFiles.MANIFEST, manifest + "Name: x\r\nY: z\r\n\r\n")
                        .write(file()),
                "is not as META-INF/ADA.SF",
                ADA);
    }

    /** Then the file beside it proves nothing. */
    @Test
    void refusesABlockThatBringsAlongWhatItSigns() throws Exception {
        Jar signed = Jar.of(ADA.sign(bundle()));
        byte[] block = ADA.attachedBlock(signed.text("META-INF/ADA.SF").getBytes(StandardCharsets.UTF_8));
        refuses(signed.with("META-INF/ADA.EC", block).write(file()), "brings what it signs along", ADA);
        assertThat(SignatureBlock.isDetached(new byte[0])).isFalse();
        assertThat(SignatureBlock.isDetached(new byte[] {0x30, (byte) 0x84, 1, 1, 1, 1}))
                .isFalse();
    }

    @Test
    void takesASignatureWithATimeStampWhoeverMadeIt() throws Exception {
        Jar signed = Jar.of(ADA.sign(bundle()));
        Path jar = stamped(signed, Instant.now()).write(file());
        assertThat(verify(jar, ADA).signers()).containsExactly(ADA.fingerprint());
        Path changed = Jar.of(jar).with(Jar.HANDLER, "another handler").write(file());
        refuses(changed, "changed after it was signed", ADA);
        try (var files = Files.list(folder)) {
            assertThat(files).as("the copy is gone").containsExactly(file());
        }
    }

    /** A time stamp makes the platform take what was safe then, and anybody can make one. */
    @Test
    void refusesWhatOnlyATimeStampMakesSafe() throws Exception {
        Jar signed = Jar.of(ADA.signBySha1(bundle()));
        refuses(signed.write(file()), "an algorithm that is no longer safe", ADA);
        Path jar = stamped(signed, Instant.parse("2018-01-01T00:00:00Z")).write(file());
        assertThat(signersToThePlatform(jar))
                .as("it is as the platform takes it")
                .isPositive();
        refuses(jar, "an algorithm that is no longer safe", ADA);
    }

    private static Jar stamped(Jar signed, Instant time) throws Exception {
        var clock = Signatory.issued("clock", null, Use.CLOCK, Duration.ofDays(1));
        return signed.with("META-INF/ADA.EC", clock.stamp(signed.bytes("META-INF/ADA.EC"), time));
    }

    private static int signersToThePlatform(Path file) throws Exception {
        try (var jar = new JarFile(file.toFile(), true)) {
            JarEntry entry = jar.getJarEntry(Jar.HANDLER);
            jar.getInputStream(entry).readAllBytes();
            return entry.getCodeSigners() == null ? 0 : entry.getCodeSigners().length;
        }
    }

    @Test
    void takesNoDamagedBlockForAnother() throws Exception {
        byte[] block = Jar.of(ADA.sign(bundle())).bytes("META-INF/ADA.EC");
        assertThat(SignatureBlock.withoutTimeStamps(block)).isEqualTo(block);
        for (int i = 0; i < block.length; i++) {
            byte[] cut = Arrays.copyOf(block, i);
            assertThatThrownBy(() -> SignatureBlock.withoutTimeStamps(cut))
                    .as("%d bytes", i)
                    .isInstanceOf(IllegalArgumentException.class);
            byte[] changed = block.clone();
            changed[i] ^= 5;
            try {
                assertThat(SignatureBlock.withoutTimeStamps(changed)).hasSizeLessThanOrEqualTo(block.length);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageMatching("a block .*|another element .*|a length of .*");
            }
        }
    }

    /** Whoever adds a class and signs has the manifest of those changed who signed before. */
    @Test
    void refusesAClassThatOnlySomebodyElseSigned() {
        Jar signed = Jar.of(ADA.sign(bundle()));
        Path jar = BOB.sign(signed.with("acme/More.class", "more").write(file()));
        refuses(jar, "it is signed by CN=bob", ADA);
    }

    /** As the platform and {@code jarsigner -verify} take it. */
    @Test
    void takesOneThatSomebodyElseSignedBeforeAClassWasAdded() throws Exception {
        Jar signed = Jar.of(BOB.sign(bundle()));
        Path jar = ADA.sign(signed.with("acme/More.class", "more").write(file()));
        assertThat(signersToThePlatform(jar)).isEqualTo(2);
        assertThat(verify(jar, ADA).signers()).containsExactly(ADA.fingerprint());
        assertThat(verify(jar, ADA, BOB).signers()).containsExactly(ADA.fingerprint());
        refuses(jar, "it is signed by CN=ada", BOB);
        Path third = Jar.of(jar).with("acme/More.class", "even more").write(file());
        refuses(third, "changed after it was signed", ADA);
    }

    /** The platform refuses all of it then, and so does everybody who asks it. */
    @Test
    void refusesOneThatSomebodyElseSignedBeforeAClassWasChanged() {
        Jar signed = Jar.of(BOB.sign(bundle()));
        Path jar = ADA.sign(signed.with(Jar.HANDLER, "another handler").write(file()));
        assertThatThrownBy(() -> signersToThePlatform(jar)).isInstanceOf(SecurityException.class);
        refuses(jar, "it was changed after it was signed: invalid SHA-256 signature file digest", ADA);
    }

    @Test
    void refusesASignatureOfAnotherJar() {
        Jar other = Jar.of(ADA.sign(Jar.bundle("other").write(file())));
        Jar jar = Jar.of(ADA.sign(bundle()));
        refuses(
                jar.with("META-INF/ADA.SF", other.text("META-INF/ADA.SF")).write(file()),
                "is not as META-INF/ADA.SF has it",
                ADA);
    }

    @Test
    void refusesAJarWhicheverBitOfWhatCountsWasChanged() throws Exception {
        Jar signed = Jar.of(ADA.sign(bundle()));
        for (String name : List.of(SignatureFiles.MANIFEST, "META-INF/ADA.SF", "META-INF/ADA.EC", Jar.HANDLER)) {
            Path jar = signed.write(file());
            byte[] content;
            try (var zip = new ZipFile(jar.toFile())) {
                content = zip.getInputStream(zip.getEntry(name)).readAllBytes();
            }
            for (int i = 0; i < content.length; i += name.endsWith(".EC") ? 11 : 3) {
                byte[] changed = content.clone();
                changed[i] ^= 1;
                Path forged = Jar.of(jar).with(name, changed).write(folder.resolve("forged.jar"));
                Signature signature;
                try {
                    signature = verify(forged, ADA);
                } catch (RefusedException e) {
                    continue;
                }
                // The block of the signature has parts that no signature covers, as the certificates beside the own
                // one.
                assertThat(name).isEqualTo("META-INF/ADA.EC");
                assertThat(signature.signers()).containsExactly(ADA.fingerprint());
            }
        }
    }

    @Test
    void takesAFolderForNothingThatCouldBeSigned() throws Exception {
        Path jar = ADA.sign(Jar.bundle("acme").with("folder/", new byte[0]).write(file()));
        assertThat(verify(jar, ADA).signers()).hasSize(1);
    }
}

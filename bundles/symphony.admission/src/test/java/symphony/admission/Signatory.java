package symphony.admission;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipFile;
import jdk.security.jarsigner.JarSigner;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.SignerInformationStore;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;

/** Somebody with a key and a certificate, who signs jars as jarsigner does. */
final class Signatory {
    private static int serial;

    private final String name;
    private final KeyPair keys;
    private final List<X509Certificate> chain = new ArrayList<>();

    private Signatory(String name, KeyPair keys) {
        this.name = name;
        this.keys = keys;
    }

    /** Extensions of a certificate. */
    enum Use {
        CODE,
        ISSUER,
        SERVER,
        AGREEMENT,
        CLOCK
    }

    /** With a certificate of its own, valid now. */
    static Signatory named(String name) {
        return issued(name, null, Use.CODE, Duration.ofDays(1));
    }

    /**
     * With a certificate that another has issued.
     *
     * @param issuer null for itself
     * @param left how long it is still valid, less than zero if it was
     */
    static Signatory issued(String name, Signatory issuer, Use use, Duration left) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            var result = new Signatory(name, generator.generateKeyPair());
            Signatory by = issuer == null ? result : issuer;
            var subject = new X500Name("CN=" + name);
            var builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=" + by.name),
                    BigInteger.valueOf(++serial),
                    Date.from(Instant.now().minus(Duration.ofDays(10))),
                    Date.from(Instant.now().plus(left)),
                    subject,
                    result.keys.getPublic());
            extend(builder, use);
            X509CertificateHolder holder =
                    builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.keys.getPrivate()));
            result.chain.add(new JcaX509CertificateConverter().getCertificate(holder));
            if (issuer != null) {
                result.chain.addAll(issuer.chain);
            }
            return result;
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void extend(JcaX509v3CertificateBuilder builder, Use use) throws CertIOException {
        switch (use) {
            case CODE -> {
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
                builder.addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning));
            }
            case ISSUER -> {
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            }
            case SERVER ->
                builder.addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            case CLOCK ->
                builder.addExtension(
                        Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping));
            case AGREEMENT -> builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyAgreement));
        }
    }

    /** The same, who puts no other certificate but the own one into a signature. */
    Signatory withoutIssuers() {
        var result = new Signatory(name, keys);
        result.chain.add(certificate());
        return result;
    }

    X509Certificate certificate() {
        return chain.get(0);
    }

    String fingerprint() {
        return Digests.fingerprint(certificate());
    }

    /** A block that brings along what it signs. */
    byte[] attachedBlock(byte[] signed) throws Exception {
        var generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(
                new JcaSimpleSignerInfoGeneratorBuilder().build("SHA256withECDSA", keys.getPrivate(), certificate()));
        generator.addCertificates(new JcaCertStore(chain));
        return generator.generate(new CMSProcessableByteArray(signed), true).getEncoded();
    }

    /** Says that a block's signature was there at some time. */
    byte[] stamp(byte[] block, Instant time) throws Exception {
        var signed = new CMSSignedData(block);
        SignerInformation signer =
                signed.getSignerInfos().getSigners().iterator().next();
        var calculators = new JcaDigestCalculatorProviderBuilder().build();
        var sha256 = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256);
        var tokens = new TimeStampTokenGenerator(
                new JcaSimpleSignerInfoGeneratorBuilder().build("SHA256withECDSA", keys.getPrivate(), certificate()),
                calculators.get(sha256),
                new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"));
        tokens.addCertificates(new JcaCertStore(chain));
        byte[] digest = Digests.sha256().digest(signer.getSignature());
        var requests = new TimeStampRequestGenerator();
        requests.setCertReq(true);
        var request = requests.generate(NISTObjectIdentifiers.id_sha256, digest);
        byte[] token = tokens.generate(request, BigInteger.ONE, Date.from(time)).getEncoded();
        var attribute = new Attribute(
                PKCSObjectIdentifiers.id_aa_signatureTimeStampToken, new DERSet(ASN1Primitive.fromByteArray(token)));
        var stamped = SignerInformation.replaceUnsignedAttributes(signer, new AttributeTable(attribute));
        return CMSSignedData.replaceSigners(signed, new SignerInformationStore(stamped))
                .getEncoded("DER");
    }

    /** Signs a jar in its place. */
    Path sign(Path jar) {
        return sign(jar, "SHA-256", "SHA256withECDSA");
    }

    /** Signs a jar in its place, as it was done long ago. */
    Path signBySha1(Path jar) {
        return sign(jar, "SHA-1", "SHA1withECDSA");
    }

    private Path sign(Path jar, String digest, String signature) {
        try {
            var path = CertificateFactory.getInstance("X.509").generateCertPath(chain);
            var signer = new JarSigner.Builder(keys.getPrivate(), path)
                    .digestAlgorithm(digest)
                    .signatureAlgorithm(signature)
                    .signerName(name.toUpperCase(Locale.ROOT))
                    .build();
            Path signed = jar.resolveSibling(jar.getFileName() + ".signed");
            try (var in = new ZipFile(jar.toFile());
                    OutputStream out = Files.newOutputStream(signed)) {
                signer.sign(in, out);
            }
            Files.move(signed, jar, StandardCopyOption.REPLACE_EXISTING);
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}

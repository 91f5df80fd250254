package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.it.handler.SecondInvoicing;

/** The product as an operator runs it: it takes bundles that were signed, by the JDK's own tools, and no others. */
@Timeout(400)
class AdmissionIT {
    private static final String EXAMPLE = "symphony.example.orders";
    private static final String POLICY = """
            {
              "version": 1,
              "roles": {"core": {"grants": ["event:publish-as:*", "event:publish:symphony/health/*"]}},
              "bundles": {
                "symphony.dispatcher": {"roles": ["core"]},
                "symphony.eventsystem": {"roles": ["core"], "grants": ["schedule:create-as:*"]},
                "symphony.example.orders": {"signer": "%s", "grants": ["event:*:orders/*"]},
                "symphony.rbac": {"grants": ["admission:list:bundles"]},
                "symphony.scheduler": {"roles": ["core"]},
                "symphony.shell": {"grants": ["*:*:*"]}
              }
            }
            """;

    @TempDir
    private Path folder;

    private Installation product;
    private Path home;

    @BeforeEach
    void make() throws Exception {
        product = Installation.unpack(folder);
        home = Files.createDirectory(
                folder.resolve("home"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        jdk("keytool -genkeypair -keyalg EC -groupname secp256r1 -alias ada -dname CN=ada -validity 365"
                + " -ext KU=digitalSignature -ext EKU=codeSigning -keystore ada.p12 -storepass changeit");
        jdk("keytool -exportcert -rfc -alias ada -keystore ada.p12 -storepass changeit -file ada.pem");
        Path policy = Files.writeString(home.resolve("policy.json"), POLICY.formatted(fingerprint("ada.pem")));
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-------"));
    }

    private String fingerprint(String file) throws Exception {
        try (InputStream in = Files.newInputStream(folder.resolve(file))) {
            byte[] certificate = CertificateFactory.getInstance("X.509")
                    .generateCertificate(in)
                    .getEncoded();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate));
        }
    }

    /** One of the JDK's tools, in the folder. */
    private void jdk(String line) throws Exception {
        List<String> command = new ArrayList<>(List.of(line.split(" ")));
        command.set(0, System.getProperty("java.home") + File.separator + "bin" + File.separator + command.get(0));
        Process tool = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("tool.out").toFile())
                .start();
        assertThat(tool.waitFor())
                .as(Files.readString(folder.resolve("tool.out")))
                .isZero();
    }

    private Path signed() throws Exception {
        Path jar = Files.copy(
                Installation.built(EXAMPLE), folder.resolve("signed.jar"), StandardCopyOption.REPLACE_EXISTING);
        jdk("jarsigner -keystore ada.p12 -storepass changeit signed.jar ada");
        return jar;
    }

    private Running start() throws IOException {
        return Start.of(product.command(), home).inProduction().in(folder).pipe();
    }

    @Test
    void takesBundlesOfTrustedSignersAndNoOthers() throws Exception {
        product.drop(signed(), "orders.jar");
        try (var running = start()) {
            running.type("symphony:banner");
            running.awaitOutput("/load, for signed bundles only");
            running.type("symphony:admission explain orders.jar");
            running.awaitOutput("it is signed by CN=ada");
            running.type("symphony:admission trust ada.pem");
            running.awaitOutput("CN=ada is trusted until ");
            product.drop(signed(), "orders.jar"); // signed anew, so it is another file
            running.awaitLog("Started bundle");
            // its grants hold as soon as it is known who has signed it
            running.awaitAnswer("symphony:publish orders/new customer=ada amount=12", ": ada pays 12.00 and 2.28 tax");

            product.drop(Installation.built(EXAMPLE), "orders.jar"); // not signed
            running.awaitLog("orders.jar was before goes on, restarted");
            running.awaitAnswer("symphony:admission list", "it is not signed");
            running.awaitAnswer("symphony:publish orders/new customer=bob amount=24", ": bob pays 24.00 and 4.56 tax");

            product.drop(HandlerJar.write(folder.resolve("b.jar"), "acme", "1.0.0", SecondInvoicing.class), "b.jar");
            running.awaitLog("b.jar is refused: it is not signed");
            running.type("felix:install '" + folder.resolve("b.jar").toUri() + "'");
            running.awaitLog("(acme 1.0.0) may not run: it is not signed");
            running.type("symphony:admission explain acme");
            running.awaitOutput("standing      refused");
            running.type("lb acme");
            running.awaitOutput("|Installed");
            product.drop(signed(), "orders.jar"); // beside the refused one
            running.awaitAnswer("symphony:publish orders/new customer=eve amount=12", ": eve pays 12.00 and 2.28 tax");
            Files.writeString(product.load().resolve("symphony.queue.cfg"), "capacity=1");
            running.awaitLog("symphony.queue.cfg is refused: it is a configuration");
            running.type("symphony:audit find --action admission:* --json");
            running.awaitOutput("\"action\":\"admission:trust\",");
            running.awaitOutput("\"outcome\":\"DENIED\"");
            running.type("exit");
            running.awaitExit();
        }
    }

    @Test
    void takesWhatItIsToldToTakeByItsLaunchProperty() throws Exception {
        try (var running = Start.of(product.command(), home)
                .inProduction()
                .option("-Dsymphony.admission=open")
                .in(folder)
                .pipe()) {
            running.awaitStarted();
            product.drop(Installation.built(EXAMPLE), "orders.jar");
            running.awaitLog("Started bundle");
            running.type("exit");
            running.endsWith(0);
        }
    }
}

package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import symphony.it.handler.WarningBundle;

/** The start script wherever it is, and an installation of which something is missing or damaged. */
@Timeout(400)
class InstallationIT {
    @TempDir
    private Path folder;

    private Path home;

    @BeforeEach
    void chooseHome() {
        home = folder.resolve("home");
    }

    @Test
    void startsByLinksFromThePath() throws Exception {
        Path far = Files.createDirectory(folder.resolve("far away"));
        Path bin = Files.createDirectory(folder.resolve("bin of a user"));
        Files.createSymbolicLink(
                far.resolve("the one"), Installation.unpack(folder).command());
        Files.createSymbolicLink(bin.resolve("symphony"), Path.of("../far away/the one"));
        try (var running = Start.of(Path.of("/bin/sh"), home)
                .argument("-c")
                .argument("symphony")
                .environment("PATH", bin + ":" + System.getenv("PATH"))
                .script("echo hello")) {
            running.endsWith(0);
            assertThat(running.output()).contains("hello");
            assertThat(running.errors()).isEmpty();
        }
    }

    @Test
    void startsByARelativePath() throws Exception {
        Path product = Installation.shared().folder();
        try (var running = Start.of(Path.of("bin/symphony"), home)
                .in(product)
                .argument("--version")
                .headless()) {
            running.endsWith(0);
            assertThat(running.output()).isEqualTo("Symphony Events " + System.getProperty("version") + "\n");
        }
    }

    @ParameterizedTest
    @MethodSource
    void refusesAJavaThatItCannotUse(String release, String reason) throws Exception {
        Path java = folder.resolve("java");
        if (!release.isEmpty()) {
            Files.createDirectories(java.resolve("bin"));
            Files.writeString(java.resolve("release"), "JAVA_VERSION=\"" + release + "\"\n");
            assertThat(Files.createFile(java.resolve("bin/java")).toFile().setExecutable(true))
                    .isTrue();
        }
        try (var running =
                Start.on(home).environment("JAVA_HOME", java.toString()).headless()) {
            running.isRefused(1, java.toString(), reason);
        }
    }

    static Stream<Arguments> refusesAJavaThatItCannotUse() {
        return Stream.of(arguments("", "there is no bin/java in it"), arguments("16.0.2", "older than 17"));
    }

    /** Does something to an installation. */
    private interface Damage {
        void to(Installation product) throws IOException;
    }

    @Test
    void losesNoLineThatComesBeforeConfigurations() throws Exception {
        Installation product = Installation.unpack(folder);
        make(product, "bundle/11"); // logging is there from 10 on, Configuration Admin from 20
        HandlerJar.write(
                product.folder().resolve("bundle/11/warning.jar"), "symphony.it.warning", "1.0.0", WarningBundle.class);
        try (var running = Start.of(product.command(), home).script("exit 0")) {
            running.endsWith(0);
            assertThat(running.output()).isEmpty();
            assertThat(running.log().complaints()).singleElement().asString().contains("the first line");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void isRefused(String what, Damage damage, int exitCode, String name, String mend) throws Exception {
        Installation product = Installation.unpack(folder);
        damage.to(product);
        try (var running = Start.of(product.command(), home).script("echo never")) {
            running.isRefused(exitCode, name, mend);
        }
    }

    static Stream<Arguments> isRefused() {
        String again = "unpack";
        return Stream.of(
                damage("no launcher", 1, "bin/symphony.jar", again, p -> delete(p, "bin/symphony.jar")),
                damage("half a launcher", 1, "bin/symphony.jar", "corrupt", p -> halve(p, "bin/symphony.jar")),
                damage("no framework", 1, "bin/framework.jar", again, p -> delete(p, "bin/framework.jar")),
                damage("half a framework", 1, "bin/framework.jar", again, p -> halve(p, "bin/framework.jar")),
                damage("half a bundle", 1, "symphony.queue", again, p -> halve(p.bundle("30", "symphony.queue"))),
                damage("no bundles", 2, "/bundle", again, p -> delete(p, "bundle")),
                damage("no conf", 2, "conf/config.properties", again, p -> delete(p, "conf")),
                damage("no symphony.json", 2, "conf/symphony.json", again, p -> delete(p, "conf/symphony.json")),
                damage("no logging", 2, "conf/logging.properties", again, p -> delete(p, "conf/logging.properties")),
                damage("a level that is none", 2, "bundle/extra", "move it", p -> make(p, "bundle/extra")),
                damage("a level too high", 2, "bundle/101", "move it", p -> make(p, "bundle/101")));
    }

    private static Arguments damage(String what, int exitCode, String name, String mend, Damage damage) {
        return arguments(what, damage, exitCode, name, mend);
    }

    private static void delete(Installation product, String name) throws IOException {
        Installation.delete(product.folder().resolve(name));
    }

    private static void halve(Installation product, String name) throws IOException {
        halve(product.folder().resolve(name));
    }

    private static void halve(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
    }

    private static void make(Installation product, String name) throws IOException {
        Files.createDirectory(product.folder().resolve(name));
    }

    @Test
    void tellsWhatIsMissingWithoutABundle() throws Exception {
        Installation product = Installation.unpack(folder);
        Files.delete(product.bundle("30", "symphony.queue"));
        try (var running = Start.of(product.command(), home).script("symphony:publish a n=1", "symphony:status")) {
            running.endsWith(0);
            assertThat(running.output())
                    .contains("refused: UNAVAILABLE, no event dispatcher")
                    .containsPattern("missing +dispatcher");
            assertThat(running.errors()).isEmpty();
        }
    }
}

package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.it.handler.SecondInvoicing;

/** The drop folder of the product: used, and unusable. */
@Timeout(400)
class DropFolderIT {
    private static final String EXAMPLE = "symphony.example.orders";
    private static final String ORDER = "symphony:publish orders/new customer=ada amount=12";

    @TempDir
    private Path folder;

    private Installation product;

    @BeforeEach
    void unpack() throws Exception {
        product = Installation.unpack(folder);
    }

    @Test
    void runsABundleWhileItLiesThere() throws Exception {
        try (var running = start().pipe()) {
            running.type(ORDER);
            running.awaitOutput("not wanted by any subscription");

            product.drop(Installation.built(EXAMPLE), "orders.jar");
            running.awaitLog("Started bundle");
            running.type(ORDER);
            running.awaitOutput("invoice 1001: ada pays 12.00 and 2.28 tax");

            Path second = HandlerJar.write(folder.resolve("second.jar"), EXAMPLE, "99.0.0", SecondInvoicing.class);
            product.drop(second, "orders.jar");
            running.awaitLog("Updating bundle", "Started bundle"); // the former is told before the first build stops
            running.type(ORDER);
            running.awaitOutput("second build: ada");

            Files.delete(product.load().resolve("orders.jar"));
            running.awaitAnswer("symphony:status", "subscriptions 1"); // that of utterances
            running.type("exit");
            running.endsWith(0);
            assertThat(running.output()).containsOnlyOnce("invoice 1").containsOnlyOnce("second build");
            assertThat(running.errors()).isEmpty();
            assertThat(running.log().complaints()).isEmpty();
        }
    }

    /** And its handler gets its own events out, though the script has ended meanwhile. */
    @Test
    void hasStartedWhatLaysThereBeforeTheFirstLineOfAScript() throws Exception {
        product.drainFor("30s");
        product.drop(Installation.built(EXAMPLE), "orders.jar");
        try (var running = start().script(ORDER)) {
            running.endsWith(0);
            assertThat(running.output()).contains("accepted by 1 subscription", "invoice 1001");
            assertThat(running.errors()).isEmpty();
            assertThat(running.log().complaints()).isEmpty();
            assertThat(running.log().text())
                    .contains("[FelixStartLevel] Started bundle"); // not later, by its own thread
        }
    }

    /** As a jar that is copied under another name, and stays so for a while. */
    @Test
    void leavesWhatIsNamedOtherwiseAlone() throws Exception {
        for (String name : List.of("orders.part", ".orders.jar.part", "orders.jar~", "orders")) {
            product.drop(Installation.built(EXAMPLE), name);
        }
        try (var running = start().script("symphony:handlers")) {
            running.endsWith(0);
            assertThat(running.output()).contains("nlp/utterance").doesNotContain("invoicing");
            assertThat(running.log().text()).doesNotContain("Started bundle");
            assertThat(running.log().complaints()).isEmpty();
        }
    }

    @Test
    void takesConfigurationsOfBothForms() throws Exception {
        Files.writeString(product.load().resolve("symphony.queue.cfg"), "aging=7s\n");
        Files.writeString(product.load().resolve("symphony.codec.config"), "depth.max=\"63\"\n");
        try (var running = start().headless()) {
            running.awaitLog("aging=PT7S");
            running.awaitLog("depth.max=63");
        }
    }

    @Test
    void isMadeIfMissing() throws Exception {
        Files.delete(product.load().resolve("README.txt"));
        Files.delete(product.load());
        try (var running = start().pipe()) {
            running.awaitStarted();
            product.drop(Installation.built(EXAMPLE), "orders.jar");
            running.awaitLog("Started bundle");
            assertThat(running.errors()).isEmpty();
        }
    }

    /** Watching by the operating system's events goes on with the folder that was there first. */
    @Test
    void mayBeReplacedWhileItIsWatched() throws Exception {
        try (var running = start().pipe()) {
            running.awaitStarted();
            Files.move(product.load(), folder.resolve("old"));
            Files.createDirectory(product.load());
            product.drop(Installation.built(EXAMPLE), "orders.jar");
            running.awaitLog("Started bundle");
        }
    }

    @Test
    void mayBeNoFolder() throws Exception {
        Files.delete(product.load().resolve("README.txt"));
        Files.delete(product.load());
        Files.createFile(product.load());
        worksAndSays("drop folder " + product.load() + " is not a folder", "replace it by a folder");
    }

    @Test
    void mayBeUnreadable() throws Exception {
        Files.setPosixFilePermissions(product.load(), PosixFilePermissions.fromString("-wx------"));
        assumeFalse(Files.isReadable(product.load()), "root may read everything");
        worksAndSays("drop folder " + product.load() + " cannot be read", "chmod u+rx");
    }

    private void worksAndSays(String... problem) throws Exception {
        try (var running = start().script("symphony:publish a n=1")) {
            running.endsWith(0);
            assertThat(running.output()).contains("not wanted by any subscription");
            assertThat(running.errors().lines()).singleElement().asString().contains(problem);
        }
    }

    private Start start() {
        return Start.of(product.command(), folder.resolve("home"));
    }
}

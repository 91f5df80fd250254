package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** The archive, unpacked and started as a user would. */
@Timeout(180)
class ProductIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private Installation product;

    @BeforeEach
    void unpack(TestInfo test) throws IOException, InterruptedException {
        product = Installation.of(test.getTestMethod().orElseThrow().getName());
    }

    @Test
    void runsAScriptFromStandardInputAndStops() throws Exception {
        try (var running = product.script("""
                symphony:on script/* { echo "saw it" }
                symphony:publish script/one n=1
                symphony:status
                """)) {
            assertThat(running.awaitExit()).as(running.output()).isZero();
            assertThat(running.output()).contains("saw it").contains("accepted").doesNotContain("Exception");
        }
    }

    @Test
    void handlesEventsOfADroppedBundleThatLaysThereBefore() throws Exception {
        product.drop(Installation.example("symphony.example.orders"), "orders.jar");
        try (var running = product.script("symphony:publish orders/new id=7 customer=ada amount=12\nsymphony:handlers\n")) {
            assertThat(running.awaitExit()).as(running.output()).isZero();
            assertThat(running.output()).contains("symphony.example.orders");
        }
    }

    @Test
    void stopsOnSigtermAndReportsWhatIsLeft() throws Exception {
        try (var running = product.headless()) {
            awaitReady();
            running.process().destroy();
            assertThat(running.awaitExit()).isEqualTo(143);
            assertThat(running.output()).isEmpty();
        }
    }

    @Test
    void refusesASecondInstanceOnTheSameStateFolder() throws Exception {
        try (var first = product.headless()) {
            awaitReady();
            try (var second = product.headless()) {
                assertThat(second.awaitExit()).isNotZero();
                assertThat(second.output().lines()).hasSize(1);
                assertThat(second.output()).contains(product.home().toString(), "SYMPHONY_HOME");
            }
            assertThat(first.process().isAlive()).isTrue();
        }
    }

    @Test
    void usesNoProcessorTimeWhileIdle() throws Exception {
        try (var running = product.headless()) {
            awaitReady();
            awaitIdle(running.process().toHandle());
        }
    }

    /** Start-up work has its own time; after it there must be five seconds in which a tenth of one is used at most. */
    private static void awaitIdle(ProcessHandle process) {
        var window = Duration.ofSeconds(5);
        await("idle").atMost(DEADLINE).pollInterval(window).until(new java.util.concurrent.Callable<Boolean>() {
            private Duration last = Duration.ofDays(1);

            @Override
            public Boolean call() {
                Duration now = process.info().totalCpuDuration().orElse(Duration.ZERO);
                Duration used = now.minus(last);
                last = now;
                return !used.isNegative() && used.compareTo(window.dividedBy(50)) <= 0;
            }
        });
    }

    @Test
    void writesNothingOutsideItsStateFolderAndOpensNoPort() throws Exception {
        FileTime before = FileTime.from(Instant.now().minusSeconds(1));
        try (var running = product.headless()) {
            awaitReady();
            assertThat(listeningSockets(running.process().pid())).isEmpty();
            running.process().destroy();
            running.awaitExit();
        }
        try (var files = Files.walk(product.folder())) {
            assertThat(files.filter(Files::isRegularFile).filter(f -> isNewer(f, before))).isEmpty();
        }
        assertThat(Files.getPosixFilePermissions(product.home())).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(Path.of(System.getProperty("user.home"), ".gogo.history")).doesNotExist();
    }

    private static boolean isNewer(Path file, FileTime than) {
        try {
            return Files.getLastModifiedTime(file).compareTo(than) > 0;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Sockets of the process that are in state LISTEN (0A), by Linux' own tables. */
    private static List<String> listeningSockets(long pid) throws IOException {
        var inodes = new java.util.HashSet<String>();
        try (var descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                String target = Files.isSymbolicLink(descriptor)
                        ? Files.readSymbolicLink(descriptor).toString()
                        : "";
                if (target.startsWith("socket:[")) {
                    inodes.add(target.substring(8, target.length() - 1));
                }
            }
        }
        var listening = new java.util.ArrayList<String>();
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table))) {
                String[] fields = line.strip().split("\\s+");
                if (fields.length > 9 && fields[3].equals("0A") && inodes.contains(fields[9])) {
                    listening.add(line);
                }
            }
        }
        return listening;
    }

    @Test
    void keepsItsKeysOverARestart() throws Exception {
        try (var first = product.script("symphony:status\n")) {
            assertThat(first.awaitExit()).isZero();
            assertThat(first.output()).contains("AES-256-GCM");
        }
        byte[] store = Files.readAllBytes(keyStore());
        try (var second = product.script("symphony:status\n")) {
            assertThat(second.awaitExit()).isZero();
        }
        assertThat(Files.readAllBytes(keyStore())).isEqualTo(store);
    }

    @Test
    void saysWhatIsWrongWithADamagedKeyStoreAndChangesNothing() throws Exception {
        try (var first = product.script("symphony:status\n")) {
            assertThat(first.awaitExit()).isZero();
        }
        Path store = keyStore();
        byte[] bytes = Files.readAllBytes(store);
        bytes[bytes.length / 2] ^= 1;
        Files.write(store, bytes);
        try (var second = product.script("symphony:publish a n=1\n")) {
            second.awaitExit();
            assertThat(second.output()).doesNotContain("Exception:").contains("UNAVAILABLE");
            assertThat(product.log()).contains(store.getFileName().toString());
            assertThat(Files.readAllBytes(store)).isEqualTo(bytes);
        }
    }

    private Path keyStore() throws IOException {
        try (var files = Files.list(product.home().resolve("keys"))) {
            return files.filter(f -> f.toString().endsWith(".bcfks")).findFirst().orElseThrow();
        }
    }

    @Test
    void switchesEncryptionOffOnlyInDevelopment() throws Exception {
        try (var running = product.script("symphony:publish a n=1\n", "-Dsymphony.encryption=off")) {
            running.awaitExit();
            assertThat(running.output()).contains("UNAVAILABLE");
            assertThat(product.log()).contains("symphony.environment=dev");
        }
        try (var running = product.script(
                "symphony:status\n", "-Dsymphony.encryption=off", "-Dsymphony.environment=dev")) {
            assertThat(running.awaitExit()).isZero();
            assertThat(running.output()).containsIgnoringCase("off");
        }
    }

    private void awaitReady() {
        await("ready").atMost(DEADLINE).until(() -> product.log().contains("ready"));
    }
}

package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code symphony} at the top, in a project that is next to empty and with something else for Maven. */
@Timeout(400)
class OneCommandIT {
    private static final String RUNS = "it runs: \n";

    @TempDir
    private Path folder;

    private Path project;
    private Path source;

    @BeforeEach
    void makeProject() throws IOException {
        project = Files.createDirectory(folder.resolve("the project"));
        Files.copy(Installation.root().resolve("symphony"), project.resolve("symphony"));
        write("pom.xml", "<module>bundles/symphony.example.orders</module>\n");
        write("cnf/pom.xml", "");
        write(".mvn/maven.config", "");
        write("bndrun/conf/symphony.json", "{}");
        write("bundles/a/README.md", "");
        write("bundles/a/src/test/java/ATest.java", "");
        write("bundles/a/src/main/java/B.java", "");
        source = write("bundles/a/src/main/java/A.java", "class A {}\n");
        Files.createDirectory(folder.resolve("tools"));
        try (InputStream mvn = OneCommandIT.class.getResourceAsStream("mvn")) {
            Files.copy(mvn, folder.resolve("tools/mvn"));
        }
        assertThat(folder.resolve("tools/mvn").toFile().setExecutable(true)).isTrue();
    }

    /** The script counts its sleeps as seconds. */
    private void hurry() throws IOException {
        Path sleep = Files.writeString(folder.resolve("tools/sleep"), "#!/bin/sh\nexec /bin/sleep 0.02\n");
        assertThat(sleep.toFile().setExecutable(true)).isTrue();
    }

    private Path write(String name, String text) throws IOException {
        Path file = project.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private Start start() {
        return start(project.resolve("symphony"));
    }

    private Start start(Path command) {
        return Start.of(command, folder.resolve("home"))
                .environment("PATH", folder.resolve("tools") + ":" + System.getenv("PATH"));
    }

    private long builds() throws IOException {
        Path calls = project.resolve("builds.txt");
        return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
    }

    /** Does something that makes the product stale, or not. */
    private interface Change {
        void make() throws IOException;
    }

    @Test
    void buildsWhatIsStaleAndStarts() throws Exception {
        startsAfterABuild("a fresh clone", () -> {});
        startsAtOnce("nothing", () -> {});
        startsAfterABuild("a source edited", () -> write("bundles/a/src/main/java/A.java", "// more\n"));
        startsAfterABuild("a source added", () -> write("bundles/a/src/main/java/C.java", ""));
        startsAfterABuild("a source renamed", () -> Files.move(source, source.resolveSibling("D.java")));
        startsAfterABuild("a source deleted", () -> Files.delete(source.resolveSibling("B.java")));
        startsAfterABuild("an option of Maven", () -> write(".mvn/maven.config", "-X\n"));
        startsAfterABuild("a configuration", () -> write("bndrun/conf/symphony.json", " "));
        startsAfterABuild("the product gone", () -> Files.delete(product("symphony.jar")));
        startsAfterABuild(
                "an example gone",
                () -> Files.delete(project.resolve("bundles/symphony.example.orders/target/orders.jar")));
    }

    @Test
    void startsAtOnceIfNothingIsStale() throws Exception {
        startsAfterABuild("a fresh clone", () -> {});
        startsAtOnce(
                "a source touched",
                () -> Files.setLastModifiedTime(
                        source, FileTime.from(Instant.now().plusSeconds(60))));
        startsAtOnce("a text", () -> write("bundles/a/README.md", "more\n"));
        startsAtOnce("a test", () -> write("bundles/a/src/test/java/ATest.java", "// more\n"));
        startsAtOnce("what an editor hides", () -> write("bundles/a/src/main/java/.A.java.swp", "more\n"));
        startsAtOnce("what was built", () -> write("bundles/a/target/classes/A.class", "more\n"));
        startsAtOnce("what the product wrote", () -> write("bndrun/target/symphony/data/symphony.log", "more\n"));
    }

    private Path product(String name) {
        return project.resolve("bndrun/target/symphony/bin").resolve(name);
    }

    private void startsAfterABuild(String why, Change change) throws Exception {
        change.make();
        long before = builds();
        try (var running = start().headless()) {
            running.endsWith(0);
            assertThat(running.output()).as(why).isEqualTo(RUNS);
            assertThat(running.errors()).as(why).contains("symphony: building", "target/build.log");
        }
        assertThat(builds()).as(why).isEqualTo(before + 1);
    }

    private void startsAtOnce(String why, Change change) throws Exception {
        change.make();
        long before = builds();
        try (var running = start().headless()) {
            running.endsWith(0);
            assertThat(running.output()).as(why).isEqualTo(RUNS);
            assertThat(running.errors()).as(why).isEmpty();
        }
        assertThat(builds()).as(why).isEqualTo(before);
    }

    @Test
    void buildsAgainWhatWasEditedMeanwhile() throws Exception {
        try (var running = start().environment("MVN", "edit").headless()) {
            running.endsWith(0);
        }
        startsAfterABuild("edited during the build", () -> {});
    }

    @Test
    void showsThatItIsAliveWhileItDownloads() throws Exception {
        hurry();
        try (var running = start().environment("MVN", "download").headless()) {
            running.awaitErrors(" s,   3 files downloaded, Symphony Events: the product\n");
            write("seen", "");
            running.endsWith(0);
            assertThat(running.output()).isEqualTo(RUNS);
            // Not on a terminal: no line that changes, and not one a second.
            assertThat(running.errors().lines().skip(1))
                    .isNotEmpty()
                    .allMatch(line -> line.matches("symphony: +\\d*0 s, +\\d+ files downloaded, .*"));
        }
    }

    @Test
    void explainsWhyABuildFailed() throws Exception {
        try (var running = start().environment("MVN", "fail").headless()) {
            running.endsWith(1);
            assertThat(running.output()).isEmpty();
            assertThat(running.errors())
                    .contains("symphony: the build failed", project + "/target/build.log", "[ERROR] no luck today");
        }
        startsAfterABuild("failed before", () -> {});
    }

    @Test
    void stopsABuildWithItself() throws Exception {
        long maven;
        try (var running = start().environment("MVN", "hang").headless()) {
            running.awaitFile(project.resolve("builds.txt"));
            refusesASecondBuild(running.process().pid());
            maven = maven(running.process().toHandle()).pid();
            running.terminate().endsWith(143);
            assertThat(running.errors()).contains("symphony: build stopped");
        }
        assertThat(ProcessHandle.of(maven).filter(ProcessHandle::isAlive)).isEmpty();
        startsAfterABuild("stopped before", () -> {});
    }

    /** The signal comes when Maven runs, and the script has yet to keep its number: bash can be made to stop there. */
    @Test
    void stopsABuildThatHasJustBegun() throws Exception {
        Path bash = Path.of("/bin/bash");
        assumeTrue(Files.isExecutable(bash), "there is no " + bash);
        Path number = folder.resolve("number");
        Path hook = Files.writeString(
                folder.resolve("hook"),
                "set -T\ntrap 'case $BASH_COMMAND in \"maven=\\$!\") echo $! >\"$NUMBER\"; kill -TERM $$ ;; esac' DEBUG\n");
        try (var running = start(bash)
                .argument(project.resolve("symphony").toString())
                .environment("BASH_ENV", hook.toString())
                .environment("NUMBER", number.toString())
                .environment("MVN", "hang")
                .headless()) {
            running.endsWith(143);
            assertThat(running.errors()).contains("symphony: build stopped");
        }
        Optional<ProcessHandle> maven =
                ProcessHandle.of(Long.parseLong(Files.readString(number).strip()));
        boolean lives = maven.filter(ProcessHandle::isAlive).isPresent();
        maven.ifPresent(ProcessHandle::destroyForcibly);
        assertThat(lives).isFalse();
    }

    private void refusesASecondBuild(long holder) throws Exception {
        try (var second = start().headless()) {
            second.isRefused(1, "process " + holder + " is building here", "wait for it or stop it");
        }
    }

    /** The one child that is not there just for a moment; waits for it. */
    private static ProcessHandle maven(ProcessHandle script) {
        return await("Maven")
                .atMost(Running.DEADLINE)
                .until(() -> hanging(script), Optional::isPresent)
                .orElseThrow();
    }

    private static Optional<ProcessHandle> hanging(ProcessHandle script) {
        try (Stream<ProcessHandle> children = script.children()) {
            return children.filter(
                            child -> child.info().commandLine().orElse("").endsWith("sleep 600"))
                    .findFirst();
        }
    }

    @Test
    void takesOverFromABuildThatWasKilled() throws Exception {
        try (var running = start().environment("MVN", "hang").headless()) {
            running.awaitFile(project.resolve("builds.txt"));
            ProcessHandle maven = maven(running.process().toHandle());
            running.kill();
            maven.destroyForcibly();
        }
        assertThat(project.resolve("target/build.lock")).exists();
        startsAfterABuild("killed before", () -> {});
    }

    @Test
    void answersWithoutABuild() throws Exception {
        write("bndrun/bin/symphony", "#!/bin/sh\necho \"asked $1\"\n");
        assertThat(project.resolve("bndrun/bin/symphony").toFile().setExecutable(true))
                .isTrue();
        try (var running = start().argument("--help").headless()) {
            running.endsWith(0);
            assertThat(running.output()).isEqualTo("asked --help\n");
        }
        try (var running = start().argument("--version").headless()) {
            running.isRefused(1, "not built yet");
        }
        assertThat(builds()).isZero();
    }
}

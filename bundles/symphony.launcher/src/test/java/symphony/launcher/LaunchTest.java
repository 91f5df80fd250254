package symphony.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs with the real framework, up to what can be seen without a process of its own. */
@Timeout(120)
class LaunchTest {
    /** A stop that takes longer ends the process, and with it all tests. */
    private static final int STOP_MILLIS = 60_000;

    private static final Logger log = Logger.getLogger(Container.class.getName());

    private final Properties system = new Properties();
    private final CountDownLatch told = new CountDownLatch(1);
    private final ByteArrayOutputStream err = new ByteArrayOutputStream() {
        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
            super.write(bytes, from, length);
            if (toString(StandardCharsets.UTF_8).contains("did not start")) {
                told.countDown();
            }
        }
    };

    @TempDir
    Path folder;

    private Path base;
    private Path home;

    @BeforeAll
    static void keepTheLogOffTheTerminal() {
        log.setUseParentHandlers(false);
    }

    @BeforeEach
    void makeAProductThatStopsByItself() throws IOException {
        base = folder.resolve("the product");
        home = folder.resolve("the state");
        Files.createDirectories(base.resolve("conf"));
        config("felix.log.level=0\nfelix.fileinstall.dir=${symphony.base}/load\ntest.marker=${symphony.home}/marker\n"
                + "org.osgi.framework.startlevel.beginning=100\n");
        TestJar.bundle(base.resolve("bundle/60/stopping.jar"), "test.stopping", StoppingActivator.class);
        system.setProperty("symphony.base", base.toString());
        system.setProperty("symphony.home", home.toString());
    }

    @Test
    void runsTheBundlesAtTheirLevelsUntilTheFrameworkStops() {
        assertThat(run()).isZero();

        assertThat(home.resolve("marker")).hasContent("level 60");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(base.resolve("load")).isEmptyDirectory();
    }

    @Test
    void endsWithTheExitCodeThatABundleLeft() {
        system.setProperty("symphony.exit.code", "3");
        assertThat(run()).isEqualTo(3);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();

        system.setProperty("symphony.exit.code", "256");
        assertThat(run()).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("symphony: a bundle left symphony.exit.code 256, must be 0 to 255\n");
    }

    @Test
    void writesNothingButStateIntoTheStateFolder() throws IOException {
        run();

        try (var files = Files.list(home)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("cache", "lock", "marker", "tmp");
        }
        try (var files = Files.list(base)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("bundle", "conf", "load");
        }
    }

    @Test
    void tellsBundlesTheFoldersAndWhenItBegan() throws IOException {
        long now = System.currentTimeMillis();

        run();

        assertThat(system.getProperty("symphony.home"))
                .isEqualTo(home.toRealPath().toString());
        assertThat(system.getProperty("symphony.base")).isEqualTo(base.toString());
        assertThat(Long.parseLong(system.getProperty(Launch.STARTED))).isBetween(now - 3_600_000, now);
    }

    @Test
    void keepsItsStateInDataIfNoFolderIsNamed() {
        system.remove("symphony.home");

        assertThat(run()).isZero();

        assertThat(base.resolve("data/marker")).exists();
    }

    @Test
    void runsTwiceOnOneStateFolder() {
        assertThat(run()).isZero();
        assertThat(run()).isZero();
    }

    @Test
    void namesABundleThatDoesNotStartAndGoesOn() throws IOException {
        TestJar.bundle(base.resolve("bundle/30/failing.jar"), "test.failing", FailingActivator.class);
        System.getProperties().put(StoppingActivator.LATCH, told);

        try {
            assertThat(run()).isZero();
        } finally {
            System.getProperties().remove(StoppingActivator.LATCH);
        }

        assertThat(home.resolve("marker")).exists();
        assertThat(lines()).containsExactly("symphony: bundle test.failing did not start: no luck");
    }

    @Test
    void refusesADamagedJar() throws IOException {
        Path jar = base.resolve("bundle/60/stopping.jar");
        byte[] bytes = Files.readAllBytes(jar);
        Files.write(jar, Arrays.copyOf(bytes, bytes.length / 2));

        assertRefused(1, "bundle " + jar + " cannot be installed", "damaged");
    }

    @Test
    void refusesAJarThatIsNoBundle() throws IOException {
        Path jar = TestJar.plain(base.resolve("bundle/30/plain.jar"));

        assertRefused(1, jar + " is not an OSGi bundle");
    }

    @Test
    void refusesTwoJarsOfOneBundle() throws IOException {
        TestJar.bundle(base.resolve("bundle/60/twin.jar"), "test.stopping", StoppingActivator.class);

        assertRefused(1, base.resolve("bundle/60/twin.jar").toString(), "cannot be installed");
    }

    @Test
    void refusesASecondInstance() throws Exception {
        Files.createDirectory(home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (HomeLock other = HomeLock.take(home)) {
            other.sign(99);

            assertRefused(1, "another instance (process 99) uses the state folder " + home);
        }
    }

    @Test
    void refusesAStateFolderThatIsOpenToOthers() throws IOException {
        Files.setPosixFilePermissions(Files.createDirectory(home), PosixFilePermissions.fromString("rwxr-x---"));

        assertRefused(1, "is open to other users");
    }

    @Test
    void refusesArguments() {
        assertThat(run("--fast")).isEqualTo(2);
        assertThat(lines()).singleElement().asString().contains("unknown argument --fast");
    }

    @Test
    void refusesToRunWithoutItsFolder() {
        system.remove("symphony.base");

        assertRefused(2, "symphony.base is not set");
    }

    @Test
    void refusesABaseThatIsNoFolder() {
        system.setProperty("symphony.base", folder.resolve("none").toString());

        assertRefused(2, "symphony.base is " + folder.resolve("none") + ", which is not a folder");
    }

    @Test
    void refusesABaseThatIsAnotherFolder() {
        system.setProperty("symphony.base", folder.toString());

        assertRefused(2, "is not the product's folder");
    }

    @Test
    void refusesToRunWithoutConfiguration() throws IOException {
        Files.delete(base.resolve("conf/config.properties"));

        assertRefused(2, "there is no " + base.resolve("conf/config.properties"));
    }

    @Test
    void refusesToRunWithoutItsInitialConfiguration() throws IOException {
        config("configurator.initial=file:${symphony.base}/conf/symphony.json\n");

        assertRefused(2, "there is no " + base.resolve("conf/symphony.json"), "unpack it again");
    }

    @Test
    void refusesToRunWithoutTheConfigurationOfItsLog() throws IOException {
        config("org.ops4j.pax.logging.property.file=${symphony.base}/conf/logging.properties\n");

        assertRefused(2, "there is no " + base.resolve("conf/logging.properties"), "unpack it again");
    }

    @Test
    void refusesAStartLevelThatIsNoNumber() throws IOException {
        config("org.osgi.framework.startlevel.beginning=top\n");

        assertRefused(2, "org.osgi.framework.startlevel.beginning is top, must be a number");
    }

    @Test
    void refusesATimeForTheStopThatIsNoNumber() throws IOException {
        config("symphony.stop.millis=soon\n");
        assertRefused(2, "symphony.stop.millis is soon, must be a number from 1; without it 4500");

        err.reset();
        system.setProperty("symphony.stop.millis", "0");
        assertRefused(2, "symphony.stop.millis is 0, must be");
    }

    @Test
    void refusesALevelThatIsNeverReached() throws IOException {
        config("org.osgi.framework.startlevel.beginning=59\n");

        assertRefused(2, base.resolve("bundle/60") + " is not a folder named after a start level, 1 to 59");
    }

    @Test
    void staysOnOneLineWhateverTheNames() {
        assertThat(run("bad\nname\u001b[31m")).isEqualTo(2);
        assertThat(lines()).singleElement().asString().contains("unknown argument bad name [31m");
    }

    private void assertRefused(int exitCode, String... message) {
        assertThat(run()).isEqualTo(exitCode);
        assertThat(lines()).singleElement().asString().startsWith("symphony: ").contains(message);
        assertThat(home.resolve("marker")).doesNotExist();
    }

    private int run(String... args) {
        return new Launch(system, new PrintStream(err, true, StandardCharsets.UTF_8)).run(args);
    }

    private String[] lines() {
        return err.toString(StandardCharsets.UTF_8).lines().toArray(String[]::new);
    }

    private void config(String text) throws IOException {
        Files.writeString(base.resolve("conf/config.properties"), "symphony.stop.millis=" + STOP_MILLIS + "\n" + text);
    }
}

package symphony.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.Set;

/**
 * One run of the product: looks after its folders, then lets the {@link Container} live.
 * <p>Properties read: {@code symphony.base}; {@code symphony.home}, by default {@code data} in the base;
 * {@code symphony.stop.millis}. Properties set for the bundles: the first two, as absolute paths, and {@value #STARTED}.
 * No class of the framework is named here, so that a missing {@code framework.jar} can be told in a sentence.
 */
final class Launch {
    /** When this process began, in milliseconds of the epoch: the shell shows the start-up time from it. */
    static final String STARTED = "symphony.launch.millis";

    /** What a bundle may leave: the exit code of a run that ends well otherwise. The shell does, after a script that failed. */
    static final String EXIT_CODE = "symphony.exit.code";

    private static final String BASE = "symphony.base";
    private static final String HOME = "symphony.home";
    private static final String STOP_MILLIS = "symphony.stop.millis";
    /** Less than the 5 s that are promised: the process itself takes some time to end. */
    private static final String PROMISED_STOP_MILLIS = "4500";

    private static final String DROP_FOLDERS = "felix.fileinstall.dir";
    private static final String FILE_INSTALL = "org.apache.felix.fileinstall";

    private final Properties system;
    private final PrintStream err;

    /**
     * @param system the system properties
     * @param err where lines for the user go
     */
    Launch(Properties system, PrintStream err) {
        this.system = system;
        this.err = err;
    }

    /** Runs the product until it stops; returns the process's exit code: 0, what a bundle left, or one of {@link LaunchException}. */
    int run(String... args) {
        try {
            refuse(args);
            ProductFolder product = ProductFolder.of(system.getProperty(BASE));
            StateFolder state = StateFolder.open(home(product), this::say);
            try (HomeLock lock = HomeLock.take(state.home())) {
                lock.sign(ProcessHandle.current().pid());
                run(product, state);
            }
            return exitCode();
        } catch (LaunchException e) {
            say(e.getMessage());
            return e.exitCode();
        } catch (IOException e) {
            say("the lock of the state folder fails: " + Reason.of(e));
            return LaunchException.FAILURE;
        } catch (RuntimeException | Error e) { // threads of bundles may run: ending this one would not end the process
            say("unexpected problem, please report it with these lines:");
            e.printStackTrace(err);
            return LaunchException.FAILURE;
        }
    }

    private int exitCode() throws LaunchException {
        String code = system.getProperty(EXIT_CODE, "0");
        if (!code.matches("\\d{1,3}") || Integer.parseInt(code) > 255) {
            throw LaunchException.failure("a bundle left " + EXIT_CODE + " " + code + ", must be 0 to 255");
        }
        return Integer.parseInt(code);
    }

    private static void refuse(String... args) throws LaunchException {
        if (args.length > 0) {
            throw LaunchException.usage(
                    "unknown argument " + args[0] + "; settings go into SYMPHONY_OPTS as -Dname=value");
        }
    }

    private Path home(ProductFolder product) throws LaunchException {
        String name = system.getProperty(HOME, "");
        return name.isBlank() ? product.base().resolve("data") : FolderNames.parse(HOME, name);
    }

    private void run(ProductFolder product, StateFolder state) throws LaunchException {
        state.freshTmp();
        publish(product, state);
        Map<String, String> properties = LaunchProperties.read(product.config(), system);
        long stopMillis = stopMillis(properties);
        InitialConfiguration.check(properties);
        boolean usable = new DropFolder(this::say).prepare(properties.getOrDefault(DROP_FOLDERS, ""));
        try {
            Container.run(
                    product.bundles(),
                    state.home(),
                    properties,
                    usable ? Set.of() : Set.of(FILE_INSTALL),
                    stopMillis,
                    this::say);
        } catch (NoClassDefFoundError | ServiceConfigurationError e) {
            throw LaunchException.failure(
                    "the OSGi framework is missing or damaged; unpack bin/framework.jar again", e);
        }
    }

    private long stopMillis(Map<String, String> properties) throws LaunchException {
        String millis = system.getProperty(STOP_MILLIS, properties.getOrDefault(STOP_MILLIS, PROMISED_STOP_MILLIS));
        if (!millis.matches("[1-9]\\d{0,8}")) {
            throw LaunchException.usage(
                    STOP_MILLIS + " is " + millis + ", must be a number from 1; without it " + PROMISED_STOP_MILLIS);
        }
        return Long.parseLong(millis);
    }

    private void publish(ProductFolder product, StateFolder state) {
        system.setProperty(BASE, product.base().toString());
        system.setProperty(HOME, state.home().toString());
        system.setProperty(STARTED, Long.toString(startedMillis()));
    }

    /** When this process began, in milliseconds of the epoch. */
    static long startedMillis() {
        return ManagementFactory.getRuntimeMXBean().getStartTime();
    }

    /** One line, whatever stands in the names and messages it is made of. */
    private void say(String line) {
        err.println("symphony: " + line.replaceAll("\\p{Cntrl}+", " "));
    }
}

package symphony.it.product;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How the product is to be started; may be used for several starts. One thread only. */
final class Start {
    /** Less optimised, which makes a start half as long: most tests are not about speed. */
    private static final String QUICK = "-XX:TieredStopAtLevel=1";

    /** With a generated policy: most tests are not about what is allowed. */
    private static final String DEVELOPMENT = "-Dsymphony.environment=dev";

    /** With time for a stop on a busy machine: only a stop that fails takes as long. */
    private static final String PATIENT = "-Dsymphony.stop.millis=60000";

    private final Path home;
    private final Map<String, String> environment = new TreeMap<>();
    private final List<String> command = new ArrayList<>();
    private final List<String> options = new ArrayList<>(List.of(QUICK, DEVELOPMENT, PATIENT));
    private Path workingFolder;

    private Start(Path command, Path home) {
        this.command.add(command.toString());
        this.home = home;
        this.workingFolder = home.getParent();
        environment.put("SYMPHONY_HOME", home.toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
    }

    /** Of the shared installation. */
    static Start on(Path home) {
        return of(Installation.shared().command(), home);
    }

    static Start of(Path command, Path home) {
        return new Start(command, home);
    }

    /** As in production: who may do what is for a policy file to say. */
    Start inProduction() {
        options.remove(DEVELOPMENT);
        return this;
    }

    /** With the time for a stop that the product gives itself. */
    Start impatient() {
        options.remove(PATIENT);
        return this;
    }

    /** Adds an option for java; without spaces, as {@code SYMPHONY_OPTS} is split there. */
    Start option(String option) {
        options.add(option);
        return this;
    }

    /** With no option that changes how Java runs it. */
    Start withoutOptions() {
        options.remove(QUICK);
        return this;
    }

    Start environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Start argument(String argument) {
        command.add(argument);
        return this;
    }

    /** Lets it inherit a file descriptor that reads a file, as a shell's {@code 3< FILE} does. */
    Start descriptor(int number, Path file) {
        command.addAll(
                0,
                List.of(
                        "sh",
                        "-c",
                        "file=$1 && shift && exec \"$@\" " + number + "< \"$file\"",
                        "sh",
                        file.toString()));
        return this;
    }

    Start in(Path folder) {
        workingFolder = folder;
        return this;
    }

    /** Standard input is nothing. */
    Running headless() throws IOException {
        return start(Redirect.from(Path.of("/dev/null").toFile()));
    }

    /** Standard input is a script. */
    Running script(String... lines) throws IOException {
        Path script = Files.createTempFile(home.getParent(), "script", ".gogo");
        return start(Redirect.from(Files.write(script, List.of(lines)).toFile()));
    }

    /** Standard input is a pipe, see {@link Running#type}. */
    Running pipe() throws IOException {
        return start(Redirect.PIPE);
    }

    private Running start(Redirect input) throws IOException {
        Path out = Files.createTempFile(home.getParent(), "out", ".txt");
        Path err = Files.createTempFile(home.getParent(), "err", ".txt");
        var builder = new ProcessBuilder(command)
                .directory(workingFolder.toFile())
                .redirectInput(input)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().remove("SYMPHONY_OPTS");
        builder.environment().putAll(environment);
        if (!options.isEmpty()) {
            builder.environment().put("SYMPHONY_OPTS", String.join(" ", options));
        }
        var log = new LogFile(home.resolve("symphony.log"));
        return new Running(builder.start(), out, err, log);
    }
}

package symphony.it.container;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.frameworkStartLevel;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.ops4j.pax.exam.Option;

/** The very bundles of the product, at its start levels, without its line editor, and with security required. */
final class Product {
    private static final Pattern SECURITY = Pattern.compile("symphony\\.(audit|rbac|users)-\\d");

    private Product() {}

    /** With an audit trail, and a policy by which the test may do everything. */
    static Option bundles(Class<?> test) throws IOException {
        return bundles(test, "{\"version\": 1, \"bundles\": {\"*\": {\"grants\": [\"*:*:*\"]}}}");
    }

    /** With an audit trail, and another policy, in the file that the property {@code symphony.policy.file} names. */
    static Option bundles(Class<?> test, String text) throws IOException {
        Path policy = Files.writeString(folder(test).resolve("policy.json"), text);
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-------"));
        return composite(
                bundles(test, name -> true),
                frameworkProperty("symphony.security").value("required"),
                frameworkProperty("symphony.admission").value("open"), // the bundles of tests are not signed
                frameworkProperty("symphony.policy.file").value(policy.toString()));
    }

    /** As an embedded core: nobody decides about permissions, and audit entries go to the log. */
    static Option core(Class<?> test) throws IOException {
        return bundles(test, name -> !SECURITY.matcher(name).lookingAt());
    }

    private static Option bundles(Class<?> test, Predicate<String> wanted) throws IOException {
        Path home = folder(test);
        Path load = Files.createDirectories(home.resolve("load"));
        List<Option> options = new ArrayList<>();
        // Sorted, so that pax-logging-api starts before its implementation. Without the line editor's bundle, whose
        // shell reads standard input from the start, by which Surefire commands this process; processes' tests have it.
        try (var jars = Files.walk(Path.of(System.getProperty("product"), "bundle"))) {
            jars.filter(f -> f.toString().endsWith(".jar"))
                    .filter(f -> !f.getFileName().toString().contains("gogo.jline"))
                    .filter(f -> wanted.test(f.getFileName().toString()))
                    .sorted()
                    .forEach(f -> options.add(bundle(f.toUri().toString())
                            .startLevel(
                                    Integer.parseInt(f.getParent().getFileName().toString()))));
        }
        options.add(frameworkStartLevel(100));
        options.add(frameworkProperty("org.ops4j.pax.logging.DefaultServiceLog.level")
                .value("WARN"));
        options.add(frameworkProperty("symphony.home").value(home.toString()));
        options.add(frameworkProperty("felix.fileinstall.dir").value(load.toString()));
        options.add(frameworkProperty("felix.fileinstall.tmpdir")
                .value(home.resolve("tmp").toString()));
        options.add(frameworkProperty("felix.fileinstall.poll").value("200"));
        options.add(frameworkProperty("felix.fileinstall.disableNio2").value("true"));
        options.add(frameworkProperty("felix.fileinstall.start.level").value("40"));
        options.add(frameworkProperty("felix.fileinstall.log.level").value("2"));
        options.add(systemProperty("symphony.it.load").value(load.toString()));
        options.add(bundle(jar(org.awaitility.Awaitility.class)));
        options.add(bundle(jar(org.hamcrest.Matcher.class)));
        options.add(junitBundles());
        return composite(options.toArray(Option[]::new));
    }

    /** A new one for what a test writes; of its owner alone, since keys may lie there. */
    static Path folder(Class<?> test) throws IOException {
        return Files.createTempDirectory(
                Files.createDirectories(Path.of(System.getProperty("work"))),
                test.getSimpleName(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** The product's jar of an artifact, whatever its version. */
    static Path artifact(String name) throws IOException {
        Pattern jar = Pattern.compile(Pattern.quote(name) + "-\\d.*\\.jar");
        try (var jars = Files.walk(Path.of(System.getProperty("product"), "bundle"))) {
            return jars.filter(f -> jar.matcher(f.getFileName().toString()).matches())
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("the product has no " + name));
        }
    }

    /** Where an example's jar lies. */
    static String example(String name) {
        Path target = Path.of(System.getProperty("readme"))
                .resolveSibling("bundles")
                .resolve(name)
                .resolve("target");
        return target.resolve(name + '-' + System.getProperty("version") + ".jar")
                .toUri()
                .toString();
    }

    private static String jar(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().toString();
    }
}

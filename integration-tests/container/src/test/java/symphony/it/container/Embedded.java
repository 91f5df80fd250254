package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.ToIntBiFunction;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import symphony.it.handler.ApplicationActivator;

/**
 * A {@link Host} for the bundles that the README names for a host of the reader's own, and for an application, which publishes
 * and handles. One thread only, but for {@link #publish} and {@link #received}.
 */
final class Embedded {
    static final Duration DEADLINE = Duration.ofSeconds(120);

    private static final String HEADING = "Embed it in your own OSGi host";
    private static final FileAttribute<?> OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern BAD = Pattern.compile("(?m)^.*\\b(WARN|WARNING|ERROR|SEVERE|Exception)\\b.*$");

    private final Map<String, String> table;
    private final Path folder;
    private final Host host;
    private final Received received;

    /** Starts a host with nothing in it; the random numbers decide on the order of all that happens to several bundles. */
    Embedded(Class<?> test, Random order) throws IOException, BundleException {
        this(test, order, Map.of());
    }

    /** With further properties of the framework. */
    Embedded(Class<?> test, Random order, Map<String, String> properties) throws IOException, BundleException {
        table = Readme.of(Path.of(System.getProperty("readme"))).table(HEADING);
        folder = Product.folder(test);
        host = new Host(folder, home(), order, properties);
        received = new Received(host.context());
    }

    Host host() {
        return host;
    }

    Path home() {
        return folder.resolve("home");
    }

    Received received() {
        return received;
    }

    // ---- the table ----

    /** The artifacts that each host needs; of two to choose from the first. */
    List<Path> needed() throws IOException {
        assertTrue("rows of the README's table: " + table, table.size() >= 4 && table.containsKey("optional"));
        List<Path> jars = new ArrayList<>();
        for (var row : table.entrySet()) {
            if (!row.getKey().equals("optional")) {
                jars.addAll(artifacts(row.getValue().split("; or ")[0]));
            }
        }
        return jars;
    }

    /** The artifacts for the commands, which a host may have or not, but for {@link #json}. */
    List<Path> shell() throws IOException {
        String row = table.get("optional");
        assertTrue(row, row.startsWith("ConfigAdmin and Metatype; for the commands"));
        List<Path> jars = new ArrayList<>(artifacts(row));
        assertTrue(row, jars.remove(json()));
        return jars;
    }

    /** What the commands need, and access control, too. */
    static Path json() throws IOException {
        return Product.artifact("jackson-core");
    }

    /** Access control and its policy, which allows everything but {@code it:may-not:*}. */
    List<Path> accessControl() throws IOException {
        Path policy = Files.createDirectories(home(), OWNER).resolve("policy.json");
        Files.writeString(
                policy, "{\"version\": 1, \"bundles\": {\"*\": {\"grants\": [\"*:*:*\", \"!it:may-not:*\"]}}}");
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-------"));
        return List.of(Product.artifact("symphony.rbac"));
    }

    /** The audit trail. */
    static List<Path> audit() throws IOException {
        return List.of(Product.artifact("symphony.segmentlog"), Product.artifact("symphony.audit"));
    }

    private static List<Path> artifacts(String cell) throws IOException {
        List<String> names = CODE.matcher(cell)
                .results()
                .map(found -> found.group(1))
                .map(name -> name.startsWith(".") ? "symphony" + name : name)
                .toList();
        assertFalse("artifacts in " + cell, names.isEmpty());
        List<Path> jars = new ArrayList<>();
        for (String name : names) {
            jars.add(Product.artifact(name));
        }
        return jars;
    }

    // ---- the application ----

    Path application() throws IOException {
        return Files.write(
                folder.resolve("application.jar"),
                HandlerJar.of(
                        ApplicationActivator.class,
                        "it.application",
                        Map.of(
                                "Import-Package",
                                "org.osgi.framework,symphony.api.dispatcher,symphony.api.event,symphony.api.queue")));
    }

    /** The core and the application, each of them active and nothing else there. */
    List<Bundle> startWhatIsNeeded() throws IOException, BundleException {
        List<Path> jars = new ArrayList<>(needed());
        jars.add(application());
        List<Bundle> bundles = host.add(jars);
        assertEquals(
                "bundles beside the framework", bundles.size(), host.context().getBundles().length - 1);
        awaitReady();
        return bundles;
    }

    void awaitReady() {
        await("symphony.ready").atMost(DEADLINE).until(this::isReady);
    }

    boolean isReady() {
        return isThere("org.osgi.service.condition.Condition", "(osgi.condition.id=symphony.ready)");
    }

    boolean isThere(String type, String filter) {
        try {
            return host.context().getAllServiceReferences(type, filter) != null;
        } catch (InvalidSyntaxException e) {
            throw new AssertionError(e);
        }
    }

    <T> T service(Class<T> type) {
        return host.context().getService(host.context().getServiceReference(type));
    }

    /** Whether access control is there, and denies what its policy forbids. */
    boolean checks() {
        Object access = serviceOf("symphony.api.rbac.AccessControl");
        if (access == null) {
            return false;
        }
        Object decision = call(
                "symphony.api.rbac.AccessControl",
                access,
                "decide",
                "it.application",
                call("symphony.api.rbac.Permission", null, "of", "it:may-not:x"));
        return !(Boolean) call("symphony.api.rbac.Decision", decision, "allowed");
    }

    /** Whether the audit trail is there and takes entries. */
    boolean audits() {
        Object trail = serviceOf("symphony.api.audit.AuditTrail");
        Object status = trail == null ? null : call("symphony.api.audit.AuditTrail", trail, "status");
        return status != null && (Boolean) call("symphony.api.audit.AuditStatus", status, "isWritable");
    }

    /** Of a type that the test does not share with it; null if it is not there. */
    private Object serviceOf(String type) {
        try {
            ServiceReference<?>[] found = host.context().getAllServiceReferences(type, null);
            return found == null ? null : host.context().getService(found[0]);
        } catch (InvalidSyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private Object call(String type, Object target, String method, Object... arguments) {
        try {
            Class<?> loaded = Arrays.stream(host.context().getBundles())
                    .filter(bundle -> bundle.getSymbolicName().equals("symphony.api"))
                    .findFirst()
                    .orElseThrow()
                    .loadClass(type);
            return Arrays.stream(loaded.getMethods())
                    .filter(candidate ->
                            candidate.getName().equals(method) && candidate.getParameterCount() == arguments.length)
                    .findFirst()
                    .orElseThrow()
                    .invoke(target, arguments);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** How many subscriptions took it. */
    @SuppressWarnings("unchecked")
    int publish(long number, Duration delay) {
        return service(ToIntBiFunction.class).applyAsInt(number, delay);
    }

    /** What the subscriptions of the application have to tell of themselves, once it is this. */
    void awaitAccount(String account) {
        await("subscriptions")
                .atMost(DEADLINE)
                .until(() -> service(Supplier.class).get(), account::equals);
    }

    /** The account of the application's subscription if this many events were accepted and nothing else than handled. */
    static String allHandled(long events) {
        return "it.application/application ACTIVE, accepted " + events + ", handled " + events + ", here 0";
    }

    // ---- the log ----

    /** What was printed of the kind that somebody has to worry about. */
    static List<String> worries(String printed) {
        return BAD.matcher(printed).results().map(MatchResult::group).toList();
    }

    /** Stops the host, which is part of what must be quiet, and looks at all that it logged. */
    void assertNothingToWorryAbout() throws BundleException, InterruptedException {
        host.stop();
        String log = host.printed();
        assertTrue("logs to standard output:\n" + log, log.contains("symphony.queue"));
        assertEquals(log, List.of(), worries(log));
    }

    /** Stops the host, if it was not. */
    void close() throws BundleException, InterruptedException {
        host.close();
    }
}

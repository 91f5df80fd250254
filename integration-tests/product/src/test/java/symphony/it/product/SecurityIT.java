package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The product as an operator runs it: a policy, users, and a trail that shows what is done to it. */
@Timeout(400)
class SecurityIT {
    private static final String POLICY = """
            {
              "version": 1,
              "roles": {"core": {"grants": ["event:publish-as:*", "event:publish:symphony/health/*"]}},
              "bundles": {
                "symphony.dispatcher": {"roles": ["core"]},
                "symphony.eventsystem": {"roles": ["core"], "grants": ["schedule:create-as:*"]},
                "symphony.scheduler": {"roles": ["core"]},
                "symphony.shell": {"grants": ["*:*:*"]}
              },
              "users": {"ada": {"grants": ["shell:run:*", "event:publish:orders/*", "user:passwd:ada"]}}
            }
            """;

    @TempDir
    private Path folder;

    private Path home;

    @BeforeEach
    void make() throws IOException {
        home = Files.createDirectory(
                folder.resolve("home"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(folder.resolve("password"), "correct horse battery\n");
    }

    private void writePolicy(String text) throws IOException {
        Path file = Files.writeString(home.resolve("policy.json"), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private Start production() {
        return Start.on(home).inProduction().in(folder);
    }

    private String run(String... script) throws Exception {
        try (var running = production().script(script)) {
            running.awaitExit();
            return running.output();
        }
    }

    @Test
    void deniesEverythingUntilThereIsAPolicy() throws Exception {
        try (var running = production().pipe()) {
            running.type("symphony:banner");
            running.awaitOutput("required, no policy is in force: everything is denied, the log says why");
            running.type("symphony:publish orders/new n=1");
            running.awaitOutput("publish: symphony.shell has no permission shell:run:publish (no policy is in force)");
            writePolicy(POLICY);
            running.awaitLog(" is in force, epoch 1");
            running.type("symphony:publish orders/new n=1");
            running.awaitOutput("not wanted by any subscription");
            running.type("exit");
            running.awaitExit();
        }
    }

    /** From when the policy names its hash until it does no longer, without a restart. */
    @Test
    void aModelIsUsedWhileThePolicyNamesItsHash() throws Exception {
        writePolicy(withModel("0".repeat(64)));
        try (var running = production().pipe()) {
            running.awaitLog("the model that comes along is not used");
            Matcher named = Pattern.compile("nlp:use:default/([0-9a-f]{64})")
                    .matcher(running.log().text());
            assertThat(named.find()).isTrue();

            writePolicy(withModel(named.group(1)));
            running.awaitLog("model default is active, version 1");
            running.awaitAnswer("symphony:ask \"turn on the lights\"", "lights-on");

            writePolicy(withModel("1".repeat(64)));
            running.awaitLog("model default is no longer used");
            running.awaitAnswer("symphony:ask \"turn on the lights\"", "no recogniser of model 'default' is there");
            running.type("exit");
            running.awaitExit();
        }
    }

    private static String withModel(String hash) {
        return POLICY.replace(
                "\"symphony.shell\"",
                "\"symphony.nlp\": {\"grants\": [\"nlp:use:default/" + hash + "\"]},\n    \"symphony.shell\"");
    }

    @Test
    void usersDoWhatThePolicyLetsThemAndTheTrailSaysSo() throws Exception {
        writePolicy(POLICY);
        String output = run(
                "symphony:user add ada --file password",
                "symphony:login ada --file password",
                "symphony:whoami",
                "symphony:publish orders/new n=1",
                "symphony:publish mail/out n=1",
                "symphony:key-rotate event",
                "symphony:logout",
                "symphony:audit find --outcome denied --json",
                "symphony:audit find --action user:* --json");
        assertThat(output)
                .contains("ada is added", "user:ada is logged in", "user          user:ada", "not wanted by any")
                .contains("publish: user:ada has no permission event:publish:mail/out")
                .contains("key-rotate: user:ada has no permission crypto:rotate:event")
                .containsPattern("\"action\":\"event:publish\",\"target\":\"mail/out\",\"outcome\":\"DENIED\"")
                .containsPattern("\"action\":\"crypto:rotate\",\"target\":\"event\",\"outcome\":\"DENIED\"")
                .containsPattern("\"action\":\"user:add\",\"target\":\"user:ada\",\"outcome\":\"DONE\"")
                .containsPattern("\"action\":\"user:login\",\"target\":\"user:ada\",\"outcome\":\"DONE\"");
    }

    @Test
    void theReadmesPolicyAndCommandsDoWhatItShows() throws Exception {
        String readme = Files.readString(Path.of(System.getProperty("root"), "README.md"));
        writePolicy(block(readme, "json"));
        List<String> lines = block(readme, "text").lines().toList();
        String prompt = "symphony> ";
        String[] commands = lines.stream()
                .filter(line -> line.startsWith(prompt))
                .map(line -> line.substring(prompt.length()))
                .toArray(String[]::new);
        List<String> shown = run(commands).lines().map(SecurityIT::shape).toList();
        assertThat(commands).hasSizeGreaterThan(5);
        assertThat(shown)
                .containsAll(lines.stream()
                        .filter(line -> !line.startsWith(prompt))
                        .map(SecurityIT::shape)
                        .toList());
    }

    private static String block(String readme, String language) {
        String begin = "\n```" + language + "\n";
        assertThat(readme).containsOnlyOnce(begin);
        int from = readme.indexOf(begin) + begin.length();
        return readme.substring(from, readme.indexOf("\n```", from));
    }

    /** A line without numbers of records, times and widths. */
    private static String shape(String line) {
        return line.replaceAll("^ *\\d+ +\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d", "N TIME")
                .replaceAll(" +", " ");
    }

    @Test
    void whatWasDecidedAtTheLaunchStaysWhateverSystemPropertiesBecome() throws Exception {
        writePolicy(POLICY);
        Path another = Files.writeString(folder.resolve("all.json"), POLICY.replace("symphony.shell", "*"));
        Files.setPosixFilePermissions(another, PosixFilePermissions.fromString("rw-------"));
        var script = new ArrayList<>(List.of(
                "host = (($.context bundle) bundleContext)",
                "system = (($.context bundle) loadClass java.lang.System)",
                "$system setProperty symphony.security open",
                "$system setProperty symphony.environment dev",
                "$system setProperty symphony.encryption off",
                "$system setProperty symphony.admission open",
                "$system setProperty symphony.home " + folder,
                "$system setProperty symphony.policy.file " + another));
        for (String bundle : List.of("symphony.crypto", "symphony.rbac", "symphony.admission")) {
            script.add("restarted = ($host getBundle reference:" + jarOf(bundle).toUri() + ")");
            script.add("$restarted stop");
            script.add("$restarted start");
        }
        script.addAll(List.of(
                "symphony:banner", "symphony:policy show", "symphony:can shop.orders event:publish:orders/new"));
        assertThat(run(script.toArray(String[]::new)))
                .contains("encryption   AES-256-GCM", "security     required, permissions are checked")
                .contains("for signed bundles only", "shop.orders has not event:publish:orders/new")
                .doesNotContain(another.toString());
        assertThat(folder.resolve("keys")).doesNotExist();
    }

    private static Path jarOf(String bundle) throws IOException {
        try (Stream<Path> files = Files.walk(Installation.shared().folder().resolve("bundle"))) {
            return files.filter(file -> file.getFileName().toString().matches(Pattern.quote(bundle) + "-\\d.*[.]jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aTrailThatWasChangedIsFoundInTheShellAndOnTheCommandLine() throws Exception {
        writePolicy(POLICY);
        assertThat(run("symphony:key-rotate event", "symphony:audit verify")).containsPattern("verdict +INTACT");
        assertThat(verifyByCommandLine()).isZero();
        changeAByteOfTheTrail();
        assertThat(verifyByCommandLine()).isEqualTo(1);
        try (var running = production().script("symphony:audit verify")) {
            running.endsWith(1);
            assertThat(running.output()).containsPattern("verdict +TAMPERED").contains("audit: the trail is TAMPERED");
        }
    }

    /** In the content of a record, which is sealed: nobody needs the key to see it. */
    private void changeAByteOfTheTrail() throws IOException {
        Path first;
        try (Stream<Path> files = Files.list(home.resolve("audit"))) {
            first = files.filter(file -> file.toString().endsWith(".segment"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(first);
        int text = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("symphony.audit");
        assertThat(text).isPositive();
        try (var file = new RandomAccessFile(first.toFile(), "rw")) {
            file.seek(text);
            file.write('S');
        }
    }

    private int verifyByCommandLine() throws Exception {
        var jars = new ArrayList<Path>();
        try (Stream<Path> files = Files.walk(Installation.shared().folder().resolve("bundle"))) {
            files.filter(file ->
                            file.getFileName().toString().matches("(symphony\\.(api|audit|segmentlog)|bcprov).*\\.jar"))
                    .forEach(jars::add);
        }
        String classPath = jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        "symphony.audit.Verify",
                        home.resolve("audit").toString()))
                .redirectErrorStream(true)
                .start();
        process.getInputStream().readAllBytes();
        return process.waitFor();
    }
}

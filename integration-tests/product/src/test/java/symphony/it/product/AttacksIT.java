package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.crypto.StoredKeys;

/** What somebody finds who looks for secrets where the product runs, and does who sits at its shell. */
@Timeout(600)
class AttacksIT {
    private static final int MOST_DUMPS = 8;

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
              "users": {"runner": {"grants": ["shell:run:*", "event:publish:later/new"]}}
            }
            """;

    /** Commands that need no permission. */
    private static final Set<String> FREE = Set.of("banner", "help", "login", "logout", "whoami");

    /** A line for each of the others. */
    private static final List<String> LINES = List.of(
            "publish orders/new n=1",
            "load events.jsonl",
            "on orders/new { echo called }",
            "route orders/new mail/out",
            "off --all",
            "tail orders/new --for 1ms",
            "status",
            "handlers",
            "queues",
            "subscriptions",
            "topics",
            "schedule orders/new n=1 --rate 1h",
            "scheduled",
            "cancel 01936f5e-8000-7000-8000-0123456789ab",
            "unhandled",
            "dead list",
            "peek 01936f5e-8000-7000-8000-0123456789ab",
            "pause --all",
            "resume --all",
            "quarantine list",
            "keys",
            "key-rotate event",
            "key-disable event 1",
            "key-enable event 1",
            "key-destroy event 1 --force",
            "key-passphrase",
            "can symphony.shell event:publish:a",
            "policy show",
            "user list",
            "admission list",
            "audit find",
            "ask turn on the lights",
            "nlp models");

    @TempDir
    private Path folder;

    private Path home;

    @BeforeEach
    void make() throws IOException {
        home = Files.createDirectory(
                folder.resolve("home"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(folder.resolve("password"), "correct horse battery\n");
        Files.writeString(folder.resolve("events.jsonl"), "{\"topic\": \"orders/new\", \"data\": {\"n\": 1}}\n");
    }

    // ---- secrets ----

    /** Not in the log, the trail, the store of configurations, the cache of bundles, or what else there is. */
    @Test
    void keysAndPassphraseAreNowhereButInTheirFolder() throws Exception {
        try (var running = Start.on(home)
                .in(folder)
                .script(
                        "symphony:publish orders/new n=1",
                        "symphony:schedule orders/new n=1 --rate 1h",
                        "symphony:key-rotate event",
                        "symphony:key-passphrase",
                        "symphony:keys",
                        "symphony:user add ada --file password",
                        "symphony:login ada --file password",
                        "symphony:logout",
                        "symphony:peek 01936f5e-8000-7000-8000-0123456789ab",
                        "symphony:audit verify")) {
            running.awaitExit();
            assertThat(running.output()).contains("key event 2 seals from now on", "has another passphrase");
        }
        Path keys = home.resolve("keys");
        var secrets = new Secrets();
        StoredKeys.of(home.toString()).forEach(secrets::add);
        String passphrase = Files.readString(keys.resolve("passphrase")).strip();
        secrets.add("passphrase", passphrase).add("password", "correct horse battery");
        assertThat(secrets.in(keys.resolve("passphrase"))).contains("passphrase");

        Map<Path, List<String>> found = new TreeMap<>();
        List<Path> files = files(home).filter(file -> !file.startsWith(keys)).toList();
        for (Path file : files) {
            List<String> in = secrets.in(file);
            if (!in.isEmpty()) {
                found.put(file, in);
            }
        }
        assertThat(found).isEmpty();
        assertThat(files.stream().map(file -> home.relativize(file).toString()))
                .anyMatch(file -> file.equals("symphony.log"))
                .anyMatch(file -> file.startsWith("audit/") && file.endsWith(".segment"))
                .anyMatch(file -> file.startsWith("cache/"))
                .contains("users", "history");
    }

    private static Stream<Path> files(Path folder) throws IOException {
        var files = new ArrayList<Path>();
        try (Stream<Path> all = Files.walk(folder)) {
            all.filter(Files::isRegularFile).forEach(files::add);
        }
        return files.stream();
    }

    @Test
    void aKeyThatIsDestroyedIsInNoDumpOfTheHeap() throws Exception {
        try (var running = Start.on(home).pipe()) {
            running.type("symphony:publish orders/new n=1");
            running.awaitOutput("not wanted by any subscription");
            byte[] destroyed = StoredKeys.of(home.toString()).get("event/1");
            running.type("symphony:key-rotate event");
            running.awaitOutput("key event 2 seals from now on");
            byte[] primary = StoredKeys.of(home.toString()).get("event/2");
            var secrets = new Secrets().add("destroyed", destroyed).add("primary", primary);
            assertThat(secrets.in(dump(running, 0))).contains("destroyed");

            running.type("symphony:key-destroy event 1 --force"); // when
            running.awaitOutput("key event 1 is destroyed");
            running.type("symphony:publish orders/new n=2");
            List<String> found = List.of("destroyed");
            for (int dumps = 1; dumps < MOST_DUMPS && found.contains("destroyed"); dumps++) {
                found = secrets.in(dump(running, dumps)); // until garbage is overwritten, if that is what it is
            }
            assertThat(found).containsExactly("primary");
        }
    }

    /** Of what lives. */
    private Path dump(Running running, int number) throws IOException, InterruptedException {
        String name = "dump" + number + ".hprof"; // in its working folder, since a path may have blanks
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(running.process().pid()),
                        "GC.heap_dump",
                        name)
                .redirectErrorStream(true)
                .start();
        String told = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jcmd.waitFor()).as(told).isZero();
        assertThat(folder.resolve(name)).as(told).exists();
        return folder.resolve(name);
    }

    // ---- the trail ----

    /** Somebody has put a file into the place of its folder. */
    @Test
    void eventsFlowAndNothingElseIsDoneWhileTheTrailCannotBeWritten() throws Exception {
        writePolicy();
        Path inTheWay = Files.writeString(home.resolve("audit"), "no folder");
        try (var running = Start.on(home).inProduction().in(folder).pipe()) {
            running.type("symphony:publish orders/new n=1");
            running.awaitOutput("not wanted by any subscription");
            running.type("symphony:key-rotate event");
            running.awaitOutput("key-rotate: symphony.audit: ");
            running.type("symphony:keys event");
            running.awaitOutput("PRIMARY");
            assertThat(running.output()).containsPattern("event +1 +PRIMARY").doesNotContainPattern("event +2 ");
            running.type("symphony:on symphony/health/audit { echo \"health $($it get state)\" }");
            running.awaitOutput("health CRITICAL");

            Files.delete(inTheWay); // when
            running.awaitOutput("health OK");
            running.awaitAnswer("symphony:key-rotate event", "key event 2 seals from now on");
            running.type("symphony:audit find --kind gap --json");
            running.awaitOutput("\"kind\":\"GAP\"");
            running.type("symphony:audit verify");
            running.awaitOutput("INTACT");
            running.type("exit");
            running.awaitExit();
        }
    }

    // ---- commands ----

    private void writePolicy() throws IOException {
        Path file = Files.writeString(home.resolve("policy.json"), POLICY);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private String runInProduction(List<String> lines) throws Exception {
        writePolicy();
        try (var running = Start.on(home).inProduction().in(folder).script(lines.toArray(String[]::new))) {
            running.awaitExit();
            return running.output();
        }
    }

    @Test
    void noCommandIsDoneWithoutItsPermission() throws Exception {
        var script = new ArrayList<>(List.of(
                "symphony:help", "symphony:user add idle --file password", "symphony:login idle --file password"));
        LINES.forEach(line -> script.add("symphony:" + line));
        script.addAll(
                List.of("symphony:logout", "symphony:keys", "symphony:user list", "symphony:on", "symphony:scheduled"));
        String output = runInProduction(script);
        assertThat(commands(output)).isEqualTo(names());
        for (String name : names()) {
            assertThat(output).contains(name + ": user:idle has no permission shell:run:" + name);
        }
        assertNothingWasDone(output, "idle");
    }

    private static Set<String> names() {
        var names = new TreeSet<String>();
        LINES.forEach(line -> names.add(line.split(" ")[0]));
        return names;
    }

    /** As the help has them. */
    private static Set<String> commands(String output) {
        var names = new TreeSet<String>();
        var lines = Pattern.compile("^symphony:([a-z-]+) ", Pattern.MULTILINE).matcher(output);
        while (lines.find()) {
            names.add(lines.group(1));
        }
        assertThat(names).containsAll(FREE);
        names.removeAll(FREE);
        return names;
    }

    private static void assertNothingWasDone(String output, String user) {
        String after = output.substring(output.lastIndexOf("logged out"));
        assertThat(after)
                .containsPattern("event +1 +PRIMARY")
                .doesNotContainPattern("event +2 ")
                .contains(user)
                .doesNotContain("orders/new", "mail/out", "later/new", "mallory");
    }

    /** Who may run each command may not do by it what it needs another permission for. */
    @Test
    void noCommandDoesWhatNeedsAnotherPermission() throws Exception {
        Map<String, String> needed = new LinkedHashMap<>();
        needed.put("publish orders/new n=1", "event:publish:orders/new");
        needed.put("publish orders/new n=1 --delay 1h", "event:publish:orders/new");
        needed.put("schedule orders/new n=1 --rate 1h", "event:publish:orders/new");
        needed.put("schedule later/new n=1 --rate 1h", "schedule:create:later/new");
        needed.put("publish later/new n=1 --delay 1h", "schedule:create:later/new");
        needed.put("route orders/new mail/out", "event:publish:mail/out");
        needed.put("on orders/new { echo called }", "event:subscribe:orders/new");
        needed.put("tail orders/new --for 1ms", "event:subscribe:orders/new");
        needed.put("handlers", "dispatcher:list:dispatcher");
        needed.put("queues", "dispatcher:list:dispatcher");
        needed.put("subscriptions", "dispatcher:list:dispatcher");
        needed.put("topics", "dispatcher:list:dispatcher");
        needed.put("scheduled", "schedule:list:scheduler");
        needed.put("status", "dispatcher:list:dispatcher");
        needed.put("quarantine list", "dispatcher:list:dispatcher");
        needed.put("quarantine set shop/orders --reason mine", "dispatcher:quarantine:shop/orders");
        needed.put("quarantine lift shop/orders", "dispatcher:lift:shop/orders");
        needed.put("pause shop/orders", "dispatcher:pause:shop/orders");
        needed.put("resume shop/orders", "dispatcher:resume:shop/orders");
        needed.put("pause --all", "dispatcher:pause:dispatcher");
        needed.put("resume --all", "dispatcher:resume:dispatcher");
        needed.put("pause --pool default", "dispatcher:pause:pool/default");
        needed.put("key-rotate event", "crypto:rotate:event");
        needed.put("key-disable event 1", "crypto:disable:event");
        needed.put("key-enable event 1", "crypto:enable:event");
        needed.put("key-destroy event 1 --force", "crypto:destroy:event");
        needed.put("key-passphrase", "crypto:change:passphrase");
        needed.put("can symphony.shell event:publish:a", "policy:explain:policy");
        needed.put("policy show", "policy:show:policy");
        needed.put("policy reload", "policy:reload:policy");
        needed.put("policy try home/policy.json", "policy:try:policy");
        needed.put("user list", "user:list:users");
        needed.put("user add mallory --file password", "user:add:mallory");
        needed.put("user passwd runner --file password", "user:passwd:runner");
        needed.put("user remove runner", "user:remove:runner");
        needed.put("user unlock runner", "user:unlock:runner");
        needed.put("admission list", "admission:list:bundles");
        needed.put("admission trust password", "admission:trust:signers");
        needed.put("audit find", "audit:read:trail");
        needed.put("audit verify", "audit:verify:trail");
        needed.put("audit export trail.jsonl", "audit:export:trail");
        needed.put("tail orders/new --outcomes --for 1ms", "event:monitor:orders/new");
        needed.put("unhandled", "event:monitor:*");
        var script = new ArrayList<>(List.of(
                "symphony:user add runner --file password",
                "others = (symphony:publish kept/new n=1 --delay 1h)",
                "symphony:login runner --file password",
                "symphony:cancel ($others id)"));
        needed.keySet().forEach(line -> script.add("symphony:" + line));
        script.add("symphony:load events.jsonl");
        script.addAll(
                List.of("symphony:logout", "symphony:keys", "symphony:user list", "symphony:on", "symphony:scheduled"));
        String output = runInProduction(script);
        assertThat(output)
                .contains("line 1: user:runner has no permission event:publish:orders/new", "0 accepted, 0 refused");
        needed.forEach((line, permission) -> assertThat(output)
                .as(line)
                .contains(line.split(" ")[0] + ": user:runner has no permission " + permission));
        assertThat(output)
                .containsPattern("cancel: user:runner has no permission schedule:cancel:[0-9a-f]{8}-[0-9a-f-]{27}");
        assertThat(output.substring(output.lastIndexOf("logged out")))
                .as("still scheduled")
                .contains("kept/new");
        assertNothingWasDone(output, "runner");
    }

    /** Clears the screen, sets the title of a window, turns the direction of writing, begins a line. */
    @Test
    void nothingThatIsTypedReachesTheTerminalOrTheLogAsItIs() throws Exception {
        // As escapes of the shell, and as it is, but for what the line editor takes for keys.
        String escaped = "\"\\u001b[2Jx\\u001b]0;title\\u0007\\nevil\\u0008\"";
        String raw = "'\u009b31m\u202eevil\u2066\u2028'";
        var script = new ArrayList<String>();
        for (String name : names()) {
            for (String harmful : List.of(escaped, raw)) {
                script.add("symphony:" + name + " " + harmful);
                script.add("symphony:" + name + " " + harmful + " " + harmful + " --for 1ms");
                script.add("symphony:" + name + " --name=" + harmful + " orders/new");
            }
        }
        script.add("symphony:login " + escaped + " --file password");
        script.add("symphony:user add " + escaped + " --file password");
        script.add("symphony:help " + escaped);
        script.add("symphony:publish " + "long/".repeat(200_000));
        script.add("symphony:whoami");
        try (var running = Start.on(home).in(folder).script(script.toArray(String[]::new))) {
            running.endsWith(1); // since commands failed
            assertHarmless(running.output());
            assertHarmless(running.errors());
            assertHarmless(running.log().text());
            assertThat(running.output())
                    .contains("\\u001b[2Jx\\u001b]0;title\\u0007\\nevil", "\\u009b31m\\u202eevil", "principal")
                    .doesNotContain("Exception");
        }
    }

    private static void assertHarmless(String text) {
        assertThat(text.codePoints()
                        .filter(c -> c != '\n' && c != '\t')
                        .filter(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT)
                        .mapToObj(Character::getName)
                        .distinct())
                .isEmpty();
    }
}

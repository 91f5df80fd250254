package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.felix.service.command.CommandSession;
import org.jline.builtins.Completers.CompletionData;
import org.jline.reader.Candidate;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jline.terminal.Terminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.dispatcher.HandlerState;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Decision;
import symphony.component.Guard;

@Timeout(120)
class CompletionTest {
    private final Rig rig = new Rig(new Guard(false), new JlineEditor());

    @TempDir
    private Path folder;

    @BeforeEach
    void fill() {
        rig.bindAll();
        rig.dispatcher.with("a.bundle/first", HandlerState.ACTIVE, "", "orders/new", "customers/*");
        rig.queues.with(17, "a.bundle/first", "orders/new", "broken");
        rig.run("symphony:publish used/here --delay 1h");
        rig.run("symphony:on x --name mine { y }");
    }

    @Test
    void offersNothingOfACommandThatOneMayNotRun() throws IOException {
        var denied = new AtomicReference<>("nobody");
        rig.services.guard.bind((AccessControl) (principal, permission) -> new Decision(
                !(principal.equals(denied.get()) && permission.instance().equals("off")), ""));
        assertThat(candidates("symphony:off", "")).contains("mine");
        denied.set("symphony.shell");
        assertThat(candidates("symphony:off", "")).isEmpty();
        denied.set("user:ada");
        assertThat(candidates("symphony:off", "")).contains("mine");
        rig.session.currentDir(folder);
        Files.writeString(folder.resolve("right"), "lovelace");
        rig.run("symphony:login ada --file right");
        assertThat(candidates("symphony:off", "")).isEmpty();
        assertThat(candidates("symphony:help", "o")).contains("off");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    static LineReader reader(StringBuilder above) {
        return reader(above, "xterm", new StringWriter());
    }

    private static LineReader reader(StringBuilder above, String terminalType, Writer below) {
        Map<String, Object> answers = Map.of("getType", terminalType, "writer", new PrintWriter(below));
        var terminal = (Terminal) Proxy.newProxyInstance(
                Terminal.class.getClassLoader(),
                new Class<?>[] {Terminal.class},
                (proxy, method, arguments) -> answers.get(method.getName()));
        return (LineReader) Proxy.newProxyInstance(
                LineReader.class.getClassLoader(), new Class<?>[] {LineReader.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("printAbove")) {
                        above.append(arguments[0]).append('\n');
                    }
                    return method.getName().equals("getTerminal") ? terminal : null;
                });
    }

    private List<String> candidates(String... words) {
        rig.session.put(".commandLine", new ParsedLine() {
            @Override
            public String word() {
                return words[words.length - 1];
            }

            @Override
            public int wordCursor() {
                return word().length();
            }

            @Override
            public int wordIndex() {
                return words.length - 1;
            }

            @Override
            public List<String> words() {
                return List.of(words);
            }

            @Override
            public String line() {
                return String.join(" ", words);
            }

            @Override
            public int cursor() {
                return line().length();
            }
        });
        try {
            return ((List<?>) rig.value("symphony:_candidates"))
                    .stream().map(candidate -> ((Candidate) candidate).value()).toList();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void proposesWhatFitsThePlace() {
        assertThat(candidates("symphony:publish", "")).containsExactly("orders/new", "used/here");
        assertThat(candidates("publish", "--priority", "0", "")).containsExactly("orders/new", "used/here");
        assertThat(candidates("publish", "--priority", "")).isEmpty();
        assertThat(candidates("symphony:publish", "a/b", "")).isEmpty();
        assertThat(candidates("symphony:tail", "")).contains("*", "customers/*", "orders/*", "orders/new", "used/*");
        assertThat(candidates("symphony:pause", "")).containsExactly("a.bundle/first");
        assertThat(candidates("symphony:dead", "")).containsExactly("list", "show", "redrive", "drop");
        assertThat(candidates("symphony:dead", "show", "")).containsExactly("17");
        rig.queues.with(18, "gone.bundle/last", "orders/new", "its handler is gone");
        assertThat(candidates("symphony:dead", "list", "--subscription", ""))
                .containsExactly("a.bundle/first", "gone.bundle/last");
        assertThat(candidates("symphony:off", "")).containsExactly("mine");
        assertThat(candidates("symphony:cancel", "")).containsExactly("01976f0c-7c5e-7000-0000-000000000001");
        assertThat(candidates("symphony:schedule", "")).containsExactly("orders/new", "used/here");
        assertThat(candidates("symphony:schedule", "a", "--misfire", ""))
                .containsExactly("once", "skip", "catch-up=10");
        assertThat(candidates("symphony:schedule", "a", "--zone", ""))
                .contains("Europe/Berlin", "UTC", "Pacific/Apia")
                .doesNotContain("CET");
        assertThat(candidates("symphony:help", "")).contains("publish", "load").doesNotContain("_candidates");
        assertThat(candidates("unknown", "")).isEmpty();
    }

    @Test
    void proposesModelsVersionsAndFilesAsTheActionWants() throws IOException {
        rig.session.currentDir(folder);
        Files.writeString(folder.resolve("home.tsv"), "a\tb\n");
        rig.run("symphony:nlp train home.tsv --model home");
        rig.run("symphony:nlp train home.tsv --model home");
        assertThat(candidates("symphony:nlp", "")).startsWith("train", "evaluate", "models");
        assertThat(candidates("symphony:nlp", "train", "")).containsExactly("home.tsv");
        assertThat(candidates("symphony:nlp", "train", "--model", "")).containsExactly("default", "home");
        assertThat(candidates("symphony:ask", "--model", "")).containsExactly("default", "home");
        assertThat(candidates("symphony:nlp", "activate", "")).containsExactly("default", "home");
        assertThat(candidates("symphony:nlp", "activate", "home", "")).containsExactly("1", "2");
        assertThat(candidates("symphony:nlp", "activate", "default", "")).isEmpty();
        assertThat(candidates("symphony:nlp", "export", "home", "1", "")).containsExactly("home.tsv");
        assertThat(candidates("symphony:nlp", "models", "")).isEmpty();
        assertThat(candidates("symphony:nlp", "--model", "home", "")).contains("evaluate");
        rig.services.guard.bind((AccessControl)
                (principal, permission) -> new Decision(!permission.domain().equals("nlp"), ""));
        assertThat(candidates("symphony:nlp", "activate", ""))
                .as("not those in the store")
                .containsExactly("default");
        rig.services.models.unbind(rig.nlp);
        assertThat(candidates("symphony:nlp", "activate", "home", "")).isEmpty();
    }

    @Test
    void proposesFiles() throws IOException {
        Files.createDirectories(folder.resolve("data/deep"));
        Files.createFile(folder.resolve("data/e.jsonl"));
        rig.session.currentDir(folder);
        assertThat(candidates("symphony:load", "")).containsExactly("data/");
        assertThat(candidates("symphony:load", "data/")).containsExactlyInAnyOrder("data/deep/", "data/e.jsonl");
        assertThat(candidates("symphony:load", "none/")).isEmpty();
    }

    @Test
    void worksWithoutServices() {
        try (var empty = new Rig(new Guard(false), new JlineEditor())) {
            assertThat(empty.run("(symphony:_candidates) size")).isEqualTo("0");
        }
    }

    @Test
    void fillsTheCompletionsOfAnInteractiveSession() {
        var completions = new HashMap<String, List<CompletionData>>();
        rig.session.put(".completions", completions);
        rig.run("test:echo");
        assertThat(completions).isEmpty();
        rig.session.put(".reader", reader(new StringBuilder()));
        rig.run("test:echo");
        assertThat(completions.get("symphony:publish"))
                .anyMatch(data -> data.options != null && data.options.contains("--priority"))
                .anyMatch(data -> "symphony:_candidates".equals(data.argument));
        rig.engine.close();
        assertThat(completions).isEmpty();
    }

    @Test
    void printsTheBannerOnceAndOnlyAtTheStartOfASessionOnATerminal() throws Exception {
        assertThat(banners(Map.of(), "x", "x")).isZero();
        assertThat(banners(Map.of(".reader", reader(new StringBuilder()), "TERM", "dumb"), "x"))
                .isZero();
        assertThat(banners(Map.of(".reader", reader(new StringBuilder()), "TERM", "xterm", "prompt", "> "), "x"))
                .isZero();
        assertThat(banners(Map.of(".reader", reader(new StringBuilder()), "TERM", "xterm"), "x", "x"))
                .isEqualTo(1);
    }

    private long banners(Map<String, Object> variables, String... lines) throws Exception {
        var out = new ByteArrayOutputStream();
        try (CommandSession session = rig.newSession(out)) {
            variables.forEach(session::put);
            for (String line : lines) {
                session.execute("test:echo " + line);
            }
        }
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(l -> l.startsWith("Symphony Events"))
                .count();
    }

    @Test
    void closuresPrintAboveTheLineThatIsEdited() {
        var above = new StringBuilder();
        rig.session.put(".reader", reader(above));
        rig.run("symphony:on a { test:echo handled }");
        rig.events.publish("a", Map.of());
        assertThat(above).hasToString("handled\n");
    }

    /** The line that is read there is not shown: drawing it anew would mix it into the output. */
    @Test
    void closuresOfAScriptPrintBelow() {
        var above = new StringBuilder();
        var below = new StringWriter();
        rig.session.put(".reader", reader(above, Terminal.TYPE_DUMB, below));
        rig.run("symphony:on a { test:echo handled }");
        rig.events.publish("a", Map.of());
        assertThat(above).isEmpty();
        assertThat(below).hasToString("handled" + System.lineSeparator());
    }
}

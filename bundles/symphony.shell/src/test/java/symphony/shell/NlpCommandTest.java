package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jline.terminal.Terminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import symphony.api.nlp.Evaluation;
import symphony.api.nlp.ModelException;
import symphony.api.nlp.TrainingDataException;
import symphony.component.Guard;

@Timeout(120)
class NlpCommandTest {
    private final Rig rig = Rig.complete();

    @TempDir
    private Path folder;

    @BeforeEach
    void fill() throws IOException {
        fill(rig);
    }

    private void fill(Rig filled) throws IOException {
        filled.session.currentDir(folder);
        Files.writeString(folder.resolve("home.tsv"), "light_on\tlights on\nlight_off\tlights off\n");
        Files.writeString(folder.resolve("other.tsv"), "oos\twho are you\n");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void trainsAndSaysHowToUseTheModel() {
        assertThat(rig.run("symphony:nlp train home.tsv")).isEqualTo("""
            model         default, version 1
            active        no; symphony:nlp activate default 1 lets it be used
            examples      2 of 2 intents
            validation    90.0 % have the right intent first
            size          4.0 KiB
            time          1.5s
            warning       home.tsv: read as TSV
            warning       few examples\
            """);
        assertThat(rig.nlp.active).isEmpty();
    }

    @Test
    void trainsAsTheOptionsSay() {
        assertThat(rig.run("symphony:nlp train home.tsv --model home --seed -7 --validation other.tsv --activate"))
                .contains("home, version 1", "active        yes");
        assertThat(rig.nlp.calls).containsExactly("train home 2 1 -7");
        assertThat(rig.nlp.active.get("home")).containsExactly(1);
        assertThat(rig.run("symphony:nlp train home.tsv --json | cat"))
                .startsWith("{\"model\":\"default\",\"version\":1,\"active\":false,\"intents\":2,\"examples\":2,")
                .contains("\"validationAccuracy\":0.9", "\"warnings\":[\"home.tsv: read as TSV\",\"few examples\"]");
    }

    @Test
    void saysThatAModelIsStoredThatCannotBeActive() {
        var store = new FakeNlp();
        rig.services.models.bind(store); // which has no such version
        assertThat(rig.run("symphony:nlp train home.tsv --activate"))
                .isEqualTo("nlp: version 1 of default is stored, and not active: model default has no version 1");
    }

    @Test
    void saysWhereTheDataIsWrong() throws IOException {
        Files.writeString(folder.resolve("bad.tsv"), "a\tb\nc\n");
        assertThat(rig.run("symphony:nlp train bad.tsv")).isEqualTo("nlp: bad.tsv, line 2: it has 1 columns");
        rig.nlp.failure = new TrainingDataException("model default", 0, "there are examples of 1 intents");
        assertThat(rig.run("symphony:nlp train home.tsv"))
                .isEqualTo("nlp: model default: there are examples of 1 intents");
        rig.nlp.failure = new ModelException("no version of model home is active");
        assertThat(rig.run("symphony:nlp evaluate home.tsv")).isEqualTo("nlp: no version of model home is active");
    }

    @Test
    void tellsHowGoodAModelIs() {
        assertThat(rig.run("symphony:nlp evaluate home.tsv")).isEqualTo("""
            model         default, version 1
            examples      4
            accuracy      75.0 %
            macro F1      0.733
            calibration   error 5.0 %
            out of scope  not measured; --out-of-scope FILE does; 25.0 % of the examples
                          wrongly taken for it
            warning       home.tsv: read as TSV
            taken for another:
              1 of light_on for light_off
                  make it <b>dark</b>\\u001b[2J\
            """);
        rig.nlp.evaluation = withOutOfScope();
        assertThat(rig.run("symphony:nlp evaluate home.tsv --model home --out-of-scope other.tsv"))
                .contains("out of scope  80.0 % of 5 found; 25.0 %", "version 1 and 2");
        assertThat(rig.nlp.calls).contains("evaluate home 2 [who are you]");
        assertThat(rig.run("symphony:nlp evaluate home.tsv --json | cat"))
                .contains("\"outOfScopeRecall\":0.8", "\"confusions\":[]");
    }

    private static Evaluation withOutOfScope() {
        return new Evaluation(List.of("1", "2"), 4, 1, 1, 0, 0.25, 5, 0.8, List.of(), List.of());
    }

    @Test
    void writesAPageForItsOwnerOnly() throws IOException {
        Path page = folder.resolve("home.html");
        assertThat(rig.run("symphony:nlp evaluate home.tsv --report home.html")).contains("page          " + page);
        assertThat(Files.getPosixFilePermissions(page)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.readString(page)).contains("2026-11-24T12:00:00Z", "of home.tsv", "<svg", "</html>");
        rig.nlp.calls.clear();
        assertThat(rig.run("symphony:nlp evaluate home.tsv --report home.html"))
                .isEqualTo("nlp: '" + page + "' is there already; name another file, or write over it with --force");
        assertThat(rig.nlp.calls).as("not after the work").isEmpty();
        rig.nlp.evaluation = withOutOfScope();
        assertThat(rig.run("symphony:nlp evaluate home.tsv --report home.html --force"))
                .contains("page          " + page);
        assertThat(Files.readString(page)).contains("80.0 % of 5");
        assertThat(folder.resolve("home.html.part")).doesNotExist();
    }

    @Test
    void neverWritesAPageOverAnotherKindOfFile() throws IOException {
        assertThat(rig.run("symphony:nlp evaluate home.tsv --report home.tsv --force"))
                .isEqualTo("nlp: --report is 'home.tsv', must end with .html, as report.html");
        assertThat(Files.readString(folder.resolve("home.tsv"))).startsWith("light_on");
    }

    @Test
    void managesModels() {
        assertThat(rig.run("symphony:nlp models")).startsWith("no models; symphony:nlp train");
        rig.run("symphony:nlp train home.tsv --activate");
        rig.run("symphony:nlp train home.tsv");
        assertThat(rig.run("symphony:nlp activate default 2"))
                .isEqualTo("version 2 of default is active: 2 intents, 2 examples");
        assertThat(rig.run("symphony:nlp models").lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "MODEL VERSION ACTIVE INTENTS EXAMPLES SIZE STORED SHA-256",
                        "default 1 - 2 2 4.0 KiB 2026-11-24 0123456789a…",
                        "default 2 yes 2 2 4.0 KiB 2026-11-24 0123456789a…");
        assertThat(rig.run("symphony:nlp models --json"))
                .contains("\"version\":2,\"active\":true", "\"hash\":\"" + FakeNlp.HASH + '"');
        assertThat(rig.run("symphony:nlp rollback default")).startsWith("version 1 of default is active");
        assertThat(rig.run("symphony:nlp rollback default"))
                .isEqualTo("nlp: no version of model default was active before");
        assertThat(rig.run("symphony:nlp delete default 2")).isEqualTo("version 2 of default is deleted");
        assertThat(rig.run("symphony:nlp activate default 2")).isEqualTo("nlp: model default has no version 2");
    }

    @Test
    void exportsIntoANewFileOfItsOwnersOnly() throws IOException {
        rig.run("symphony:nlp train home.tsv");
        Path file = folder.resolve("home.model");
        assertThat(rig.run("symphony:nlp export default 1 home.model"))
                .isEqualTo("version 1 of default is in " + file + ", not encrypted");
        assertThat(file).hasContent("model " + FakeNlp.HASH);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(rig.run("symphony:nlp export default 1 home.model"))
                .isEqualTo("nlp: '" + file + "' is there already; name another file");
        rig.nlp.failure = new ModelException("it is damaged");
        assertThat(rig.run("symphony:nlp export default 1 half.model")).isEqualTo("nlp: it is damaged");
        assertThat(folder).isDirectoryNotContaining("glob:**half.model*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nlp teach | nlp: unknown action 'teach'; known are train, evaluate, models, activate, rollback,"
                        + " delete, export",
                "nlp train | nlp: write symphony:nlp train FILE",
                "nlp models home | nlp: write symphony:nlp models",
                "nlp activate home | nlp: write symphony:nlp activate MODEL VERSION",
                "nlp export home 1 | nlp: write symphony:nlp export MODEL VERSION FILE",
                "nlp activate home one | nlp: 'one' is no number of a version; symphony:nlp models lists them",
                "nlp delete home 0 | nlp: '0' is no number of a version",
                "nlp rollback home --force | nlp: --force is not for rollback; see symphony:help nlp",
                "nlp train home.tsv --report x.html | nlp: --report is not for train",
                "nlp evaluate home.tsv --seed 1 | nlp: --seed is not for evaluate",
                "nlp evaluate home.tsv --force | nlp: --force is for --report; give both or none",
                "nlp train home.tsv --seed x | nlp: --seed is 'x', must be a whole number",
                "nlp train none.tsv | nlp: no file",
                "nlp train home.txt | nlp: no file",
            })
    void saysInOneLineWhatIsWrong(String line, String error) {
        assertThat(rig.run("symphony:" + line)).startsWith(error).doesNotContain("\n");
        assertThat(rig.nlp.calls).isEmpty();
    }

    @Test
    void readsFilesOfKnownFormatsOnly() throws IOException {
        Files.createFile(folder.resolve("home.txt"));
        assertThat(rig.run("symphony:nlp train home.txt"))
                .isEqualTo("nlp: file 'home.txt' must end with .tsv, .csv or .jsonl, which says how it is written");
        Files.createDirectory(folder.resolve("folder.tsv"));
        assertThat(rig.run("symphony:nlp train folder.tsv")).contains("is a folder; name a file in it");
    }

    @Test
    void saysWhichBundleIsMissing() throws IOException {
        try (var empty = new Rig()) {
            fill(empty);
            for (String line : List.of("train home.tsv", "evaluate home.tsv", "models", "rollback default")) {
                assertThat(empty.run("symphony:nlp " + line))
                        .as(line)
                        .endsWith(" is there; install or start the bundle symphony.nlp");
            }
        }
    }

    @Test
    void endsWithOneLineAtCtrlC() throws IOException {
        var handler = new AtomicReference<>(Terminal.SignalHandler.SIG_IGN);
        try (var edited = new Rig(new Guard(false), new JlineEditor())) {
            edited.bindAll();
            fill(edited);
            edited.session.put(
                    ".terminal",
                    Proxy.newProxyInstance(
                            Terminal.class.getClassLoader(),
                            new Class<?>[] {Terminal.class},
                            (proxy, method, arguments) -> handler.getAndSet((Terminal.SignalHandler) arguments[1])));
            edited.nlp.meanwhile = () -> {
                handler.get().handle(Terminal.Signal.INT);
                return null;
            };
            assertThat(edited.run("symphony:nlp train home.tsv")).isEqualTo("nlp: interrupted; nothing is stored");
            assertThat(edited.run("symphony:nlp evaluate home.tsv --report home.html"))
                    .isEqualTo("nlp: interrupted; nothing is written");
            assertThat(edited.nlp.calls).isEmpty();
            assertThat(folder.resolve("home.html")).doesNotExist();
            assertThat(handler.get()).isSameAs(Terminal.SignalHandler.SIG_IGN);
        }
    }

    @Test
    void showsOnATerminalHowFarItIs() {
        var time = new AtomicLong();
        var command = new NlpCommand(
                        rig.services,
                        new NlpTraining(
                                rig.services,
                                Editor.NONE,
                                Files::newInputStream,
                                () -> Rig.NOW,
                                () -> time.getAndAdd(1_000_000_000L)))
                .command();
        rig.session.put("TERM", "xterm");
        assertThatCode(() -> command.execute(rig.session, List.of("train", "home.tsv")))
                .doesNotThrowAnyException();
        assertThat(rig.out.toString(StandardCharsets.UTF_8)).isEqualTo("\rlearning, 50 %\r              \r");
    }
}

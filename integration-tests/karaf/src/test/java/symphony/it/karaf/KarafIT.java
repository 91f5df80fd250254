package symphony.it.karaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README's reader does, once in the product and once in Apache Karaf, which must not make a difference. */
@Timeout(900)
class KarafIT {
    private static final String PROMPT = "symphony> ";
    private static final String VERSION = System.getProperty("version");

    /** Commands that change nothing, so that they can be asked again until what is under way is done. */
    private static final Pattern LISTING =
            Pattern.compile("symphony:(handlers|queues|subscriptions|status|dead list|on|scheduled).*");

    private static final Pattern BAD = Pattern.compile("(?m)^.*\\| (WARN|ERROR) .*\\bsymphony\\b.*$");

    /** Without the blocks of text, which are for a system with a policy. */
    private static List<String> readme() throws IOException {
        String text = Files.readString(Folder.root().resolve("README.md"));
        return text.replaceAll("(?ms)^```text$.*?^```$", "").lines().toList();
    }

    /** The block of the README that has a text in it. */
    private static String block(String text) throws IOException {
        return Stream.of(String.join("\n", readme()).split("(?m)^```.*$"))
                .filter(block -> block.contains(text))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the README has no " + text));
    }

    private static Running product(Path place) throws IOException, InterruptedException {
        Path folder = Folder.unpack(Folder.root().resolve("bndrun/target/symphony-" + VERSION + ".tar.gz"), place);
        return Running.start(
                Folder.root(),
                place.resolve("product.txt"),
                Map.of(
                        "SYMPHONY_OPTS",
                        "-XX:TieredStopAtLevel=1 -Dsymphony.environment=dev",
                        "SYMPHONY_HOME",
                        place + "/home"),
                folder.resolve("bin/symphony").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"felix", "equinox"})
    void givesTheSameAnswersAsTheProduct(String framework) throws Exception {
        Path place = Folder.create("product-" + framework);
        try (Karaf karaf = Karaf.unpack(framework);
                Running process = product(place)) {
            Files.createSymbolicLink(
                    karaf.folder().resolve("bndrun"), Folder.root().resolve("bndrun"));
            karaf.start();
            String[] copies = block("$KARAF_HOME/deploy").strip().split("\n");
            assertThat(copies).as("the archive, then the handlers").hasSize(2);
            Folder.run(Folder.root(), copies[0], karaf.folder());
            karaf.server().awaitTrue("the event system", () -> karaf.log().contains("ready: events are published"));
            try (var here = new Shell(process);
                    var there = new Shell(karaf.client())) {
                compare(here, there, karaf, copies[1], place.resolve("symphony-" + VERSION + "/load"));
            }
            assertThat(karaf.server().terminate()).as("exit code").isIn(0, 143);
            assertThat(BAD.matcher(karaf.log()).results().map(MatchResult::group))
                    .as("warnings and errors about us")
                    .allMatch(line -> line.contains("MISMATCH") || line.contains("1 dead letters that are lost"));
        }
    }

    private static void compare(Shell here, Shell there, Karaf karaf, String deploy, Path load) throws Exception {
        int commands = 0;
        for (String line : readme()) {
            if (line.startsWith("for b in orders alerts")) {
                Folder.run(Folder.root(), block(line).replace("bndrun/target/symphony/load", load.toString()), null);
                Folder.run(Folder.root(), deploy, karaf.folder());
                awaitHandlers(here);
                awaitHandlers(there);
            } else if (line.startsWith(PROMPT)) {
                assertSame(here, there, line.substring(PROMPT.length()));
                if (line.contains("--delay")) { // nothing is typed while a closure prints
                    awaitClosure(here);
                    awaitClosure(there);
                }
                commands++;
            }
        }
        for (String line : List.of("symphony:help", "symphony:help publish", "symphony:publish a//b")) {
            assertSame(here, there, line);
        }
        assertThat(commands).as("commands of the README").isGreaterThan(8);
        await("the same is printed by handlers and closures")
                .atMost(Running.DEADLINE)
                .untilAsserted(() -> {
                    var asides = new ArrayList<>(there.aside());
                    asides.addAll(Shell.aside(karaf.server().output()));
                    assertThat(shapes(asides)).isEqualTo(shapes(here.aside())).hasSizeGreaterThan(20);
                });
    }

    /** Those of the examples, two in alerts, one in orders; and the one of utterances. */
    private static void awaitHandlers(Shell shell) {
        await("handlers")
                .atMost(Running.DEADLINE)
                .untilAsserted(() -> assertThat(shell.answer("symphony:handlers"))
                        .filteredOn(line -> line.contains(" ACTIVE "))
                        .hasSize(4));
    }

    /** Of what comes of an order, the invoice comes last. */
    private static void awaitClosure(Shell shell) {
        await("the closure").atMost(Running.DEADLINE).until(() -> shell.aside().contains("saw orders/invoiced"));
    }

    private static void assertSame(Shell here, Shell there, String line) throws IOException {
        if (LISTING.matcher(line).matches()) {
            await(line).atMost(Running.DEADLINE).untilAsserted(() -> assertSameAnswer(here, there, line));
        } else {
            assertSameAnswer(here, there, line);
        }
    }

    private static void assertSameAnswer(Shell here, Shell there, String line) throws IOException {
        List<String> expected = here.answer(line);
        assertThat(expected).as(line).isNotEmpty();
        assertThat(shapes(there.answer(line))).as(line).isEqualTo(shapes(expected));
    }

    /** Lines without what differs from run to run, sorted, since several handlers print at once. */
    private static List<String> shapes(List<String> lines) {
        return lines.stream()
                .map(line -> line.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID")
                        .replaceAll(", \\d[\\d.\\h]*/s", "")
                        .replaceAll("invoice \\d+", "invoice NUMBER")
                        .replaceAll("due in (now|-)$", "due in TIME")
                        .replaceAll("\\d+(\\.\\d+)? ?(ms|s|m|h)\\b", "TIME")
                        .replaceAll("^ *\\d+ {2,}", "NUMBER ")
                        .strip()
                        .replaceAll(" +", " "))
                .sorted()
                .toList();
    }
}

package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.dispatcher.HandlerState;
import symphony.api.event.Event;

/** The lines of the README run as they stand, and each option that the commands declare is one that they read. */
@Timeout(120)
class ReadmeTest {
    private final Rig rig = Rig.complete();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        rig.close();
    }

    private static List<String> lines() throws IOException {
        var lines = new ArrayList<String>();
        boolean code = false;
        for (String line : Files.readAllLines(Path.of("README.md"))) {
            if (line.startsWith("```")) {
                code = !code;
            } else if (code) {
                lines.add(line);
            }
        }
        return lines;
    }

    @Test
    void eachLineRuns() throws Exception {
        rig.session.currentDir(folder);
        assertThat(lines()).hasSizeGreaterThan(25);
        for (String line : lines()) {
            rig.value(line);
        }
        assertThat(rig.events.published).anyMatch(event -> event.topic().equals("audit/orders"));
        assertThat(rig.events.published).anyMatch(event -> event.topic().equals("nlp/utterance"));
        assertThat(rig.events.failures).isEmpty();
    }

    /** In a system as somebody has it who tries the commands: with the example of orders, and what it gave up. */
    private void fillAsTheExamplesSay() throws IOException {
        rig.session.currentDir(folder);
        Files.writeString(folder.resolve("events.jsonl"), "{\"topic\": \"orders/new\", \"data\": {\"amount\": 1}}\n");
        Files.writeString(folder.resolve("next.json"), "{}");
        Files.writeString(folder.resolve("password.txt"), "lovelace\n");
        Files.writeString(folder.resolve("signer.pem"), "CN=ada");
        Files.writeString(folder.resolve("home.tsv"), "light_on\tlights on\nlight_off\tlights off\n");
        Files.writeString(folder.resolve("more.tsv"), "light_on\tmake it bright\n");
        Files.writeString(folder.resolve("other.tsv"), "oos\twho are you\n");
        rig.run("symphony:nlp train home.tsv --activate"); // as the product has one from the start
        Files.writeString(folder.resolve("utterances.tsv"), "card_arrival\tHow do I locate my card?\n");
        rig.dispatcher.with("symphony.example.orders/invoicing", HandlerState.ACTIVE, "", "orders/new");
        rig.queues
                .with(1, "symphony.example.orders/invoicing", "orders/new", "mail server is away")
                .with(2, "symphony.example.alerts/alarms", "alerts/new", "printer is away");
        rig.services.sealer.bind(new FakeSealer());
        Event later = Event.on("orders/reminder").build();
        UUID id = UUID.fromString("01976f0c-7c5e-7000-8000-000000000000");
        rig.events.schedules.add(new FakeEvents.FakeSchedule(id, later, Rig.NOW.plusSeconds(60)));
    }

    /** A refused name or a missing argument is an exception, which fails the test. */
    @Test
    void theHelpOfEachCommandHasExamplesThatWork() throws Exception {
        fillAsTheExamplesSay();
        for (Map.Entry<String, ?> entry : rig.engine.commands().entrySet()) {
            Synopsis synopsis = ((Command) entry.getValue()).synopsis();
            assertThat(entry.getKey().startsWith("_") || !synopsis.examples().isEmpty())
                    .as(entry.getKey())
                    .isTrue();
            for (String example : synopsis.examples()) {
                assertThatCode(() -> rig.value(synopsis.name().equals("tail") ? example + " --for 0" : example))
                        .as(example)
                        .doesNotThrowAnyException();
            }
        }
        assertThat(rig.dispatcher.calls)
                .containsExactlyInAnyOrder(
                        "pause symphony.example.orders/invoicing",
                        "pause symphony.example.orders/invoicing",
                        "pause pool reports",
                        "pause all",
                        "resume symphony.example.orders/invoicing",
                        "resume symphony.example.orders/invoicing",
                        "resume pool reports",
                        "resume all",
                        "quarantine symphony.example.orders/invoicing, mail server seems slow",
                        "lift symphony.example.orders/invoicing");
        assertThat(rig.queues.calls).containsExactly("redrive 1");
        assertThat(rig.events.published).extracting(Event::topic).contains("orders/new", "nlp/utterance");
    }

    @Test
    void theClosuresOfTheExamplesHandleEvents() throws Exception {
        for (String example :
                ((Command) rig.engine.commands().get("on")).synopsis().examples()) {
            rig.value(example);
        }
        rig.value("symphony:publish orders/new amount=12");
        rig.value("symphony:publish orders/new amount=13");
        assertThat(rig.events.failures).isEmpty();
        assertThat(rig.out.toString(StandardCharsets.UTF_8)).isEqualTo("orders/new 12\norders/new 13\n");
        assertThat(rig.session.get("orders")).hasToString("2");
    }

    @Test
    void theReadmeNamesEachCommand() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        assertThat(Stream.of(rig.engine.commands().keySet().toArray(String[]::new))
                        .filter(n -> !n.startsWith("_")))
                .allSatisfy(name -> assertThat(readme).containsPattern("`(symphony:)?" + name + "\\b"));
    }
}

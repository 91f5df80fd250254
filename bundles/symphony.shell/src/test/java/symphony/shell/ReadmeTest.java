package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The lines of the README run as they stand, and each option that the commands declare is one that they read. */
@Timeout(20)
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

    @Test
    void theHelpOfEachCommandHasExamplesThatItReads() throws Exception {
        for (String name : rig.engine.commands().keySet()) {
            Synopsis synopsis = ((Command) rig.engine.commands().get(name)).synopsis();
            assertThat(name.startsWith("_") || !synopsis.examples().isEmpty()).isTrue();
            for (String example : synopsis.examples()) {
                String printed =
                        rig.run(example.startsWith("symphony:tail orders/*") ? "symphony:tail a --for 0" : example);
                assertThat(printed).as(example).doesNotContain("unknown", "usage:", "is missing;", "must be");
            }
        }
    }

    @Test
    void theReadmeNamesEachCommand() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        assertThat(Stream.of(rig.engine.commands().keySet().toArray(String[]::new))
                        .filter(n -> !n.startsWith("_")))
                .allSatisfy(name -> assertThat(readme).containsPattern("`(symphony:)?" + name + "\\b"));
    }
}

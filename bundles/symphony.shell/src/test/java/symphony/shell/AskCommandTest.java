package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.nlp.ModelException;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;

@Timeout(120)
class AskCommandTest {
    private final Rig rig = Rig.complete();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void tellsTheIntent() {
        assertThat(rig.run("symphony:ask \"turn on the lights\"").replaceFirst("[0-9.]+ ms", "… ms"))
                .isEqualTo("""
                    intent        light_on
                    confidence    87.5 %
                    alternatives  light_off 12.5 %
                    out of scope  no
                    model         default, version 1
                    time          … ms\
                    """);
        assertThat(rig.events.published).as("nothing happens").isEmpty();
    }

    @Test
    void joinsWordsAndKeepsNumbersAsTheyStand() {
        rig.run("symphony:ask set light 007 to 1.50");
        assertThat(rig.nlp.calls).contains("nlp:recognize:default 'set light 007 to 1.50' by symphony.shell");
    }

    @Test
    void tellsWhatIsOutOfScope() {
        assertThat(rig.run("symphony:ask who are you"))
                .contains("intent        none: out of scope")
                .contains("closest       light_on 25.0 %, light_off 12.5 %")
                .contains("out of scope  yes")
                .doesNotContain("confidence");
    }

    @Test
    void printsJson() {
        assertThat(rig.run("symphony:ask lights --json | cat"))
                .startsWith(
                        "{\"intent\":\"light_on\",\"confidence\":0.875,\"outOfScope\":false,\"alternatives\":"
                                + "[{\"name\":\"light_off\",\"confidence\":0.125}],\"model\":\"default\",\"version\":\"1\",\"millis\":");
        assertThat(rig.run("symphony:ask hello --json | cat"))
                .startsWith("{\"intent\":null,\"confidence\":null,\"outOfScope\":true,");
    }

    @Test
    void asksTheOneOfHighestRankingThatIsThere() {
        rig.services.recognizers.put(new FakeNlp.Ranking(10), rig.nlp.source("default", "better"));
        rig.services.recognizers.put(new FakeNlp.Ranking(20), rig.nlp.source("default", "gone"));
        rig.services.recognizers.put(new FakeNlp.Ranking(30), rig.nlp.source("home", "other"));
        assertThat(rig.run("symphony:ask lights")).contains("version better");
        assertThat(rig.nlp.calls).contains("get better", "unget better").doesNotContain("get 1", "get other");
        assertThat(rig.run("symphony:ask lights --model home")).contains("home, version other");
        rig.services.recognizers.remove(new FakeNlp.Ranking(10));
        assertThat(rig.run("symphony:ask lights")).contains("version 1");
    }

    @Test
    void asksInTheNameOfWhoIsLoggedIn(@TempDir Path folder) throws Exception {
        rig.session.currentDir(folder);
        Files.writeString(folder.resolve("right"), "lovelace");
        rig.run("symphony:login ada --file right");
        rig.run("symphony:ask lights");
        assertThat(rig.nlp.calls).contains("nlp:recognize:default 'lights' by symphony.shell for user:ada");
    }

    @Test
    void publishesTheUtterance() {
        rig.run("symphony:on nlp/utterance --name sink { test:args }");
        assertThat(rig.run("symphony:ask turn on the lights --publish")).endsWith("accepted by 1 subscription");
        assertThat(rig.events.published).hasSize(1);
        assertThat(rig.events.published.get(0).data()).isEqualTo(Map.of("text", "turn on the lights"));
        assertThat(rig.nlp.calls).as("nobody is asked twice").isEmpty();
        assertThat(rig.run("symphony:ask lights --publish --model home"))
                .startsWith("ask: --model and --publish exclude each other");
    }

    @Test
    void saysWhatIsMissingAndHowToMendIt() {
        assertThat(rig.run("symphony:ask lights --model home"))
                .isEqualTo("ask: no recogniser of model 'home' is there; train and activate one with symphony:nlp train"
                        + " FILE --activate, or name another model: there are default");
        try (var empty = new Rig()) {
            assertThat(empty.run("symphony:ask lights"))
                    .isEqualTo(
                            "ask: no recogniser of model 'default' is there; install or start the bundle symphony.nlp");
            assertThat(empty.run("symphony:ask lights --publish")).contains("symphony.eventsystem");
        }
        assertThat(rig.run("symphony:ask")).startsWith("ask: TEXT is missing");
    }

    @Test
    void tellsInOneLineWhyItFailed() {
        assertThat(rig.run("symphony:ask " + "x".repeat(101)))
                .isEqualTo("ask: nlp:recognize:default: its input has 101 characters");
        rig.nlp.failure = new ModelException("no version is active");
        assertThat(rig.run("symphony:ask lights")).isEqualTo("ask: no version is active");
        rig.nlp.failure = new IllegalStateException("broken\ninside");
        assertThat(rig.run("symphony:ask lights"))
                .startsWith("ask: recogniser ")
                .endsWith("of model default failed with java.lang.IllegalStateException");
    }

    @Test
    void needsAPermissionOfItsOwn() {
        rig.services.guard.bind(
                (principal, permission) -> new Decision(!permission.equals(new Permission("shell", "run", "ask")), ""));
        assertThat(rig.run("symphony:ask lights"))
                .isEqualTo("ask: "
                        + new AccessDeniedException("symphony.shell", new Permission("shell", "run", "ask"), "")
                                .getMessage());
        assertThat(rig.nlp.calls).isEmpty();
    }
}

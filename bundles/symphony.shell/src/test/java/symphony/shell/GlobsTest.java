package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.felix.service.command.CommandSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.event.TopicFilter;

@Timeout(120)
class GlobsTest {
    private final Rig rig = Rig.complete();

    @TempDir
    private Path folder;

    @BeforeEach
    void filesToExpand() throws IOException {
        Files.createFile(folder.resolve("one.txt"));
        Files.createFile(folder.resolve("two.txt"));
        Files.createDirectory(folder.resolve("orders"));
        Files.createFile(folder.resolve("orders/file"));
        rig.session.currentDir(folder);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void ourCommandsGetTheirStars() {
        assertThat(rig.run("symphony:route orders/* audit/orders")).contains("is on for orders/*");
        assertThat(rig.run("symphony:route none/* audit/none")).contains("is on for none/*");
        assertThat(rig.run("symphony:route orders/+/x audit/x")).contains("is on for orders/+/x");
    }

    @Test
    void othersKeepTheirFiles() {
        assertThat(rig.run("test:args *.txt")).isEqualTo("[one.txt, two.txt]");
        assertThat(rig.run("test:args none/*")).contains("no matches found: none/*");
    }

    @Test
    void eachCommandOfALineIsJudgedByItself() {
        assertThat(rig.run("test:echo *.txt; symphony:route orders/* a/b; test:echo *.txt"))
                .isEqualTo("[one.txt, two.txt]\n[one.txt, two.txt]");
        assertThat(rig.events.names()).containsExactly("symphony.shell/route-1");
        assertThat(rig.run("symphony:route orders/* a/b ; test:args none/*")).contains("no matches found: none/*");
        assertThat(rig.events.names()).hasSize(2);
    }

    @Test
    void holdsInClosuresSequencesPipesAndAssignments() {
        rig.run("test:each [a b] { symphony:route orders/* $it/x }");
        assertThat(rig.events.names()).hasSize(2);
        assertThat(rig.run("(symphony:route orders/* c/d) filter")).isEqualTo("orders/*");
        assertThat(rig.run("r = symphony:route orders/* e/f")).contains("is on for orders/*");
        assertThat(rig.run("symphony:route orders/* g/h | test:cat")).contains("is on for orders/*");
        assertThat(rig.run("test:each [a] { test:echo *.txt }")).isEqualTo("[one.txt, two.txt]");
    }

    @Test
    void holdsAfterAnErrorAndInTheBackground() {
        assertThat(rig.run("symphony:route orders/* orders/x")).contains("round for ever");
        assertThat(rig.run("test:args *.txt")).isEqualTo("[one.txt, two.txt]");
        rig.run("symphony:route orders/* a/b &");
        assertThat(awaitSubscription()).isTrue();
        assertThat(rig.events.handles)
                .singleElement()
                .satisfies(route -> assertThat(route.topics).containsExactly(TopicFilter.of("orders/*")));
    }

    private boolean awaitSubscription() {
        try {
            return rig.events.subscribed.await(60, java.util.concurrent.TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void unscopedNamesAreOursOnlyIfTheyResolveToUs() {
        rig.session.put("SCOPE", "symphony:test:*");
        assertThat(rig.run("route orders/* a/b")).contains("is on for orders/*");
        rig.session.put("SCOPE", "test:symphony:*");
        rig.processor.addCommand("test", new Object(), "status");
        assertThat(rig.run("route orders/* a/b")).contains("is on for orders/*");
        assertThat(rig.run("status none/*")).contains("no matches found");
    }

    @Test
    void theUsersOwnSettingStays() {
        rig.run("test:args x");
        rig.session.put(CommandSession.OPTION_NO_GLOB, true);
        assertThat(rig.run("test:args *.txt")).isEqualTo("*.txt");
        rig.run("symphony:status");
        assertThat(rig.run("test:args *.txt")).isEqualTo("*.txt");
        rig.session.put(CommandSession.OPTION_NO_GLOB, null);
        assertThat(rig.run("test:args *.txt")).isEqualTo("[one.txt, two.txt]");
    }

    @Test
    void nothingStaysInSessionsAfterTheEnd() {
        rig.run("symphony:status");
        rig.engine.close();
        assertThat(rig.session.get(".variables").toString()).doesNotContain("#" + CommandSession.OPTION_NO_GLOB);
    }

    @Test
    void findsTheCommandOfEachPartOfAPipe() {
        assertThat(Globs.commands("x = symphony:queues | grep 'a | b' |& wc {c | d}"))
                .containsExactly("symphony:queues", "grep", "wc");
        assertThat(Globs.commands("")).isEmpty();
        assertThat(Globs.commands("echo 'symphony:tail")).containsExactly("echo");
    }
}

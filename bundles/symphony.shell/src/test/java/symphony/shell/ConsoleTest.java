package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.dispatcher.HandlerState;

@Timeout(120)
class ConsoleTest {
    private final Rig rig = Rig.complete();

    @AfterEach
    void close() {
        rig.close();
    }

    private Console console(boolean terminal) {
        return new Console(new PrintStream(rig.out, true, StandardCharsets.UTF_8), terminal, 80);
    }

    @Test
    void coloursOnATerminalOnlyAndNotAgainstTheUsersWish() {
        assertThat(console(true).paint(Map.of())).isEqualTo(Paint.ANSI);
        assertThat(console(true).paint(Map.of("NO_COLOR", ""))).isEqualTo(Paint.ANSI);
        assertThat(console(true).paint(Map.of("NO_COLOR", "1"))).isEqualTo(Paint.NONE);
        assertThat(console(false).paint(Map.of())).isEqualTo(Paint.NONE);
    }

    @Test
    void coloursDoNotBendColumns() {
        List<String> plain = table().lines(80, Paint.NONE);
        List<String> coloured = table().lines(80, Paint.ANSI);
        assertThat(coloured.get(1)).contains("\u001b[31m").isNotEqualTo(plain.get(1));
        assertThat(coloured.stream()
                        .map(line -> line.replaceAll("\u001b\\[\\d+m", ""))
                        .toList())
                .isEqualTo(plain);
    }

    private Rows<HandlerState> table() {
        return new Rows<>(
                List.of(HandlerState.REFUSED, HandlerState.ACTIVE),
                "",
                state -> "",
                List.of(
                        Column.word("STATE", HandlerState::name).painted((p, s) -> text -> p.of(s, text)),
                        Column.name("X", state -> "x")));
    }

    @Test
    void takesTheWidthOfTheTerminal() {
        rig.session.put("TERM", "xterm");
        rig.session.put("COLUMNS", 100);
        assertThat(Console.of(rig.session)).matches(c -> c.terminal() && c.width() == 100);
        rig.session.put("COLUMNS", 0);
        assertThat(Console.of(rig.session).width()).isEqualTo(80);
        rig.session.put("TERM", "dumb");
        assertThat(Console.of(rig.session).terminal()).isFalse();
    }

    @Test
    void knowsThatItIsPipedAlsoWithinAClosure() {
        rig.session.put("TERM", "xterm");
        rig.dispatcher.handler("a.bundle", HandlerState.ACTIVE, "", "x");
        String line = "test:each [a] { symphony:handlers --json } | test:grep ";
        assertThat(rig.run(line + "nothing")).isEmpty();
        assertThat(rig.run(line + "a.bundle")).contains("\"bundle\":\"a.bundle\"");
    }

    /** What the README says of files: Gogo does not tell a command whether its output is a file or a value. */
    @Test
    void whatIsShownGoesIntoFilesAsJsonOrByAPipe(@TempDir Path folder) throws Exception {
        rig.session.currentDir(folder);
        rig.dispatcher.handler("a.bundle", HandlerState.ACTIVE, "", "x");
        String table = rig.run("symphony:handlers");
        rig.run("symphony:handlers | test:cat > table");
        assertThat(folder.resolve("table")).hasContent(table + "\n");
        assertThat(rig.run("symphony:handlers --json > rows")).isEmpty();
        rig.run("symphony:handlers --json >> rows");
        assertThat(Files.readAllLines(folder.resolve("rows")))
                .hasSize(2)
                .allMatch(line -> line.startsWith("{\"serviceId\":"));
    }

    /** Gogo's streams end in a channel of the session that an interrupted writer closes for all. */
    @Test
    void anInterruptWhileACommandPrintsLeavesTheSessionItsOutput() throws Exception {
        var printing = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var slow = new ByteArrayOutputStream() {
            @Override
            public void write(byte[] bytes, int from, int count) {
                printing.countDown();
                awaitUninterruptibly(goOn);
                super.write(bytes, from, count);
            }
        };
        var session = rig.newSession(slow);
        var tail = CompletableFuture.runAsync(() -> {
            try {
                session.execute("symphony:tail a");
            } catch (Exception e) {
                assertThat(e).isInstanceOf(InterruptedException.class);
            }
        });
        assertThat(rig.events.subscribed.await(60, TimeUnit.SECONDS)).isTrue();
        rig.events.publish("a", Map.of());
        assertThat(printing.await(60, TimeUnit.SECONDS)).isTrue();
        session.foregroundJob().interrupt();
        goOn.countDown();
        tail.get(60, TimeUnit.SECONDS);
        session.execute("test:echo alive");
        assertThat(slow.toString(StandardCharsets.UTF_8)).contains("alive");
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

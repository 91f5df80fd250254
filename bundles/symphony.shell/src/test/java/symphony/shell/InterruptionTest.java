package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jline.terminal.Terminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.component.Guard;

/** Ctrl-C on a terminal that we know: the command ends with its result. */
@Timeout(120)
class InterruptionTest {
    private final Rig rig = new Rig(new Guard(false), new JlineEditor());
    private final AtomicReference<Terminal.SignalHandler> handler =
            new AtomicReference<>(Terminal.SignalHandler.SIG_IGN);

    @TempDir
    private Path folder;

    @BeforeEach
    void onATerminal() {
        rig.bindAll();
        rig.session.put(
                ".terminal",
                Proxy.newProxyInstance(
                        Terminal.class.getClassLoader(),
                        new Class<?>[] {Terminal.class},
                        (proxy, method, arguments) -> {
                            assertThat(method.getName()).isEqualTo("handle");
                            return handler.getAndSet((Terminal.SignalHandler) arguments[1]);
                        }));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void tailReturnsTheCount() throws Exception {
        var printed = CompletableFuture.supplyAsync(() -> rig.run("symphony:tail orders/*"));
        assertThat(rig.events.subscribed.await(60, TimeUnit.SECONDS)).isTrue();
        awaitHandler().handle(Terminal.Signal.INT);
        assertThat(printed.get(60, TimeUnit.SECONDS)).isEqualTo("\n0"); // below the ^C of the terminal
        assertThat(rig.events.handles).isEmpty();
        assertThat(handler.get()).isSameAs(Terminal.SignalHandler.SIG_IGN);
    }

    private Terminal.SignalHandler awaitHandler() {
        while (handler.get() == Terminal.SignalHandler.SIG_IGN) {
            Thread.onSpinWait(); // bounded by the test's time limit
        }
        return handler.get();
    }

    @Test
    void loadReturnsItsReport() throws Exception {
        Files.writeString(folder.resolve("e.jsonl"), "{\"topic\":\"a\"}\n".repeat(10_000));
        rig.session.currentDir(folder);
        rig.events.answers = event -> {
            rig.events.published.add(event);
            if (rig.events.published.size() == 10) {
                handler.get().handle(Terminal.Signal.INT);
            }
            return FakeEvents.taken(1);
        };
        assertThat(rig.run("symphony:load e.jsonl")).startsWith("interrupted; 10 events: 10 accepted, 0 refused");
        assertThat(handler.get()).isSameAs(Terminal.SignalHandler.SIG_IGN);
    }
}

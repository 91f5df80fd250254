package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.gogo.runtime.CommandProxy;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.jline.terminal.Terminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.component.Guard;

/** Who may ask for a password on a terminal. */
@Timeout(120)
class SecretPromptTest {
    private final JlineEditor editor = new JlineEditor();
    private final Rig rig = new Rig(new Guard(false), editor);
    /** What became of those who asked. */
    private final List<String> ends = new ArrayList<>();

    private CommandSession asking;

    @BeforeEach
    void onATerminal() {
        rig.session.put(
                ".terminal",
                Proxy.newProxyInstance(
                        Terminal.class.getClassLoader(),
                        new Class<?>[] {Terminal.class},
                        (proxy, method, arguments) -> switch (method.getName()) {
                            case "getType" -> "xterm";
                            case "hashCode" -> 1;
                            case "equals" -> proxy == arguments[0];
                            default -> {
                                ends.add("reads");
                                ask(asking); // while the first one reads
                                throw new IllegalStateException("read");
                            }
                        }));
        Function ask = (session, arguments) -> {
            asking = session;
            ask(session);
            return null;
        };
        rig.processor.addCommand("test", new CommandProxy(ask, "ask"), "ask");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void ask(CommandSession session) {
        try {
            ends.add(editor.secret(session, "password: ").isPresent() ? "typed" : "nobody to ask");
        } catch (CommandException | InterruptedException | IllegalStateException e) {
            ends.add(e.getMessage());
        }
    }

    @Test
    void oneAsksAtATime() {
        rig.run("test:ask");
        assertThat(ends)
                .startsWith("reads", "another part of this line asks for a password; use --file FILE")
                .endsWith("read");
    }

    @Test
    void nobodyAsksFromTheBackground() {
        ask(rig.session); // no job is in the foreground
        assertThat(ends).containsExactly("nobody to ask");
    }
}

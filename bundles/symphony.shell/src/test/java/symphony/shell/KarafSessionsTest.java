package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.felix.gogo.runtime.CommandProxy;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Event;

/** What Karaf's shell does around Gogo, as far as closures meet it. */
@Timeout(120)
class KarafSessionsTest {
    private final Rig rig = Rig.complete();

    /** Karaf's session around each of Gogo's. */
    private final SessionFactory factory = (SessionFactory) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {SessionFactory.class}, (proxy, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("create");
                assertThat(arguments[3]).as("parent").isInstanceOf(Session.class);
                var out = (PrintStream) arguments[1];
                return around(rig.processor.createSession((InputStream) arguments[0], out, out));
            });

    @AfterEach
    void close() {
        rig.close();
    }

    private Session around(CommandSession gogo) {
        var session = (Session) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Session.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getFactory" -> factory;
                    case "get" -> gogo.get((String) arguments[0]);
                    default -> throw new UnsupportedOperationException(method.toString());
                });
        gogo.put(".session", session);
        gogo.put(".commandSession", gogo);
        return session;
    }

    /** As all of Karaf's commands do. */
    private Object karafCommand(CommandSession session, List<Object> arguments) {
        var there = (Session) session.get(".session");
        assertThat(there.get(".commandSession")).as("its own session").isSameAs(session);
        session.getConsole().println("in Karaf " + arguments.get(0));
        return null;
    }

    @Test
    void aClosureRunsKarafsCommands() {
        Function say = this::karafCommand;
        rig.processor.addCommand("karaf", new CommandProxy(say, "say"), "say");
        around(rig.session);
        rig.run("symphony:on orders/new { karaf:say ($it topic) }");
        rig.events.publish(Event.on("orders/new").data(Map.of()).build());
        assertThat(rig.out.toString(StandardCharsets.UTF_8)).isEqualTo("in Karaf orders/new\n");
    }

    @Test
    void aSessionThatKarafDidNotMakeIsGogosAlone() {
        CommandSession session = new KarafSessions().open(rig.processor, rig.session, new PrintStream(rig.out, true));
        assertThat(session.get(".session")).isNull();
        session.close();
    }
}

package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.felix.service.command.CommandSession;
import org.junit.jupiter.api.Test;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Decision;
import symphony.api.rbac.SecurityContext;
import symphony.component.Guard;

class GateTest {
    private final Services services = new Services(new Guard(false));
    private final FakeUsers users = new FakeUsers();
    private final SecurityContext ada = users.of("user:ada");

    /** Equal to any other, as a session that a bundle made may be. */
    private static CommandSession session() {
        return (CommandSession) Proxy.newProxyInstance(
                CommandSession.class.getClassLoader(),
                new Class<?>[] {CommandSession.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "equals" -> true;
                    case "hashCode" -> 1;
                    default -> null;
                });
    }

    /** As another part of its pipe may log out at any moment. */
    @Test
    void doesInOneNameWhatBeganInIt() throws Exception {
        var looks = new AtomicInteger();
        var gate = new Gate(
                services, session -> looks.getAndIncrement() == 0 ? Optional.of(ada) : Optional.empty(), () -> true);
        var asked = new ArrayList<String>();
        services.guard.bind((AccessControl) (principal, permission) -> {
            asked.add(SecurityContext.current().user().orElse("nobody"));
            return new Decision(true, "");
        });
        Object done = gate.run("topics", session(), user -> {
            asked.add(user.flatMap(SecurityContext::user).orElse("nobody"));
            return SecurityContext.current().user().orElse("nobody");
        });
        assertThat(done).isEqualTo("user:ada");
        assertThat(asked)
                .as("for the bundle, for the user, and then")
                .containsExactly("user:ada", "user:ada", "user:ada");
    }

    @Test
    void refusesAHandlerOfAnotherBundle() {
        var gate = new Gate(services, session -> Optional.empty(), () -> false);
        assertThatThrownBy(() -> users.of("shop.orders").call(() -> gate.run("topics", session(), user -> "done")))
                .isInstanceOf(CommandException.class)
                .hasMessage("is for the shell; 'shop.orders' calls the service behind it instead");
    }

    @Test
    void knowsASessionByWhatItIsAndNotByWhatItSays() {
        var logins = new Logins();
        CommandSession session = session();
        logins.login(session, ada);
        assertThat(logins.of(session)).containsSame(ada);
        assertThat(logins.of(session())).isEmpty();
        assertThat(logins.logout(session())).isEmpty();
        assertThat(logins.logout(session)).containsSame(ada);
        assertThat(List.of(logins.of(session), logins.logout(session))).containsOnly(Optional.empty());
    }
}

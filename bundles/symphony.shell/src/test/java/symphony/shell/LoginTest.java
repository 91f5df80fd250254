package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.event.Event;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Decision;
import symphony.api.rbac.SecurityContext;

@Timeout(120)
class LoginTest {
    private static final Set<String> FREE = Set.of("banner", "help", "login", "logout", "whoami");

    @TempDir
    private Path folder;

    private final Rig rig = Rig.complete();
    /** What was asked for, and by whom. */
    private final List<String> asked = new CopyOnWriteArrayList<>();
    /** What is denied to whom. */
    private final Set<String> denied = ConcurrentHashMap.newKeySet();

    private final List<String> audited = new CopyOnWriteArrayList<>();
    private volatile boolean isAuditDown;

    @BeforeEach
    void fill() throws IOException {
        rig.session.currentDir(folder);
        Files.writeString(folder.resolve("right"), "lovelace\nand more\n");
        Files.writeString(folder.resolve("wrong"), "byron\n");
        rig.services.guard.bind((AccessControl) (principal, permission) -> {
            String user = SecurityContext.current().user().orElse("nobody");
            boolean listing = permission.action().equals("list"); // which many commands ask for besides
            if (!principal.equals(user) && !listing) { // the guard asks for the user, too
                asked.add(permission + " for " + user);
            }
            return new Decision(!denied.contains(permission + " of " + principal), "");
        });
        rig.services.guard.bind(new AuditSink() {
            @Override
            public void record(AuditEntry entry) {
                if (isAuditDown) {
                    throw new AuditUnavailableException("the disk is full", null);
                }
                audited.add(entry.action() + ' ' + entry.target() + ' ' + entry.outcome());
            }

            @Override
            public void count(
                    String action, String principal, String topic, String subscription, Outcome outcome, UUID eventId) {
                throw new UnsupportedOperationException();
            }
        });
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void requireLogin() {
        rig.engine.apply(ShellEngine.SETTINGS.orDefaults(Map.of("login", "required")));
    }

    private String run(CommandSession session, String line) {
        try {
            Object result = session.execute(line);
            return result == null
                    ? ""
                    : session.format(result, Converter.INSPECT).toString();
        } catch (Exception e) {
            return e.toString();
        }
    }

    @Test
    void worksAsWhoIsLoggedInUntilLogout() {
        assertThat(rig.run("symphony:login ada --file right")).isEqualTo("user:ada is logged in");
        assertThat(rig.run("symphony:whoami")).contains("user          user:ada");
        rig.run("symphony:status");
        assertThat(asked).last().isEqualTo("shell:run:status for user:ada");
        assertThat(rig.run("symphony:logout")).isEqualTo("logged out");
        assertThat(rig.run("symphony:logout")).isEqualTo("nobody was logged in");
        rig.run("symphony:status");
        assertThat(asked).last().isEqualTo("shell:run:status for nobody");
        assertThat(SecurityContext.current().user()).isEmpty();
    }

    @Test
    void knowsWhoIsLoggedInAlsoInAPipeAndInAClosure() {
        rig.run("symphony:login ada --file right");
        asked.clear();
        rig.run("test:echo x | symphony:topics");
        rig.run("test:each [1 2] { symphony:topics }");
        assertThat(asked).hasSize(3).containsOnly("shell:run:topics for user:ada");
    }

    @Test
    void logsInOneSessionOnly() {
        rig.run("symphony:login ada --file right");
        try (CommandSession other = rig.newSession(new ByteArrayOutputStream())) {
            run(other, "symphony:topics");
            assertThat(asked).last().isEqualTo("shell:run:topics for nobody");
        }
    }

    @Test
    void saysNothingOfWhyItIsRefused() {
        assertThat(rig.run("symphony:login ada --file wrong")).isEqualTo("login: name or password is wrong");
        assertThat(rig.run("symphony:login bob --file right")).isEqualTo("login: name or password is wrong");
        assertThat(rig.run("symphony:whoami")).contains("nobody is logged in");
    }

    @Test
    void logsNobodyInForWhomTheShellMayNotWork() {
        rig.users.passwords.put("eve", "lovelace");
        assertThat(rig.run("symphony:login eve --file right"))
                .isEqualTo("login: symphony.shell has no permission context:run-as:user:eve");
        assertThat(rig.run("symphony:whoami")).contains("nobody is logged in");
    }

    @Test
    void letsNobodyDoAnythingBeforeLogInWhereThatIsRequired() {
        requireLogin();
        for (String name : guarded()) {
            assertThat(run(rig.session, line(name))).isEqualTo(name + ": log in first, with symphony:login NAME");
        }
        assertThat(rig.run("symphony:status")).isEqualTo("status: log in first, with symphony:login NAME");
        assertThat(rig.run("symphony:login ada --file right")).isEqualTo("user:ada is logged in");
        assertThat(rig.run("symphony:status")).startsWith("Symphony Events");
    }

    @Test
    void needsThePermissionOfEachCommand() {
        rig.services.guard.bind((AccessControl) (principal, permission) -> new Decision(false, ""));
        for (String name : guarded()) {
            assertThat(run(rig.session, line(name)))
                    .isEqualTo(name + ": symphony.shell has no permission shell:run:" + name);
        }
    }

    private Set<String> guarded() {
        var names = new TreeSet<>(rig.engine.commands().keySet());
        names.removeAll(FREE);
        names.removeIf(name -> name.startsWith("_"));
        assertThat(names).hasSizeGreaterThan(25);
        return names;
    }

    /** With as many arguments as it needs. */
    private String line(String name) {
        long needed = ((Command) rig.engine.commands().get(name))
                .synopsis().operands().stream().filter(Operand::required).count();
        return "symphony:" + name + " x".repeat((int) needed);
    }

    @Test
    void aClosureGoesOnAsWhoMadeIt() throws Exception {
        requireLogin();
        rig.run("symphony:login ada --file right");
        rig.run("symphony:on orders/new --name c --keep { test:echo x | symphony:topics; symphony:topics }");
        rig.run("symphony:logout");
        asked.clear();
        rig.events.publish(Event.on("orders/new").build());
        assertThat(rig.events.failures).isEmpty();
        assertThat(asked)
                .containsExactly(
                        "event:receive:orders/new for nobody", // of user:ada, as it is delivered
                        "shell:run:topics for user:ada",
                        "shell:run:topics for user:ada");
    }

    @Test
    void aRoutePublishesAsWhoMadeIt() throws Exception {
        rig.run("symphony:login ada --file right");
        rig.run("symphony:route orders/new mail/out");
        assertThat(asked).contains("event:publish:mail/out for user:ada");
        rig.run("symphony:logout");
        var publishing = new ArrayList<String>();
        rig.events.answers = event -> {
            publishing.add(
                    event.topic() + " for " + SecurityContext.current().user().orElse("nobody"));
            return null;
        };
        rig.events.publish(Event.on("orders/new").build());
        assertThat(publishing).containsExactly("orders/new for nobody", "mail/out for user:ada");
    }

    private void publish(String topic) {
        rig.events.publish(Event.on(topic).build());
    }

    private String printed() {
        return rig.out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aRouteIsWhosoeverBeganToMakeIt() throws Exception {
        rig.run("symphony:login ada --file right");
        rig.services.guard.bind((AccessControl) (principal, permission) -> {
            logsOut(); // as another part of the same pipe may
            return new Decision(true, "");
        });
        rig.run("symphony:route orders/new mail/out --name r");
        assertThat(rig.run("symphony:on")).contains("r     orders/new  user:ada  mail/out");
    }

    private void logsOut() {
        try {
            rig.engine.commands().get("logout").execute(rig.session, List.of());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void nobodySchedulesWhatHeMayNotPublish() {
        denied.add("event:publish:pay/out of symphony.shell");
        rig.run("symphony:login ada --file right");
        for (String line : List.of(
                "symphony:publish pay/out --delay 1ms",
                "symphony:publish pay/out --at 2030-01-01T00:00:00Z",
                "symphony:schedule pay/out --rate 5s")) {
            assertThat(rig.run(line)).endsWith(": symphony.shell has no permission event:publish:pay/out");
        }
        assertThat(rig.events.schedules).isEmpty();
        assertThat(asked).contains("event:publish:pay/out for user:ada");
        assertThat(rig.run("symphony:publish mail/out --delay 1m")).isNotEmpty();
        assertThat(rig.events.schedules).hasSize(1);
    }

    @Test
    void aClosureCallsNothingThatSomebodyElseLeftInItsSession() {
        rig.run("symphony:login ada --file right");
        rig.run("symphony:on orders/new --name c { test:echo x ; symphony:topics ; seen = $secret }");
        rig.run("symphony:logout");
        var hijacked = new CopyOnWriteArrayList<String>();
        Function trap = (session, arguments) -> hijacked.add("called");
        rig.session.put("test:echo", trap);
        rig.session.put("symphony:topics", trap);
        rig.session.put("secret", "bob's");
        publish("orders/new");
        assertThat(rig.events.failures).isEmpty();
        assertThat(hijacked).isEmpty();
        assertThat(rig.session.get("seen")).isNull();
    }

    @Test
    void aClosureShowsAndGivesNothingToSomebodyElse() {
        rig.run("symphony:login ada --file right");
        rig.run("symphony:on orders/* --name c { last = ($it topic) ; test:echo $last ; test:unknown }");
        publish("orders/new");
        assertThat(printed()).contains("orders/new\n", "c: ");
        assertThat(rig.session.get("last")).isEqualTo("orders/new");
        rig.users.passwords.put("bob", "lovelace");
        rig.run("symphony:login bob --file right");
        rig.out.reset();
        publish("orders/secret");
        assertThat(rig.events.failures).hasSize(2);
        assertThat(printed()).isEmpty();
        assertThat(rig.session.get("last")).isEqualTo("orders/new");
        rig.run("symphony:login ada --file right"); // another log-in, and somebody else was there between
        rig.out.reset();
        publish("orders/other");
        assertThat(printed()).isEmpty();
    }

    @Test
    void leavesNoClosureToWhoWorksInTheSessionNext() {
        Function known = (session, arguments) -> "of the profile";
        rig.session.put("known", known);
        rig.run("symphony:login ada --file right");
        rig.run("trap = { test:echo trapped }");
        rig.run("plain = 1");
        assertThat(rig.session.get("trap")).isInstanceOf(Function.class);
        rig.users.passwords.put("bob", "lovelace");
        rig.run("symphony:login bob --file right");
        assertThat(rig.session.get("trap")).isNull();
        rig.session.put("known", (Function) (session, arguments) -> "trapped");
        rig.run("symphony:logout");
        assertThat(rig.session.get("known")).isNull();
        assertThat(rig.session.get("plain")).hasToString("1");
        rig.session.put("known", known);
        rig.run("symphony:login ada --file right");
        rig.run("symphony:logout");
        assertThat(rig.session.get("known")).isSameAs(known);
    }

    @Test
    void letsNobodyInWhoIsNoUser() {
        rig.users.principals.put("ada", "symphony.crypto");
        assertThat(rig.run("symphony:login ada --file right"))
                .startsWith("login: the authenticator answers 'symphony.crypto', which is no user's principal");
        rig.users.principals.clear();
        rig.users.knowsNoUsers = true;
        assertThat(rig.run("symphony:login ada --file right"))
                .startsWith("login: the authenticator answers 'user:ada'");
        rig.run("symphony:status");
        assertThat(asked).last().isEqualTo("shell:run:status for nobody");
    }

    @Test
    void tailShowsWhatItsUserMayReceiveNow() throws Exception {
        rig.run("symphony:login ada --file right");
        denied.add("event:receive:orders/secret of user:ada");
        var shown = CompletableFuture.supplyAsync(() -> rig.run("symphony:tail orders/* --count 1"));
        assertThat(rig.events.subscribed.await(60, TimeUnit.SECONDS)).isTrue();
        publish("orders/secret");
        publish("orders/new");
        assertThat(shown.get(60, TimeUnit.SECONDS)).contains("orders/new").doesNotContain("secret", "dropped");
        assertThat(audited).contains("event:receive orders/secret DENIED");
    }

    @Test
    void closuresAndRoutesGetWhatTheirUserMayReceiveNow() {
        rig.run("symphony:login ada --file right");
        rig.run("symphony:on orders/* --name c { test:echo ($it topic) }");
        rig.run("symphony:route orders/* mail/out --name r");
        publish("orders/new");
        assertThat(rig.events.published).extracting(Event::topic).containsExactly("orders/new", "mail/out");
        rig.out.reset();
        denied.add("event:receive:orders/new of user:ada");
        publish("orders/new");
        assertThat(rig.events.failures)
                .hasSize(2)
                .allSatisfy(e -> assertThat(e).hasMessage("user:ada has no permission event:receive:orders/new"));
        assertThat(printed()).isEmpty();
        assertThat(rig.events.published).hasSize(3);
    }

    @Test
    void theTrailTellsUntilWhenSomebodyWasAtWork() {
        rig.run("symphony:login ada --file right");
        rig.users.passwords.put("bob", "lovelace");
        rig.run("symphony:login bob --file right");
        assertThat(audited).containsExactly("user:logout user:ada DONE");
        rig.run("symphony:logout");
        rig.run("symphony:logout");
        assertThat(audited).containsExactly("user:logout user:ada DONE", "user:logout user:bob DONE");
    }

    @Test
    void logsOutAlsoIfTheTrailCannotTell() {
        rig.run("symphony:login ada --file right");
        isAuditDown = true;
        rig.users.passwords.put("bob", "lovelace");
        assertThat(rig.run("symphony:login bob --file right")).isEqualTo("login: the disk is full");
        assertThat(rig.run("symphony:whoami")).contains("user:ada");
        assertThat(rig.run("symphony:logout"))
                .isEqualTo("logout: logged out, but the audit trail does not say so: the disk is full");
        assertThat(rig.run("symphony:whoami")).contains("nobody is logged in");
    }

    @Test
    void saysWhyTheUsersCannotBeListed() {
        rig.users.unusable = "the file of users cannot be used: line 3";
        assertThat(rig.run("symphony:user list")).isEqualTo("user: the file of users cannot be used: line 3");
    }

    @Test
    void takesThePasswordFromTheFirstLineOfAFile() throws Exception {
        Files.write(folder.resolve("latin"), "lovelace\n\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(rig.run("symphony:login ada --file latin")).isEqualTo("user:ada is logged in");
        Files.writeString(folder.resolve("empty"), "\nlovelace");
        assertThat(rig.run("symphony:login ada --file empty")).isEqualTo("login: the first line of 'empty' is empty");
        assertThat(rig.run("symphony:login ada --file /dev/null"))
                .isEqualTo("login: '/dev/null' is no file; a pipe or a device would keep us waiting");
    }

    @Test
    void listsAddsAndRemovesUsers() throws IOException {
        Files.writeString(folder.resolve("next"), "turing machine\r\n");
        assertThat(rig.run("symphony:user add alan --file next"))
                .isEqualTo("alan is added; let the policy say what it may");
        assertThat(rig.users.passwords).containsEntry("alan", "turing machine");
        assertThat(rig.run("symphony:user add alan --file next")).isEqualTo("user: there is a user alan already");
        assertThat(rig.run("symphony:user passwd ada --file next")).isEqualTo("ada has another password");
        assertThat(rig.users.passwords).containsEntry("ada", "turing machine");
        rig.users.locked = Duration.ofSeconds(59, 1);
        assertThat(rig.run("symphony:user list")).isEqualTo("""
                        NAME  PASSWORD SET  WRONG  LOCKED FOR
                        ada        60m ago      2  60s
                        alan       60m ago      2  60s""");
        assertThat(rig.run("symphony:user unlock ada")).isEqualTo("ada may try again");
        assertThat(rig.users.calls).containsExactly("unlock ada");
        assertThat(rig.run("symphony:user remove ada")).isEqualTo("ada is removed; who is logged in so stays so");
        rig.users.passwords.clear();
        assertThat(rig.run("symphony:user list")).isEqualTo("no users; symphony:user add NAME makes one");
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        assertThat(rig.run("symphony:login ada")).isEqualTo("login: there is no terminal to ask on; use --file FILE");
        assertThat(rig.run("symphony:login ada --file gone")).startsWith("login: no file '");
        Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xff});
        assertThat(rig.run("symphony:login ada --file bytes")).endsWith("is not UTF-8 text");
        assertThat(rig.run("symphony:user edit"))
                .isEqualTo(
                        "user: unknown action 'edit'; known are list, add NAME, passwd NAME, remove NAME, unlock NAME");
        assertThat(rig.run("symphony:user list ada")).isEqualTo("user: list takes no NAME");
        assertThat(rig.run("symphony:user add")).isEqualTo("user: add needs the NAME of a user");
        assertThat(rig.run("symphony:user remove ada --file right"))
                .isEqualTo("user: --file is for add and passwd, not for remove");
        rig.services.contexts.unbind(rig.users);
        assertThat(rig.run("symphony:login ada --file right"))
                .isEqualTo("login: no context service is there; install or start the bundle symphony.rbac.weaver");
        rig.services.authenticator.unbind(rig.users);
        assertThat(rig.run("symphony:login ada --file right"))
                .isEqualTo("login: no authenticator is there; install or start the bundle symphony.users");
        rig.services.accounts.unbind(rig.users);
        assertThat(rig.run("symphony:user list"))
                .isEqualTo("user: no account service is there; install or start the bundle symphony.users");
    }
}

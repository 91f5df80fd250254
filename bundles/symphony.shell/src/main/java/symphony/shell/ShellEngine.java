package symphony.shell;

import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.felix.service.command.CommandSessionListener;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Function;
import symphony.component.Settings;

/** All commands and what they share, without a framework. Thread-safe. */
public final class ShellEngine implements AutoCloseable {
    private static final String LOGIN = "login";
    private static final String LOGIN_OPTIONAL = "optional";
    private static final String LOGIN_REQUIRED = "required";

    /** The keys of the configuration. */
    static final Settings SETTINGS = settings(LOGIN_OPTIONAL);

    /** The same, and who cannot say whether a log-in is wanted wants one: fail closed. */
    private static final Settings CLOSED = settings(LOGIN_REQUIRED);

    private final Wirings wirings = new Wirings();
    private final Sessions sessions;
    private final Formats formats = new Formats();
    private final Map<String, Command> commands;
    private final AtomicBoolean banner = new AtomicBoolean(true);
    private final AtomicInteger tailBuffer = new AtomicInteger(1000);
    private final AtomicBoolean wantsLogin = new AtomicBoolean();

    private static Settings settings(String login) {
        return Settings.of(ShellCommands.PID)
                .flag("banner", true)
                .number("tail.buffer", 1000, 1, 1_000_000)
                .choice(LOGIN, login, LOGIN_OPTIONAL, LOGIN_REQUIRED)
                .build();
    }

    /** A configuration at start, see {@link Settings#orDefaults}; a value for the log-in that cannot be used is "required". */
    static Settings.Values atStart(Map<String, ?> config) {
        return (config.get(LOGIN) == null ? SETTINGS : CLOSED).orDefaults(config);
    }

    ShellEngine(Services services, Host host, Editor editor, Script script) {
        InstantSource clock = host.clock();
        var topics = new Topics(services);
        var names = new SubscriptionNames(services);
        var all = new TreeMap<String, Command>();
        this.commands = Collections.unmodifiableMap(all);
        var status = new Status(services, host);
        var completion = new Completion(services, topics, names, wirings, () -> commands);
        var logins = new Logins();
        var gate = new Gate(services, logins::of, wantsLogin::get);
        var list = new ArrayList<Command>();
        list.add(new Publishing(services, topics, clock).command());
        list.add(new Scheduling(services, topics, clock).command());
        list.add(new Loading(services, topics, editor, host.nanos(), Files::newInputStream).command());
        list.add(new Tailing(services, editor, tailBuffer::get, host.nanos()).command());
        list.addAll(new Listings(services, topics, clock).commands());
        list.addAll(new Administration(services, names).commands());
        list.add(new QuarantineCommand(services, names, clock).command());
        var dead = new DeadSelection(services, names, clock);
        var peeking = new Peeking(services, dead);
        list.add(new DeadCommand(services, dead, peeking, clock).command());
        list.add(peeking.command());
        list.addAll(new KeyCommands(services, clock).commands());
        list.addAll(new PolicyCommands(services, gate).commands());
        list.add(new AuditCommand(services, editor, clock, host.nanos()).command());
        list.add(new AdmissionCommand(services).command());
        list.add(new AskCommand(services, topics).command());
        list.add(new NlpCommand(services, new NlpTraining(services, editor, Files::newInputStream, clock, host.nanos()))
                .command());
        list.addAll(new UserCommands(services, logins, new Passwords(editor), clock).commands());
        list.addAll(status.commands());
        list.add(new HelpCommand(() -> commands).command());
        list.add(candidates(editor, completion, gate));
        list.add(syntax());
        var globs = new Globs(all::containsKey);
        list.addAll(new WiringCommands(services, topics, wirings, logins, globs, ChildSessions.find(), editor, clock)
                .commands());
        list.forEach(command -> all.put(command.synopsis().name(), command.behind(gate)));
        List<Synopsis> known = list.stream().map(Command::synopsis).toList();
        this.sessions = new Sessions(globs, editor, wirings, known, status, banner::get, script);
    }

    private static Command candidates(Editor editor, Completion completion, Gate gate) {
        return new Command(
                Synopsis.of("_candidates", "what completes the word at the cursor; called by the line editor")
                        .build(),
                call -> gate.isOpen(call.user()) ? candidates(call, editor, completion) : List.of());
    }

    /** In the user's name; who may not look has nothing to choose from, and is told so by the command itself. */
    private static Object candidates(Call call, Editor editor, Completion completion) throws Exception {
        try {
            return call.user().isPresent()
                    ? call.user().get().call(() -> editor.candidates(call.session(), completion))
                    : editor.candidates(call.session(), completion);
        } catch (SecurityException e) {
            return List.of();
        }
    }

    private static Command syntax() {
        return new Command(
                Synopsis.of(LineParser.FAILING, "fails; called for lines that are no commands")
                        .with(Operand.one("REASON", Kind.TEXT, "what is wrong with the line"))
                        .build(),
                call -> {
                    throw new CommandException(
                            call.arguments().text(0) + "; text that has brackets needs quotes around it");
                });
    }

    /** The commands by name, without scope. */
    Map<String, ? extends Function> commands() {
        return commands;
    }

    /** Shows results. */
    Converter converter() {
        return formats;
    }

    /** Looks after sessions. */
    CommandSessionListener listener() {
        return sessions;
    }

    void apply(Settings.Values values) {
        banner.set(values.flag("banner"));
        tailBuffer.set(values.integer("tail.buffer"));
        wantsLogin.set(values.text(LOGIN).equals(LOGIN_REQUIRED));
    }

    @Override
    public void close() {
        wirings.close();
        sessions.close();
    }
}

package symphony.shell;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.CommandProxy;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Function;
import symphony.component.Guard;

/** A real command processor with our commands, over fake services, and a session of it. */
final class Rig implements AutoCloseable {
    final FakeEvents events = new FakeEvents();
    final FakeDispatcher dispatcher = new FakeDispatcher();
    final FakeMonitor monitor = new FakeMonitor();
    final FakeQueues queues = new FakeQueues("memory");
    final FakeKeys keys = new FakeKeys();
    final FakePolicy policy = new FakePolicy();
    final FakeTrail trail = new FakeTrail();
    final FakeUsers users = new FakeUsers();
    final FakeAdmission admission = new FakeAdmission();
    final FakeNlp nlp = new FakeNlp();
    /** The time of day, for ever. */
    static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    /** Replaces System.out, so there is one of it. */
    private static final ThreadIOImpl THREADS = new ThreadIOImpl();

    static {
        THREADS.start();
    }

    final CommandProcessorImpl processor = new CommandProcessorImpl(THREADS);
    final Services services;
    final ShellEngine engine;
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final CommandSession session;
    /** What was told of a script. */
    final List<String> failures = new CopyOnWriteArrayList<>();

    final Script script = new Script(failures::add);

    Rig() {
        this(new Guard(false), Editor.NONE);
    }

    Rig(Guard guard, Editor editor) {
        services = new Services(guard);
        engine =
                new ShellEngine(services, new Host("1.2.3", name -> null, () -> NOW, System::nanoTime), editor, script);
        processor.addListener(engine.listener());
        processor.addConverter(engine.converter());
        // As the framework does it: a proxy turns Gogo's tokens into strings.
        engine.commands().forEach((name, command) -> add("symphony", name, command));
        add("test", "echo", (s, args) -> {
            System.out.println(args.stream().map(String::valueOf).collect(Collectors.joining(" ")));
            return null;
        });
        add("test", "args", (s, args) -> args.stream().map(String::valueOf).collect(Collectors.joining("|")));
        add("test", "each", (s, args) -> {
            for (Object element : (List<?>) args.get(0)) {
                ((Function) args.get(1)).execute(s, List.of(element));
            }
            return null;
        });
        add("test", "cat", (s, args) -> {
            System.in.transferTo(System.out);
            return null;
        });
        add("test", "grep", (s, args) -> {
            String text = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
            text.lines()
                    .filter(line -> line.contains(String.valueOf(args.get(0))))
                    .forEach(System.out::println);
            return null;
        });
        session = newSession(out);
    }

    /** With all services. */
    static Rig complete() {
        var rig = new Rig();
        rig.bindAll();
        return rig;
    }

    void bindAll() {
        services.events.bind(events);
        services.dispatcher.bind(dispatcher);
        services.monitor.bind(monitor);
        services.scheduler.bind(new FakeScheduler(events));
        services.providers.add(queues);
        services.crypto.bind(keys);
        services.keys.bind(keys);
        services.policy.bind(policy);
        services.trail.bind(trail);
        services.authenticator.bind(users);
        services.accounts.bind(users);
        services.admission.bind(admission);
        services.trainer.bind(nlp);
        services.models.bind(nlp);
        services.recognizers.put(new FakeNlp.Ranking(0), nlp.source("default", "1"));
        services.contexts.bind(users);
        services.processor.bind(processor);
    }

    CommandSession newSession(ByteArrayOutputStream to) {
        var stream = new PrintStream(to, true, StandardCharsets.UTF_8);
        return processor.createSession(InputStream.nullInputStream(), stream, stream);
    }

    private void add(String scope, String name, Function function) {
        processor.addCommand(scope, new CommandProxy(function, name), name);
    }

    /** Runs a line and gives what the shell would print: output, then the result or the error. */
    String run(String line) {
        out.reset();
        String end;
        try {
            Object result = session.execute(line);
            end = result == null
                    ? ""
                    : session.format(result, Converter.INSPECT).toString();
        } catch (Exception e) {
            end = e.toString();
        }
        return (out.toString(StandardCharsets.UTF_8) + end).stripTrailing();
    }

    Object value(String line) throws Exception {
        return session.execute(line);
    }

    @Override
    public void close() {
        engine.close();
        session.close();
        processor.stop();
    }
}

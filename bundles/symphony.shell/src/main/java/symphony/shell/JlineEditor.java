package symphony.shell;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Job;
import org.jline.builtins.Completers.CompletionData;
import org.jline.reader.Candidate;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Gogo's shell with jline. The only class that names jline's: it is loaded only where they are. Thread-safe. */
final class JlineEditor implements Editor {
    /** The command that Gogo calls to complete an argument of ours; the underscore hides it from completion. */
    static final String CANDIDATES = "_candidates";

    /** Terminals on which a password is being asked for. */
    private final Set<Terminal> asking = ConcurrentHashMap.newKeySet();

    /** That of this very jline: another one's completion data would not fit. */
    private static LineReader reader(CommandSession session) {
        return session.get(".reader") instanceof LineReader reader ? reader : null;
    }

    @Override
    @SuppressWarnings("deprecation") // there is no other way to give Gogo's shell a terminal
    public void expectScript() {
        try {
            TerminalBuilder.setTerminalOverride(ScriptTerminal.open());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // standard input and output are open already
        }
    }

    @Override
    public void complete(CommandSession session, Iterable<Synopsis> commands) {
        if (reader(session) != null && session.get(".completions") instanceof Map<?, ?> map) {
            @SuppressWarnings("unchecked") // Gogo's own type for it, see its class Shell
            var completions = (Map<String, List<CompletionData>>) map;
            for (Synopsis command : commands) {
                completions.computeIfAbsent(command.scoped(), name -> data(command));
            }
        }
    }

    @Override
    public void follow(CommandSession session, Script script) {
        if (reader(session) instanceof LineReaderImpl reader && !(reader.getParser() instanceof LineParser)) {
            reader.setParser(new LineParser(reader.getParser(), script));
        }
    }

    @Override
    public String unread(CommandSession session) {
        LineReader reader = reader(session);
        return reader == null ? "" : Objects.toString(reader.getBuffer(), "");
    }

    @Override
    public void forget(CommandSession session, Iterable<Synopsis> commands) {
        if (reader(session) instanceof LineReaderImpl reader && reader.getParser() instanceof LineParser ours) {
            reader.setParser(ours.original());
        }
        if (session.get(".completions") instanceof Map<?, ?> map) {
            commands.forEach(command -> map.remove(command.scoped()));
        }
    }

    /** The description of the command, each option, and one entry for all that is no option. */
    private static List<CompletionData> data(Synopsis command) {
        var data = new ArrayList<CompletionData>();
        data.add(new CompletionData(null, command.summary(), null, null));
        for (Option option : command.options()) {
            data.add(new CompletionData(List.of(option.name()), option.help(), null, null));
        }
        data.add(new CompletionData(null, null, Synopsis.SCOPE + ":" + CANDIDATES, null));
        return data;
    }

    @Override
    public Object candidates(CommandSession session, Completion completion) {
        var candidates = new ArrayList<Candidate>();
        if (session.get(".commandLine") instanceof ParsedLine line) {
            for (Completion.Word word : completion.words(session, line.words(), line.wordIndex())) {
                candidates.add(new Candidate(word.value(), word.value(), null, null, null, null, word.complete()));
            }
        }
        return candidates;
    }

    @Override
    public boolean isInteractive(CommandSession session) {
        return reader(session) != null;
    }

    @Override
    public Interruption interruption(CommandSession session) {
        return isInForeground(Job.Utils.current(), session) && session.get(".terminal") instanceof Terminal terminal
                ? Interruption.of(signal -> {
                    Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, s -> signal.run());
                    return () -> terminal.handle(Terminal.Signal.INT, before);
                })
                : NONE.interruption(session);
    }

    @Override
    public Optional<char[]> secret(CommandSession session, String prompt)
            throws CommandException, InterruptedException {
        Job job = Job.Utils.current();
        if (!isInForeground(job, session)
                || !(session.get(".terminal") instanceof Terminal terminal)
                || terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
            return Optional.empty();
        }
        if (!asking.add(terminal)) {
            throw new CommandException("another part of this line asks for a password; use --file FILE");
        }
        try {
            return Optional.of(SecretLine.read(terminal, prompt, () -> isInForeground(job, session)));
        } finally {
            asking.remove(terminal);
        }
    }

    /** Else the session's own reader reads, too, and each gets some of the letters. */
    private static boolean isInForeground(Job job, CommandSession session) {
        return job != null && job == session.foregroundJob();
    }

    @Override
    public void print(CommandSession session, String line) {
        LineReader reader = reader(session);
        if (reader == null) {
            LinePrinter.PLAIN.print(session, line);
        } else if (reader.getTerminal().getType().startsWith(Terminal.TYPE_DUMB)) {
            printBelow(reader.getTerminal().writer(), line); // a script: the line that is read is not shown
        } else {
            reader.printAbove(line); // above the line that is being edited, if there is one
        }
    }

    /** At once, and by the writer of the shell's results, so that the two do not mix. */
    private static void printBelow(PrintWriter writer, String line) {
        writer.write(line + System.lineSeparator());
        writer.flush();
    }
}

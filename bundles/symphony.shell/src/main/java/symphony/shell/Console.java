package symphony.shell;

import java.io.PrintStream;
import java.util.Map;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Job;
import org.apache.felix.service.command.Process;

/**
 * Where a command prints, and what that place can do.
 *
 * @param out takes the output; piped, if the command stands in a pipe
 * @param terminal whether a person looks at a screen that can be written in place and in colour
 * @param width columns
 */
record Console(PrintStream out, boolean terminal, int width) {
    private static final int DEFAULT_WIDTH = 80;
    private static final int LEAST_WIDTH = 40;
    private static final int MOST_WIDTH = 200;

    /*
     * The stream of a Gogo process ends in a channel that the whole session shares and that closes for good when a thread is
     * interrupted while it writes there: after one Ctrl-C at the wrong moment the terminal stays silent. So what is not piped
     * goes straight to the session's console.
     */
    /** That of the command that runs on this thread; else the session's. */
    static Console of(CommandSession session) {
        Process process = Process.Utils.current();
        boolean piped = process != null && isPiped(process);
        PrintStream out = piped ? process.out() : session.getConsole();
        boolean terminal = !piped && isScreen(session);
        return new Console(out, terminal, terminal ? width(session) : DEFAULT_WIDTH);
    }

    /** Whether it, or what it stands within, writes into a pipe or a file. A closure within a pipe does not know by itself. */
    private static boolean isPiped(Process process) {
        boolean piped = !process.isTty(1);
        for (Job job = process.job(); job != null && !piped; job = job.parent()) {
            piped = job.processes().stream().anyMatch(part -> !part.isTty(1));
        }
        return piped;
    }

    private static boolean isScreen(CommandSession session) {
        Object type = session.get("TERM");
        return type != null && !type.toString().isEmpty() && !type.toString().startsWith("dumb");
    }

    private static int width(CommandSession session) {
        Object columns = session.get("COLUMNS");
        try {
            int width = columns == null ? 0 : Integer.parseInt(columns.toString());
            return width <= 0 ? DEFAULT_WIDTH : Math.max(LEAST_WIDTH, Math.min(width, MOST_WIDTH));
        } catch (NumberFormatException e) {
            return DEFAULT_WIDTH;
        }
    }

    Paint paint() {
        return paint(System.getenv());
    }

    Paint paint(Map<String, String> environment) {
        boolean plain = !terminal || !environment.getOrDefault("NO_COLOR", "").isEmpty();
        return plain ? Paint.NONE : Paint.ANSI;
    }

    void line(String text) {
        out.println(text);
        out.flush();
    }
}

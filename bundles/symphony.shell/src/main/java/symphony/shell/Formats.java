package symphony.shell;

import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Process;
import symphony.api.event.Receipt;

/** Shows our results in the shell. Others' objects are left to others. */
final class Formats implements Converter {
    @Override
    public Object convert(Class<?> desiredType, Object in) {
        return null;
    }

    @Override
    public CharSequence format(Object target, int level, Converter escape) {
        if (target instanceof Report report) {
            return level == INSPECT ? shown(report, escape) : report.brief();
        }
        return target instanceof Receipt receipt ? Receipts.show(receipt) : null;
    }

    private static String shown(Report report, Converter escape) {
        if (escape instanceof CommandSession session) {
            Console console = console(session);
            return String.join("\n", report.lines(console.width(), console.paint()));
        }
        return String.join("\n", report.lines(80, Paint.NONE));
    }

    /** Outside of a command the shell prints the result itself; within one, the result goes into a pipe. */
    private static Console console(CommandSession session) {
        Console console = Console.of(session);
        return Process.Utils.current() == null ? console : new Console(console.out(), false, console.width());
    }
}

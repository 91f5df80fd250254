package symphony.shell;

import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import symphony.api.dispatcher.EventMonitor;
import symphony.api.dispatcher.MonitorEntry;
import symphony.api.dispatcher.MonitorStream;

/**
 * {@code tail --outcomes}: shows what becomes of events, by the monitor. Unlike {@code tail} it is no subscription: it shows
 * those that nobody wants or that are refused, too, and makes none of them wanted. One run; the command's thread only.
 */
final class OutcomeTail {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** The one key of the last line of JSON, if there is something to tell. */
    static final String DROPPED = "dropped";

    private final Call call;
    private final Editor editor;
    private final LongSupplier nanos;
    private final boolean json;
    private long shown;

    OutcomeTail(Call call, Editor editor, LongSupplier nanos) {
        this.call = call;
        this.editor = editor;
        this.nanos = nanos;
        this.json = call.arguments().flag("--json");
    }

    /**
     * Shows them.
     *
     * @param most at most so many
     * @param limit for so many nanoseconds
     * @return how many it showed, for scripts; null if it printed JSON
     */
    Object run(EventMonitor monitor, String filter, int buffer, long most, long limit)
            throws InterruptedException, CommandException {
        try (MonitorStream stream = monitor.open(filter, Math.min(buffer, EventMonitor.MAX_CAPACITY));
                var interruption = editor.interruption(call.session())) {
            try {
                show(stream, most, limit);
            } catch (InterruptedException e) {
                if (!interruption.isRequested()) {
                    end(stream); // Gogo throws the result away
                    throw e;
                }
                call.console().line(""); // the terminal shows ^C where the next line would begin
            }
            end(stream);
            return json ? null : shown;
        }
    }

    private void show(MonitorStream stream, long most, long limit) throws InterruptedException, CommandException {
        long begin = nanos.getAsLong();
        while (shown < most) {
            long left = limit - (nanos.getAsLong() - begin);
            Duration wait = Duration.ofNanos(Math.max(0, Math.min(left, LOOK.toNanos())));
            Optional<MonitorEntry> entry = stream.poll(wait);
            if (entry.isPresent()) {
                print(entry.get());
                shown++;
            } else if (stream.isClosed()) {
                end(stream);
                throw new CommandException("the dispatcher has stopped; call it again when it is back");
            } else if (left <= 0) {
                return;
            }
        }
    }

    private void print(MonitorEntry entry) {
        Console console = call.console();
        if (json) {
            console.line(Json.write(entry));
            return;
        }
        String line = line(entry);
        console.line(console.terminal() ? Text.cut(line, 4 * console.width()) : line);
    }

    private static String line(MonitorEntry entry) {
        var line = new StringBuilder(TIME.format(entry.at().atZone(ZoneId.systemDefault())));
        line.append(' ').append(entry.priority()).append(' ').append(entry.topic());
        line.append(' ').append(entry.kind());
        if (entry.kind() == MonitorEntry.Kind.PUBLISHED) {
            line.append(" by ").append(entry.publisher());
        }
        if (!entry.subscription().isEmpty()) {
            line.append(' ').append(entry.subscription());
        }
        if (entry.attempt() > 1) {
            line.append(", attempt ").append(entry.attempt());
        }
        if (!entry.reason().isEmpty() || !entry.detail().isEmpty()) {
            line.append(": ").append(entry.reason());
            line.append(entry.reason().isEmpty() || entry.detail().isEmpty() ? "" : ", ");
            line.append(entry.detail());
        }
        return Text.clean(line.toString());
    }

    private void end(MonitorStream stream) {
        long dropped = stream.dropped();
        if (dropped > 0) {
            call.console().line(json ? Json.write(Map.of(DROPPED, dropped)) : text(dropped));
        }
    }

    private static String text(long dropped) {
        return Text.count(dropped, "outcome", "outcomes") + " dropped: they came faster than shown";
    }
}

package symphony.shell;

import java.util.function.LongSupplier;

/**
 * Shows that something long is alive: on a terminal in place, several times a second; else a line now and then.
 * One thread only.
 */
final class Progress {
    private static final long IN_PLACE_NANOS = 200_000_000L;
    private static final long LINE_NANOS = 10_000_000_000L;

    private final Console console;
    private final LongSupplier nanos;
    private long next;
    private int shown;

    Progress(Console console, LongSupplier nanos) {
        this.console = console;
        this.nanos = nanos;
        this.next = nanos.getAsLong() + interval();
    }

    private long interval() {
        return console.terminal() ? IN_PLACE_NANOS : LINE_NANOS;
    }

    boolean isDue() {
        return nanos.getAsLong() - next >= 0;
    }

    void show(String text) {
        next = nanos.getAsLong() + interval();
        if (!console.terminal()) {
            console.line(text);
            return;
        }
        String fitting = Text.cut(text, console.width() - 1);
        console.out().print('\r' + Text.pad(fitting, shown, false));
        console.out().flush();
        shown = DisplayWidth.of(fitting);
    }

    /** Goes to the next line. */
    void leave() {
        if (shown > 0) {
            console.line("");
            shown = 0;
        }
    }

    /** Makes room for whole lines. */
    void clear() {
        if (shown > 0) {
            console.out().print('\r' + " ".repeat(shown) + '\r');
            console.out().flush();
            shown = 0;
        }
    }
}

package symphony.shell;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import symphony.api.event.Event;
import symphony.api.event.EventSystem;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;

/** One run of {@code load}. One thread only. */
final class Load {
    /** Bad lines and refusals that are printed; further ones are only counted. */
    static final int MOST_REPORTED = 20;

    private static final long RETRY_MILLIS = 100;
    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final EventSystem system;
    private final EventLines format;
    private final Duration wait;
    private final long waitNanos;
    private final Console console;
    private final Topics topics;
    private final LongSupplier nanos;
    private final long start;
    private final Progress progress;
    private String lastTopic = "";
    private long events;
    private long accepted;
    private long unwanted;
    private long refused;
    private long bad;
    private long reported;
    private boolean stopped;

    Load(EventSystem system, EventLines format, Duration wait, Console console, Topics topics, LongSupplier nanos) {
        this.system = system;
        this.format = format;
        this.wait = wait;
        this.waitNanos = wait.compareTo(FOR_EVER) >= 0 ? Long.MAX_VALUE : wait.toNanos();
        this.console = console;
        this.topics = topics;
        this.nanos = nanos;
        this.start = nanos.getAsLong();
        this.progress = new Progress(console, nanos);
    }

    LoadReport run(BoundedLines lines) throws IOException {
        while (!stopped && lines.next()) {
            line(lines);
            if (progress.isDue()) {
                progress.show(Text.count(events, "event", "events") + ", "
                        + Text.rate(report(false).perSecond()) + ", " + Text.bytes(lines.bytes()) + " read"
                        + (bad > 0 ? ", " + bad + " bad" : ""));
            }
            stopped |= Thread.currentThread().isInterrupted();
        }
        return end();
    }

    /** The report, if the thread was interrupted while it read. */
    LoadReport interrupted() {
        stopped = true;
        return end();
    }

    /** Begins a new line, if an interrupt left the progress on the one before. */
    void leaveProgress() {
        progress.leave();
    }

    private LoadReport end() {
        if (!Thread.currentThread().isInterrupted()) {
            progress.clear();
            if (bad + refused > reported) {
                console.line("… and " + (bad + refused - reported) + " more lines that were bad or refused");
            }
        }
        return report(!stopped);
    }

    private LoadReport report(boolean finished) {
        long millis = (nanos.getAsLong() - start) / 1_000_000;
        return new LoadReport(events, accepted, unwanted, refused, bad, millis, finished);
    }

    private void line(BoundedLines lines) {
        try {
            String text = lines.text();
            if (!text.isBlank()) {
                publish(lines.number(), format.read(text));
            }
        } catch (BoundedLines.BadLineException | IllegalArgumentException | SecurityException e) {
            bad++;
            tell(lines.number(), e.getMessage());
        }
    }

    private void publish(long number, Event event) {
        Receipt receipt = patiently(event);
        events++;
        remember(event.topic());
        if (!receipt.refusals().isEmpty()) {
            refused++;
            refused(number, receipt.refusals().get(0));
        } else if (receipt.accepted() > 0 || receipt.routedRemotely()) {
            accepted++;
        } else {
            unwanted++;
        }
    }

    /** Waits for what is full and, for as long, for parts of the system that are being replaced. */
    private Receipt patiently(Event event) {
        long begin = nanos.getAsLong();
        Receipt receipt = system.publish(event, wait);
        while (isUnavailable(receipt) && nanos.getAsLong() - begin < waitNanos) {
            try {
                Thread.sleep(RETRY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return receipt;
            }
            receipt = again(event, receipt);
        }
        return receipt;
    }

    /** What nobody took may be published anew; else only those may get it that refused. */
    private Receipt again(Event event, Receipt receipt) {
        return receipt.accepted() == 0 ? system.publish(event, wait) : system.retry(receipt);
    }

    private static boolean isUnavailable(Receipt receipt) {
        return receipt.refusals().stream().anyMatch(r -> r.reason() == Refusal.Reason.UNAVAILABLE);
    }

    private void refused(long number, Refusal refusal) {
        stopped |= refusal.reason() == Refusal.Reason.CLOSED
                && refusal.subscription().isEmpty();
        if (refusal.reason() == Refusal.Reason.INTERRUPTED) {
            stopped = true;
            reported++; // Ctrl-C is no news to the one who pressed it
        } else {
            tell(number, "refused: " + refusal);
        }
    }

    private void tell(long number, String what) {
        if (reported < MOST_REPORTED) {
            reported++;
            progress.clear();
            console.line("line " + number + ": " + Text.line(what));
        }
    }

    /** Lines of one topic mostly follow each other. */
    private void remember(String topic) {
        if (!topic.equals(lastTopic)) {
            lastTopic = topic;
            topics.used(topic);
        }
    }
}

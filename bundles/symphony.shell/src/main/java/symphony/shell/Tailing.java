package symphony.shell;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import symphony.api.event.Delivery;
import symphony.api.event.HandlerConstants;
import symphony.api.event.Subscription;
import symphony.api.event.TopicFilter;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.QueueProvider;

/** {@code tail}: shows events as they come. */
final class Tailing {
    /*
     * Printing may be slower than events come, and a subscription that is full refuses events, which publishers see. So the
     * handler never waits: it puts the event into a bounded buffer, or drops it and counts. What still waits in the queue at
     * the end would become dead letters of a subscription that nobody knows; they are copies, and are discarded.
     */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static final int QUEUE_CAPACITY = 100_000;
    private static final int MOST_LEFTOVERS = 10_000;
    private static final long FOR_EVER = Long.MAX_VALUE;

    private final Services services;
    private final Editor editor;
    private final IntSupplier buffer;
    private final LongSupplier nanos;
    private final AtomicInteger counter = new AtomicInteger();

    Tailing(Services services, Editor editor, IntSupplier buffer, LongSupplier nanos) {
        this.services = services;
        this.editor = editor;
        this.buffer = buffer;
        this.nanos = nanos;
    }

    Command command() {
        return new Command(
                Synopsis.of("tail", "show events as they come, until Ctrl-C")
                        .with(Operand.one("FILTER", Kind.FILTER, "which topics, as orders/*"))
                        .with(Option.text("--count", "N", "stop after so many events"))
                        .with(Option.text("--for", "TIME", "stop after this time"))
                        .with(Option.flag(
                                "--outcomes",
                                "show what becomes of events instead: published, unhandled,"
                                        + " refused, repeated, delivered, failed, dead; without their data"))
                        .with(Option.flag("--json", "print JSON, one event a line"))
                        .text(
                                "Returns how many events, or outcomes, it showed. If some were dropped, since they came faster"
                                        + " than shown, the last line says how many; with --json as {\"dropped\":3}.")
                        .example("symphony:tail orders/*")
                        .example("symphony:tail orders/* --outcomes")
                        .example("symphony:tail 'orders/*' --count 1 --for 2s --json")
                        .build(),
                this::run);
    }

    private Object run(Call call) throws Exception {
        Arguments arguments = call.arguments();
        String filter = TopicFilter.of(arguments.text(0)).toString();
        long most = arguments.number("--count", FOR_EVER, 1, FOR_EVER);
        long limit = arguments.nanos("--for");
        if (arguments.flag("--outcomes")) {
            return new OutcomeTail(call, editor, nanos)
                    .run(services.monitor.get(), filter, buffer.getAsInt(), most, limit);
        }
        var tail = new Tail(call, new Maker(services, call.user()), buffer.getAsInt(), nanos);
        String name = "tail-" + counter.incrementAndGet();
        Map<String, Object> properties = Wiring.properties(name, filter);
        properties.put(HandlerConstants.ATTEMPTS, 1);
        properties.put(HandlerConstants.CAPACITY, QUEUE_CAPACITY);
        Subscription subscription = services.events.get().subscribe(properties, tail::take);
        try (var interruption = editor.interruption(call.session())) {
            tail.show(most, limit, interruption);
        } finally {
            boolean interrupted = Thread.interrupted(); // closing and an interrupt do not go together
            tail.over = true;
            subscription.close();
            discardLeftovers(subscription.identity());
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return tail.end();
    }

    private void discardLeftovers(String identity) {
        for (QueueProvider provider : services.providers) {
            DeadLetters letters = provider.deadLetters();
            List<DeadLetter> left = letters.list(identity, MOST_LEFTOVERS);
            while (!left.isEmpty()) {
                left.forEach(letter -> letters.drop(letter.number()));
                left = letters.list(identity, MOST_LEFTOVERS);
            }
        }
    }

    /** One run. {@link #take} is called on any thread, all else on the command's. */
    private static final class Tail {
        private final Call call;
        private final Maker maker;
        private final boolean json;
        private final ArrayBlockingQueue<Delivery> buffer;
        private final LongSupplier nanos;
        private final AtomicLong dropped = new AtomicLong();
        private volatile boolean over;
        private long shown;

        Tail(Call call, Maker maker, int capacity, LongSupplier nanos) {
            this.call = call;
            this.maker = maker;
            this.json = call.arguments().flag("--json");
            this.nanos = nanos;
            this.buffer = new ArrayBlockingQueue<>(capacity);
        }

        void take(Delivery delivery) {
            if (over || !maker.mayReceive(delivery.topic())) {
                return; // not counted: that there is such a topic is not for who may not read it
            }
            if (!buffer.offer(delivery)) {
                dropped.incrementAndGet();
            }
        }

        void show(long most, long limit, Interruption interruption) throws InterruptedException {
            long begin = nanos.getAsLong();
            try {
                while (shown < most) {
                    long left = limit == FOR_EVER ? FOR_EVER : limit - (nanos.getAsLong() - begin);
                    Delivery delivery = left <= 0 ? buffer.poll() : buffer.poll(left, TimeUnit.NANOSECONDS);
                    if (delivery == null) {
                        return;
                    }
                    print(delivery);
                    shown++;
                }
            } catch (InterruptedException e) {
                if (!interruption.isRequested()) {
                    summary(call.console()); // Gogo throws the result away
                    throw e;
                }
                call.console().line(""); // the terminal shows ^C where the next line would begin
            }
        }

        void print(Delivery delivery) {
            Console console = call.console();
            if (json) {
                console.line(Json.write(fields(delivery)));
                return;
            }
            String line = TIME.format(delivery.publishedAt().atZone(ZoneId.systemDefault())) + " " + delivery.priority()
                    + " " + Text.clean(delivery.topic()) + " " + Json.write(delivery.data());
            console.line(console.terminal() ? Text.cut(line, 4 * console.width()) : line);
        }

        private static Map<String, Object> fields(Delivery delivery) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("id", delivery.id());
            fields.put("topic", delivery.topic());
            fields.put("priority", delivery.priority());
            fields.put("publishedAt", delivery.publishedAt());
            fields.put("publisher", delivery.publisher());
            fields.put("data", delivery.data());
            fields.put("attributes", delivery.attributes());
            return fields;
        }

        /** The result: how many were shown; what was dropped is printed. */
        Object end() {
            if (dropped.get() > 0) {
                call.console().line(droppedOnes());
            }
            return json ? null : shown;
        }

        private void summary(Console console) {
            if (!json) {
                console.line(Text.count(shown, "event", "events") + " shown");
            }
            if (dropped.get() > 0) {
                console.line(droppedOnes());
            }
        }

        private String droppedOnes() {
            return json
                    ? Json.write(Map.of(OutcomeTail.DROPPED, dropped.get()))
                    : Text.count(dropped.get(), "event", "events") + " dropped: they came faster than shown";
        }
    }
}

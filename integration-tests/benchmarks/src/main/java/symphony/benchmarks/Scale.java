package symphony.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import symphony.benchmarks.crowd.Crowd;
import symphony.benchmarks.load.Load;
import symphony.benchmarks.product.Started;
import symphony.benchmarks.scale.Heap;
import symphony.benchmarks.scale.Main;

/**
 * {@code bench scale}: what many waiting events, many idle subscriptions and many pending timers cost, each in a process of its
 * own. One thread only.
 */
final class Scale {
    private static final Limit ENVELOPE = Limit.none("waiting event: its envelope, B", "%,.0f");
    private static final Limit EVENT = new Limit("waiting event: heap beyond its envelope, B", "%,.0f", 120, 60);
    private static final Limit PUBLISH = Limit.none("waiting event: to publish it, ns", "%,.0f");
    private static final Limit PLAIN = Limit.none("plain service: heap, B", "%,.0f");
    private static final Limit HANDLER = Limit.none("handler service: heap, B", "%,.0f");
    private static final Limit SUBSCRIPTION =
            new Limit("idle subscription: heap beyond the plain service, B", "%,.0f", 512, 256);
    private static final Limit PLAIN_MICROS = Limit.none("plain service: to register it, µs", "%,.1f");
    private static final Limit HANDLER_MICROS = Limit.none("handler service: to register it, µs", "%,.1f");

    private static final long SPARE_SECONDS = 300;
    private static final int MILLION = 1_000_000;

    /** Figures of timers of one kind. */
    private record TimerLimits(Limit insert, Limit bytes, Limit p50, Limit p99, Limit max) {
        static TimerLimits ours() {
            return new TimerLimits(
                    new Limit(insert("ours"), "%,.0f", 300, 180),
                    new Limit(bytes("ours"), "%,.1f", 40, 0),
                    Limit.none(late("ours", "p50"), "%,.0f"),
                    new Limit(late("ours", "p99"), "%,.0f", 2000, 260),
                    Limit.none(late("ours", "most"), "%,.0f"));
        }

        static TimerLimits agronas() {
            return new TimerLimits(
                    Limit.none(insert("Agrona's"), "%,.0f"),
                    Limit.none(bytes("Agrona's"), "%,.1f"),
                    Limit.none(late("Agrona's", "p50"), "%,.0f"),
                    Limit.none(late("Agrona's", "p99"), "%,.0f"),
                    Limit.none(late("Agrona's", "most"), "%,.0f"));
        }

        private static String insert(String whose) {
            return "pending timer, " + whose + ": to set it, ns";
        }

        private static String bytes(String whose) {
            return "pending timer, " + whose + ": heap, B";
        }

        private static String late(String whose, String which) {
            return "pending timer, " + whose + ": late, " + which + ", µs";
        }
    }

    private static final TimerLimits OURS = TimerLimits.ours();
    private static final TimerLimits AGRONAS = TimerLimits.agronas();

    private final Arguments arguments;
    private final int rounds;
    private final int events;
    private final int subscriptions;
    private final int timers;
    private final int patience;
    private final Figures figures = new Figures();
    private final List<String> failures = new ArrayList<>();
    private String crowdText = "";

    Scale(List<String> all) {
        arguments = new Arguments(
                all, Set.of("--rounds", "--events", "--subscriptions", "--timers", "--patience"), Set.of("--record"));
        rounds = arguments.number("--rounds", 3, 1, 1_000);
        events = arguments.number("--events", MILLION, 0, 2 * MILLION);
        subscriptions = arguments.number("--subscriptions", 100_000, 0, 190_000);
        timers = arguments.number("--timers", MILLION, 0, 10 * MILLION);
        patience = arguments.number("--patience", 900, 1, 36_000);
    }

    boolean record() {
        return arguments.has("--record");
    }

    Outcome run(Place place, Machine machine) throws IOException, InterruptedException {
        for (int round = 1; round <= rounds; round++) {
            if (events > 0) {
                flat(place, Main.EVENTS, events, round).ifPresent(this::addEvents);
            }
            if (timers > 0) {
                flat(place, Main.OUR_TIMERS, timers, round).ifPresent(result -> add(OURS, result));
                flat(place, Main.WHEEL_TIMERS, timers, round).ifPresent(result -> add(AGRONAS, result));
            }
        }
        if (subscriptions > 0) {
            crowds(place);
        }
        System.err.println("bench: what the processes wrote is in " + place.work());
        return new Outcome(markdown(machine), failures);
    }

    private void addEvents(Map<String, Object> result) {
        figures.add(ENVELOPE, number(result, "envelope_bytes"));
        figures.add(EVENT, number(result, "beyond_bytes"));
        figures.add(PUBLISH, number(result, "publish_nanos"));
    }

    private void add(TimerLimits limits, Map<String, Object> result) {
        figures.add(limits.insert, number(result, "insert_nanos"));
        figures.add(limits.bytes, number(result, "bytes"));
        figures.add(limits.p50, number(result, "p50_micros"));
        figures.add(limits.p99, number(result, "p99_micros"));
        figures.add(limits.max, number(result, "max_micros"));
    }

    /** Handlers first: as many as could be registered in time, then as many plain services. */
    private void crowds(Place place) throws IOException, InterruptedException {
        Optional<Map<String, Object>> handlers = crowd(place, Crowd.HANDLERS, subscriptions);
        if (handlers.isEmpty()) {
            return;
        }
        int count = (int) number(handlers.get(), "count");
        crowd(place, Crowd.PLAIN, count).ifPresent(plain -> {
            figures.add(PLAIN, number(plain, "bytes"));
            figures.add(HANDLER, number(handlers.get(), "bytes"));
            figures.add(SUBSCRIPTION, number(handlers.get(), "bytes") - number(plain, "bytes"));
            figures.add(PLAIN_MICROS, number(plain, "seconds") * 1e6 / count);
            figures.add(HANDLER_MICROS, number(handlers.get(), "seconds") * 1e6 / count);
            crowdText = String.format(
                    Locale.ROOT,
                    "Idle subscriptions: %,d of %,d, registered in %.0f s, plain services in %.0f s.",
                    count,
                    subscriptions,
                    number(handlers.get(), "seconds"),
                    number(plain, "seconds"));
        });
    }

    private Optional<Map<String, Object>> flat(Place place, String what, int count, int round)
            throws IOException, InterruptedException {
        Path folder = Files.createDirectories(place.work().resolve(what + "-" + round));
        var builder = new ProcessBuilder(
                Place.java().toString(),
                "-Xms2g",
                "-Xmx2g",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                what,
                Integer.toString(count));
        return result(what + ", round " + round + " of " + rounds, new Child(builder, folder, SPARE_SECONDS), folder);
    }

    private Optional<Map<String, Object>> crowd(Place place, String kind, int count)
            throws IOException, InterruptedException {
        Path folder = Files.createDirectories(place.work().resolve(kind));
        var bundle = new BundleJar(
                "symphony.benchmarks.crowd",
                symphony.benchmarks.crowd.Activator.class,
                "symphony.api.event;version=\"[1.0,2)\",symphony.api.dispatcher;version=\"[2.0,3)\"",
                List.of(Load.class, Started.class, Heap.class),
                List.of());
        ProcessBuilder builder = ProductLaunch.of(
                place,
                folder,
                bundle,
                List.of("-Xms1g", "-Xmx1g", "-D" + Crowd.PROPERTY + "=" + kind + "," + count + "," + patience));
        return result(
                String.format(Locale.ROOT, "%,d %s services", count, kind),
                new Child(builder, folder, patience + SPARE_SECONDS),
                folder);
    }

    private Optional<Map<String, Object>> result(String title, Child child, Path folder)
            throws IOException, InterruptedException {
        try {
            Map<String, Object> result = child.result();
            Rounds.tidy(folder);
            System.err.println("bench: " + title + ": " + result);
            return Optional.of(result);
        } catch (FailedRun e) {
            failures.add(title + ": " + e.getMessage());
            System.err.println("bench: " + title + ": " + e.getMessage() + "\n" + e.output());
            return Optional.empty();
        }
    }

    private static double number(Map<String, Object> result, String name) {
        return (Double) result.get(name);
    }

    private String markdown(Machine machine) {
        var text = new StringBuilder("## " + machine.date() + ", scale\n\n`" + arguments.command() + "`\n\n" + machine
                + ". Median of " + rounds + ", idle subscriptions once. ");
        text.append(String.format(
                Locale.ROOT,
                "%,d waiting events, sealed; %,d pending timers, and 10,000 that come within 10 s; "
                        + "Agrona's wheel is asked by a thread that parks 100 µs in between. %s",
                events,
                timers,
                crowdText));
        text.append("\n\n").append(figures.table()).append('\n');
        failures.forEach(failure -> text.append("- failed: ").append(failure).append('\n'));
        return text.toString();
    }
}

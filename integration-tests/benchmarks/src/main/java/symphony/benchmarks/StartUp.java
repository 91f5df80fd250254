package symphony.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * {@code bench start}: from exec to the shell's first answer and to ready, from a jar renamed into the drop folder to its
 * first event handled, and what the product uses while it idles. One thread only.
 */
final class StartUp {
    private static final Limit FIRST_ANSWER =
            new Limit("first start: exec to the shell's answer, ms", "%,.0f", 2000, 1200);
    private static final Limit FIRST_READY = Limit.none("first start: exec to ready, ms", "%,.0f");
    private static final Limit AGAIN_ANSWER =
            new Limit("started again: exec to the shell's answer, ms", "%,.0f", 2000, 1200);
    private static final Limit AGAIN_READY = Limit.none("started again: exec to ready, ms", "%,.0f");
    private static final Limit ACCEPTED = Limit.none("jar in load/ to its subscription's first event, ms", "%,.0f");
    private static final Limit HANDLED = new Limit("jar in load/ to its first event handled, ms", "%,.0f", 1000, 600);
    private static final Limit IDLE_CPU = new Limit("idle: CPU, % of a core", "%.2f", 0.2, 0);
    private static final Limit IDLE_MEMORY = new Limit("idle: resident memory with -Xmx64m, MiB", "%.1f", 120, 0);

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double BYTES_PER_MIB = 1 << 20;
    /** The drop folder is looked at this often: a jar is dropped at any moment between two looks. */
    private static final int POLL_MILLIS = 200;
    /** From the start until the first jar is dropped: the start is over then. */
    private static final int QUIET_MILLIS = 3_000;

    private final Arguments arguments;
    private final int rounds;
    private final int settleSeconds;
    private final int idleSeconds;
    private final Figures figures = new Figures();
    private final List<String> failures = new ArrayList<>();

    StartUp(List<String> all) {
        arguments = new Arguments(all, Set.of("--rounds", "--settle", "--idle"), Set.of("--record"));
        rounds = arguments.number("--rounds", 5, 1, 1_000);
        settleSeconds = arguments.number("--settle", 45, 0, 3_600);
        idleSeconds = arguments.number("--idle", 60, 0, 3_600);
    }

    boolean record() {
        return arguments.has("--record");
    }

    Outcome run(Place place, Machine machine) throws IOException, InterruptedException {
        for (int round = 1; round <= rounds; round++) {
            Path folder = Files.createDirectories(place.work().resolve("start-" + round));
            attempt("round " + round + " of " + rounds, () -> round(place, folder));
            Rounds.tidy(folder);
        }
        if (idleSeconds > 0 && ProcessUse.isKnown()) {
            Path folder = Files.createDirectories(place.work().resolve("idle"));
            attempt("idle", () -> idle(place, folder));
            Rounds.tidy(folder);
        }
        System.err.println("bench: what the processes wrote is in " + place.work());
        return new Outcome(markdown(machine), failures);
    }

    /** Something that may give no result. */
    @FunctionalInterface
    private interface Attempt {
        void run() throws FailedRun, IOException, InterruptedException;
    }

    private void attempt(String title, Attempt attempt) throws IOException, InterruptedException {
        try {
            attempt.run();
            System.err.println("bench: " + title + ": done");
        } catch (FailedRun e) {
            failures.add(title + ": " + e.getMessage());
            System.err.println("bench: " + title + ": " + e.getMessage() + "\n" + e.output());
        }
    }

    private void round(Place place, Path folder) throws FailedRun, IOException, InterruptedException {
        Path base = folder.resolve("symphony");
        ProductLaunch.copy(place.product(), base);
        bundle("watch", symphony.benchmarks.watch.Activator.class, "")
                .write(place, base.resolve("bundle/10/watch.jar"));
        try (RunningProduct first = start(folder, base, "first.txt", "")) {
            times(first, FIRST_ANSWER, FIRST_READY);
        }
        try (RunningProduct again = start(folder, base, "again.txt", "")) {
            times(again, AGAIN_ANSWER, AGAIN_READY);
            drop(place, folder, base, again);
        }
    }

    private static RunningProduct start(Path folder, Path base, String output, String options) throws IOException {
        return new RunningProduct(base, folder.resolve("home"), folder.resolve(output), options);
    }

    private void times(RunningProduct product, Limit answer, Limit ready)
            throws FailedRun, IOException, InterruptedException {
        product.type("symphony:status");
        RunningProduct.Line answered = product.await("an answer of the shell", StartUp::isStatus);
        RunningProduct.Line wasReady = product.await("ready", symphony.benchmarks.watch.Activator.READY::equals);
        figures.add(answer, (answered.nanos() - product.startedNanos()) / NANOS_PER_MILLI);
        figures.add(ready, (wasReady.nanos() - product.startedNanos()) / NANOS_PER_MILLI);
    }

    private static boolean isStatus(String line) {
        return line.startsWith("Symphony Events ");
    }

    private void drop(Place place, Path folder, Path base, RunningProduct product)
            throws FailedRun, IOException, InterruptedException {
        Thread.sleep(QUIET_MILLIS);
        move(
                bundle("feed", symphony.benchmarks.feed.Activator.class, "symphony.api.event;version=\"[1.0,2)\"")
                        .write(place, folder.resolve("feed.jar")),
                base);
        product.await("the feed", symphony.benchmarks.feed.Activator.FEEDING::equals);
        Path orders = Files.copy(exampleJar(place), folder.resolve("orders.jar"));
        Thread.sleep(QUIET_MILLIS + ThreadLocalRandom.current().nextInt(POLL_MILLIS));
        long dropped = System.nanoTime();
        move(orders, base);
        RunningProduct.Line handled = product.await("an invoice", line -> line.startsWith("invoice "));
        RunningProduct.Line accepted = product.await("acceptance", symphony.benchmarks.feed.Activator.ACCEPTED::equals);
        figures.add(ACCEPTED, (accepted.nanos() - dropped) / NANOS_PER_MILLI);
        figures.add(HANDLED, (handled.nanos() - dropped) / NANOS_PER_MILLI);
    }

    /** All of it at once, as one who writes beside the drop folder first. */
    private static void move(Path jar, Path base) throws IOException {
        Files.move(jar, base.resolve("load").resolve(jar.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }

    private static BundleJar bundle(String name, Class<?> activator, String imports) {
        return new BundleJar("symphony.benchmarks." + name, activator, imports, List.of(), List.of());
    }

    /** The example as its README has it copied. */
    private static Path exampleJar(Place place) throws IOException {
        try (Stream<Path> files = Files.list(place.root().resolve("bundles/symphony.example.orders/target"))) {
            return files.filter(file -> file.getFileName().toString().matches("symphony\\.example\\.orders-.*\\.jar"))
                    .filter(file -> !file.getFileName().toString().contains("-sources"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("the orders example is not built; build anew"));
        }
    }

    private void idle(Place place, Path folder) throws FailedRun, IOException, InterruptedException {
        Path base = folder.resolve("symphony");
        ProductLaunch.copy(place.product(), base);
        try (RunningProduct product = start(folder, base, "idle.txt", "-Xmx64m")) {
            product.type("symphony:status");
            product.await("an answer of the shell", StartUp::isStatus);
            Thread.sleep(settleSeconds * 1000L);
            ProcessUse before = ProcessUse.of(product.pid());
            long from = System.nanoTime();
            Thread.sleep(idleSeconds * 1000L);
            ProcessUse after = ProcessUse.of(product.pid());
            double seconds = (System.nanoTime() - from) / 1e9;
            double cpuSeconds = (after.cpuTicks() - before.cpuTicks()) / (double) ProcessUse.TICKS_PER_SECOND;
            figures.add(IDLE_CPU, 100 * cpuSeconds / seconds);
            figures.add(IDLE_MEMORY, after.residentBytes() / BYTES_PER_MIB);
        }
    }

    private String markdown(Machine machine) {
        var text = new StringBuilder("## " + machine.date() + ", start\n\n`" + arguments.command() + "`\n\n" + machine
                + ". Median of " + rounds
                + ", each in a new copy of the product: started first with no state folder, then again with the one that the"
                + " first made; standard input is a pipe with `symphony:status`.");
        if (idleSeconds == 0) {
            text.append(" Idle was not measured.");
        } else if (ProcessUse.isKnown()) {
            text.append(" Idle for " + idleSeconds + " s, after " + settleSeconds + " s, with a shell that waits.");
        } else {
            text.append(" Idle is not available here: it needs `/proc`.");
        }
        text.append("\n\n").append(figures.table()).append('\n');
        failures.forEach(failure -> text.append("- failed: ").append(failure).append('\n'));
        return text.toString();
    }
}

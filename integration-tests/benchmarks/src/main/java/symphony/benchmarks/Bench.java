package symphony.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The commands of {@code bench} but {@code parts}: measures, prints a table, keeps it if told to. */
public final class Bench {
    private Bench() {}

    /** What its arguments said; gives what failed. */
    @FunctionalInterface
    private interface Command {
        List<String> run() throws IOException, InterruptedException;
    }

    /** Ends with 0 if each measurement gave a result, with 2 if the arguments are wrong. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Command command;
        try {
            command = parse(Arrays.asList(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(command.run().isEmpty() ? 0 : 1);
    }

    private static Command parse(List<String> arguments) {
        String name = arguments.isEmpty() ? "" : arguments.get(0);
        if (name.equals("start")) {
            var start = new StartUp(arguments);
            return () -> start(start);
        }
        if (name.equals("scale")) {
            var scale = new Scale(arguments);
            return () -> scale(scale);
        }
        Options options = Options.parse(arguments);
        return () -> contest(options);
    }

    private static List<String> contest(Options options) throws IOException, InterruptedException {
        Place place = place();
        var machine = Machine.here(place);
        Results results = new Rounds(options, place).run();
        var report = new Report(options, machine, results);
        System.out.println(report.markdown().strip());
        if (isKept(options.record(), results.failures())) {
            new Records(place.module()).add(options, report);
        }
        return results.failures();
    }

    private static List<String> start(StartUp start) throws IOException, InterruptedException {
        Place place = place();
        return told(place, start.run(place, Machine.here(place)), start.record());
    }

    private static List<String> scale(Scale scale) throws IOException, InterruptedException {
        Place place = place();
        return told(place, scale.run(place, Machine.here(place)), scale.record());
    }

    private static List<String> told(Place place, Outcome outcome, boolean record) throws IOException {
        System.out.println(outcome.markdown().strip());
        if (isKept(record, outcome.failures())) {
            new Records(place.module()).add(outcome.markdown());
        }
        return outcome.failures();
    }

    private static boolean isKept(boolean record, List<String> failures) {
        if (record && !failures.isEmpty()) {
            System.err.println("bench: not recorded, for a round failed; see above");
        }
        return record && failures.isEmpty();
    }

    private static Place place() throws IOException {
        return Place.of(Path.of(System.getProperty("bench.root")));
    }
}

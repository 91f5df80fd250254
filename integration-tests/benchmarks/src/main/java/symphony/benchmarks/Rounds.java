package symphony.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import symphony.benchmarks.load.Profile;
import symphony.benchmarks.load.Scenario;

/** Runs all contestants once, then all once more, …: what the machine does meanwhile hits all of them. */
final class Rounds {
    private static final Pattern TELLING = Pattern.compile("\\.(txt|log|jfr)$");

    private final Options options;
    private final Place place;

    Rounds(Options options, Place place) {
        this.options = options;
        this.place = place;
    }

    Results run() throws IOException, InterruptedException {
        var results = new Results();
        for (Scenario scenario : options.scenarios()) {
            for (int round = 1; round <= options.rounds(); round++) {
                for (Contestant contestant : options.contestants()) {
                    run(contestant, scenario, round, results);
                }
            }
        }
        System.err.println("bench: what the processes wrote is in " + place.work());
        return results;
    }

    private void run(Contestant contestant, Scenario scenario, int round, Results results)
            throws IOException, InterruptedException {
        String title = scenario + ", round " + round + " of " + options.rounds() + ", " + contestant;
        Path folder = Files.createDirectories(place.work().resolve(scenario + "-" + round + "-" + contestant));
        var jvm = new ArrayList<>(options.jvm());
        if (options.profile()) {
            jvm.add("-D" + Profile.PROPERTY + "=" + folder.resolve("profile.jfr"));
        }
        var run = new Contestant.Run(place, folder, options.plan(scenario), jvm);
        try {
            Map<String, Object> figures = new Child(contestant.process(run), folder, run.plan()).result();
            results.add(scenario, contestant, figures);
            tidy(folder);
            System.err.println("bench: " + title + ": " + Results.brief(figures));
        } catch (FailedRun e) {
            results.failed(title + ": " + e.getMessage());
            System.err.println("bench: " + title + ": " + e.getMessage() + "\n" + e.output());
        }
    }

    /** Only what tells something stays: a product's copy and a framework's storage take 30 MB each time. */
    static void tidy(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                if (Files.isDirectory(file)
                        ? isEmpty(file)
                        : !TELLING.matcher(file.toString()).find()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.findAny().isEmpty();
        }
    }
}

package symphony.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import symphony.benchmarks.load.Plan;

/** What is measured, and how its process is started. */
enum Contestant {
    SYMPHONY("Symphony Events, sealed", (run, name) -> ProductLaunch.of(run, List.of())),
    SYMPHONY_UNSEALED(
            "Symphony Events, sealing off (debug switch)",
            (run, name) -> ProductLaunch.of(run, List.of("-Dsymphony.encryption=off", "-Dsymphony.environment=dev"))),
    EVENTADMIN("Apache Felix EventAdmin 1.6.4, postEvent", FelixLaunch::of),
    TYPEDEVENT("Apache Aries Typed Event 0.0.2, untyped", FelixLaunch::of),
    VERTX("Vert.x 5.0.7 local event bus", FlatLaunch::of),
    RIG_SEALED("bare rig: ten FIFOs, two workers, sealed", FlatLaunch::of),
    RIG_PLAIN("bare rig: ten FIFOs, two workers", FlatLaunch::of);

    /** One run of a contestant. */
    record Run(Place place, Path folder, Plan plan, List<String> jvm) {}

    /** Makes ready what the process needs. */
    @FunctionalInterface
    interface Launch {
        ProcessBuilder of(Run run, String name) throws IOException;
    }

    private final String title;
    private final Launch launch;

    Contestant(String title, Launch launch) {
        this.title = title;
        this.launch = launch;
    }

    static Contestant named(String name) {
        return Arrays.stream(values())
                .filter(contestant -> contestant.toString().equals(name))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("contestant is '" + name + "', must be one of "
                        + Arrays.stream(values()).map(Contestant::toString).collect(Collectors.joining(", "))));
    }

    String title() {
        return title;
    }

    ProcessBuilder process(Run run) throws IOException {
        return launch.of(run, toString());
    }

    /** As it is called in commands and tables. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

package symphony.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import symphony.benchmarks.load.Plan;

/** What is measured, and how its process is started; README.md says what each is. */
enum Contestant {
    SYMPHONY((run, name) -> ProductLaunch.of(run, List.of())),
    SYMPHONY_UNSEALED((run, name) -> ProductLaunch.of(run, List.of("-Dsymphony.encryption=off"))),
    EVENTADMIN(FelixLaunch::of),
    TYPEDEVENT(FelixLaunch::of),
    VERTX(FlatLaunch::of),
    RIG_RAW(FlatLaunch::of),
    RIG_SEALED(FlatLaunch::of),
    RIG_PLAIN(FlatLaunch::of);

    /** One run of a contestant. */
    record Run(Place place, Path folder, Plan plan, List<String> jvm) {}

    /** Makes ready what the process needs. */
    @FunctionalInterface
    interface Launch {
        ProcessBuilder of(Run run, String name) throws IOException;
    }

    private final Launch launch;

    Contestant(Launch launch) {
        this.launch = launch;
    }

    static Contestant named(String name) {
        return Arrays.stream(values())
                .filter(contestant -> contestant.toString().equals(name))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("contestant is '" + name + "', must be one of "
                        + Arrays.stream(values()).map(Contestant::toString).collect(Collectors.joining(", "))));
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

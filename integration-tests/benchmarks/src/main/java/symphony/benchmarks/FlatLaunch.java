package symphony.benchmarks;

import java.util.ArrayList;
import java.util.List;
import symphony.benchmarks.load.Plan;

/** Starts a contestant that needs no framework. */
final class FlatLaunch {
    private FlatLaunch() {}

    static ProcessBuilder of(Contestant.Run run, String name) {
        var command = java(run, System.getProperty("java.class.path"));
        command.addAll(List.of(symphony.benchmarks.flat.Main.class.getName(), name));
        return new ProcessBuilder(command);
    }

    /** The beginning of a command. */
    static List<String> java(Contestant.Run run, String classPath) {
        var command = new ArrayList<String>();
        command.add(Place.java().toString());
        command.addAll(run.jvm());
        command.addAll(List.of("-D" + Plan.PROPERTY + "=" + run.plan(), "-cp", classPath));
        return command;
    }
}

package symphony.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Starts a contestant in a bare Felix framework: its bundles, and ours with the load. */
final class FelixLaunch {
    private FelixLaunch() {}

    static ProcessBuilder of(Contestant.Run run, String name) throws IOException {
        LoadBundle bundle = name.equals("eventadmin")
                ? new LoadBundle(
                        symphony.benchmarks.eventadmin.Activator.class, "org.osgi.service.event;version=\"[1.4,2)\"")
                : new LoadBundle(
                        symphony.benchmarks.typedevent.Activator.class,
                        "org.osgi.service.typedevent;version=\"[1.0,2)\"");
        Path load = bundle.jar().write(run.place(), run.folder().resolve("load.jar"));
        var command = FlatLaunch.java(
                run, run.place().classes() + File.pathSeparator + Place.jar("org.apache.felix.framework-"));
        command.addAll(List.of(
                symphony.benchmarks.felix.Main.class.getName(),
                run.folder().resolve("cache").toString(),
                run.place().bundles(name).toString(),
                load.toString()));
        return new ProcessBuilder(command);
    }
}

package symphony.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import symphony.benchmarks.load.Plan;

/** Starts the product as users do: a copy of its folder, by {@code bin/symphony}, with the load in the drop folder. */
final class ProductLaunch {
    /** As {@code ./symphony} does: with a policy that lets all bundles publish and handle. */
    static final String DEVELOPMENT = "-Dsymphony.environment=dev";

    private ProductLaunch() {}

    static ProcessBuilder of(Contestant.Run run, List<String> properties) throws IOException {
        var options = new ArrayList<>(run.jvm());
        options.add("-D" + Plan.PROPERTY + "=" + run.plan());
        options.addAll(properties);
        BundleJar bundle = new LoadBundle(
                        symphony.benchmarks.product.Activator.class, "symphony.api.event;version=\"[1.0,2)\"")
                .jar();
        return of(run.place(), run.folder(), bundle, options);
    }

    /** With another bundle of ours. */
    static ProcessBuilder of(Place place, Path folder, BundleJar bundle, List<String> options) throws IOException {
        Path base = folder.resolve("symphony");
        copy(place.product(), base);
        bundle.write(place, base.resolve("load/load.jar"));
        var process = new ProcessBuilder(base.resolve("bin/symphony").toString());
        process.environment().put("SYMPHONY_OPTS", String.join(" ", options) + ' ' + DEVELOPMENT);
        process.environment().put("SYMPHONY_HOME", folder.resolve("home").toString());
        process.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return process;
    }

    /** All but what earlier runs in that folder have left. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Path name = from.relativize(file);
                if (!name.startsWith("data") && !(name.startsWith("load") && name.getNameCount() > 1)) {
                    Files.copy(file, to.resolve(name.toString()));
                }
            }
        }
    }
}

package symphony.benchmarks;

import java.util.List;
import symphony.benchmarks.load.Load;

/**
 * The load and one contestant's activator as a bundle.
 *
 * @param activator its package comes along
 * @param imports what it needs of the contestant
 */
record LoadBundle(Class<?> activator, String imports) {
    BundleJar jar() {
        return new BundleJar(
                "symphony.benchmarks.load",
                activator,
                "com.sun.management,jdk.jfr," + imports,
                List.of(Load.class),
                List.of(Place.jar("HdrHistogram-")));
    }
}

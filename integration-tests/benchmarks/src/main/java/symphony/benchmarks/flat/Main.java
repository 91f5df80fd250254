package symphony.benchmarks.flat;

import symphony.benchmarks.load.Bus;
import symphony.benchmarks.load.Load;
import symphony.benchmarks.rig.PlainRig;
import symphony.benchmarks.rig.RawRig;
import symphony.benchmarks.rig.SealedRig;

/** Runs the contestant that its argument names. */
public final class Main {
    private Main() {}

    /** Ends with 0 if there is a result. */
    public static void main(String[] arguments) {
        System.exit(Load.run(() -> bus(arguments[0])) ? 0 : 1);
    }

    private static Bus bus(String name) {
        return switch (name) {
            case "rig-plain" -> new PlainRig();
            case "rig-sealed" -> new SealedRig();
            case "rig-raw" -> new RawRig();
            case "vertx" -> new VertxBus();
            default ->
                throw new IllegalArgumentException("contestant is '" + name + "', which is none without framework");
        };
    }
}

package symphony.benchmarks.scale;

import java.lang.management.ManagementFactory;

/** The heap of this process. */
public final class Heap {
    private static final int COLLECTIONS = 4;
    private static final int PAUSE_MILLIS = 100;

    private Heap() {}

    /** Bytes that are reachable: the least that is in use after some collections, since what references keep goes in turns. */
    public static long used() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Thread.sleep(PAUSE_MILLIS);
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}

package symphony.benchmarks.load;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * What this process has used so far.
 *
 * @param nanos the time, by {@code System.nanoTime}
 * @param deliveries events handled, by each handler that did
 * @param cpuNanos of all threads, with those of the JVM
 * @param bytes allocated by the threads that are there
 * @param collections of garbage
 * @param collectionMillis their time
 */
record Reading(long nanos, long deliveries, long cpuNanos, long bytes, long collections, long collectionMillis) {
    /** Time and deliveries first and together: what else is read takes long, above all the first time. */
    static Reading now(LongSupplier delivered) {
        long nanos = System.nanoTime();
        long deliveries = delivered.getAsLong();
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = 0;
        for (long allocated : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            bytes += Math.max(0, allocated); // -1: has ended meanwhile
        }
        long collections = 0;
        long collectionMillis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += collector.getCollectionCount();
            collectionMillis += collector.getCollectionTime();
        }
        return new Reading(nanos, deliveries, system.getProcessCpuTime(), bytes, collections, collectionMillis);
    }

    static String collector() {
        return ManagementFactory.getGarbageCollectorMXBeans().get(0).getName();
    }

    /** What was used since an earlier reading. */
    Reading since(Reading earlier) {
        return new Reading(
                nanos - earlier.nanos,
                deliveries - earlier.deliveries,
                cpuNanos - earlier.cpuNanos,
                bytes - earlier.bytes,
                collections - earlier.collections,
                collectionMillis - earlier.collectionMillis);
    }
}

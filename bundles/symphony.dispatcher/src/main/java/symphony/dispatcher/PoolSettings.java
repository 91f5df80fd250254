package symphony.dispatcher;

import symphony.component.Settings;

/**
 * How big a pool is.
 *
 * @param workers threads when nothing holds them up
 * @param mostWorkers most threads, with those that stand in for others
 * @param virtual whether they are virtual ones, where the JVM has them
 */
record PoolSettings(int workers, int mostWorkers, boolean virtual) {
    static final int MOST_WORKERS = 100_000;

    static PoolSettings of(int workers, int mostWorkers, boolean virtual) {
        int some = workers == 0 ? perCore(Runtime.getRuntime().availableProcessors(), mostWorkers) : workers;
        return new PoolSettings(some, Math.max(some, mostWorkers), virtual);
    }

    /** One per core, but so that as many may stand in for them: no more than half of the most, and one at least. */
    static int perCore(int cores, int mostWorkers) {
        return Math.min(cores, Math.max(1, mostWorkers / 2));
    }

    /** As configured by {@link #keys}. */
    static PoolSettings of(Settings.Values values) {
        return of(values.integer("workers"), values.integer("workers.max"), values.flag("virtual"));
    }

    /** The keys of a named pool. */
    static Settings keys(String pid) {
        return Settings.of(pid)
                .text("name", "", PoolDefinitions::checkName)
                .number("workers", 0, 0, MOST_WORKERS)
                .number("workers.max", 64, 1, MOST_WORKERS)
                .flag("virtual", false)
                .build();
    }

    /** The pool of handlers that name none, which is never virtual. */
    static PoolSettings standard(DispatcherSettings settings) {
        return new PoolSettings(settings.workers(), settings.mostWorkers(), false);
    }
}

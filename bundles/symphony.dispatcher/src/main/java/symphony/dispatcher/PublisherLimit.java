package symphony.dispatcher;

import symphony.component.Settings;

/**
 * How much one bundle may publish.
 *
 * @param eventsPerSecond 0 for no limit
 * @param bytesPerSecond of sealed events, 0 for no limit
 * @param queueShare most percent of each queue's capacity, 100 for no limit
 */
record PublisherLimit(long eventsPerSecond, long bytesPerSecond, int queueShare) {
    static final int WHOLE = 100;

    static PublisherLimit of(Settings.Values values) {
        return new PublisherLimit(
                values.number("events.per.second"), values.number("bytes.per.second"), values.integer("queue.share"));
    }

    /** The keys of a configuration. */
    static Settings keys(String pid) {
        return Settings.of(pid)
                .text("bundle", "", PublisherLimits::checkBundle)
                .number("events.per.second", 0, 0, TokenBucket.MOST_PER_SECOND)
                .number("bytes.per.second", 0, 0, TokenBucket.MOST_PER_SECOND)
                .number("queue.share", WHOLE, 1, WHOLE)
                .build();
    }
}

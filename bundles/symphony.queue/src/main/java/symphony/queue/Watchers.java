package symphony.queue;

import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.queue.QueueWatcher;

/** Those who are told of what ends without its consumer. Thread-safe. */
final class Watchers {
    private static final Logger log = LoggerFactory.getLogger(Watchers.class);

    private final CopyOnWriteArrayList<QueueWatcher> watchers = new CopyOnWriteArrayList<>();

    void add(QueueWatcher watcher) {
        watchers.addIfAbsent(watcher);
    }

    void remove(QueueWatcher watcher) {
        watchers.remove(watcher);
    }

    /**
     * Tells of what left a queue under one hold of its lock. Call without any lock.
     *
     * @param expired the first of those that expired, which hang together by {@link Entry#next}; null for none
     * @param dead the first of those that became dead letters, which hang together by {@link Burial#next}; null for none
     */
    void tell(String subscription, Entry expired, Burial dead) {
        if (expired == null && dead == null) {
            return;
        }
        try {
            for (QueueWatcher watcher : watchers) {
                tell(watcher, subscription, expired, dead);
            }
        } catch (OutOfMemoryError e) { // what became of the events stands, and whoever did it goes on
            log.debug("{}: those who are told of events that end here are not", subscription, e);
        }
    }

    private static void tell(QueueWatcher watcher, String subscription, Entry expired, Burial dead) {
        try {
            for (Entry entry = expired; entry != null; entry = entry.next) {
                watcher.expired(subscription, entry.envelope);
            }
            for (Burial burial = dead; burial != null; burial = burial.next) {
                if (!burial.byConsumer) {
                    watcher.dead(subscription, burial.entry.envelope, burial.reason, burial.detail);
                }
            }
        } catch (Throwable t) { // its own: the queue goes on
            log.error("{}: the one who is told of events that end here failed; some are not told", subscription, t);
        }
    }
}

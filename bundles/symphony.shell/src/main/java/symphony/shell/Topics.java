package symphony.shell;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.TopicFilter;

/** Topics that are worth completing: those that somebody subscribed to and those used here lately. Thread-safe. */
final class Topics {
    private static final int MOST_USED = 200;

    private final Services services;
    private final Map<String, Boolean> used = new LinkedHashMap<>(16, 0.75f, true) { // guarded by itself
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > MOST_USED;
                }
            };

    Topics(Services services) {
        this.services = services;
    }

    void used(String topic) {
        synchronized (used) {
            used.put(topic, true);
        }
    }

    /** Topics without wildcards, sorted. */
    Collection<String> exact() {
        var topics = new TreeSet<String>();
        synchronized (used) {
            topics.addAll(used.keySet());
        }
        filters().stream().filter(filter -> TopicFilter.of(filter).isExact()).forEach(topics::add);
        return topics;
    }

    /** Filters in use, topics, and for each of these the filter of its first segment, sorted. */
    Collection<String> patterns() {
        var patterns = new TreeSet<String>(filters());
        for (String topic : exact()) {
            patterns.add(topic);
            int slash = topic.indexOf('/');
            if (slash > 0) {
                patterns.add(topic.substring(0, slash) + "/*");
            }
        }
        patterns.add("*");
        return patterns;
    }

    private Collection<String> filters() {
        EventDispatcher dispatcher = services.dispatcher.now();
        var filters = new TreeSet<String>();
        if (dispatcher != null) {
            dispatcher.subscriptions().forEach(subscription -> filters.addAll(subscription.topics()));
        }
        return filters;
    }
}

package symphony.dispatcher;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import symphony.api.event.TopicFilter;

/**
 * Finds who wants a topic. Reading takes no lock: exact filters lie in a concurrent map, filters with wildcards in a trie,
 * and what was found is cached per topic. Thread-safe.
 */
final class Router<T extends Routed> {
    /*
     * A reader looks into the map and the trie one after the other, so a change from an exact filter to one with wildcards
     * could be missed in between. Therefore each change adds first and removes last, moves the stamp after either, and a
     * reader that finds the stamp moved reads again; who never gets a quiet moment takes the writers' lock in the end.
     * Cached answers carry the stamp they were found at and hold only as long as it stands. Whoever is in both the old and
     * the new filters is found once, since what is found is a set. When one takes the place of another no state between will
     * do: the stamp is odd then, and whoever finds it so reads again.
     */
    private static final int MAX_CACHED = 10_000;
    private static final int MAX_TRIES = 3;
    private static final int STEP = 2;

    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicLong stamp = new AtomicLong();
    private final Map<String, Object[]> exact = new ConcurrentHashMap<>();
    private final TopicTrie<T> wild = new TopicTrie<>();
    private final Map<String, Cached<T>> cache = new ConcurrentHashMap<>();

    private record Cached<T>(long stamp, List<T> targets) {}

    /** Those who want a topic, each once; an unmodifiable list. */
    List<T> route(String topic) {
        Cached<T> cached = cache.get(topic);
        if (cached != null && cached.stamp == stamp.get()) {
            return cached.targets;
        }
        for (int i = 0; i < MAX_TRIES; i++) {
            long before = stamp.get();
            List<T> found = find(topic);
            if (before % STEP == 0 && stamp.get() == before) {
                remember(topic, new Cached<>(before, found));
                return found;
            }
        }
        writing.lock();
        try {
            return find(topic);
        } finally {
            writing.unlock();
        }
    }

    private void remember(String topic, Cached<T> found) {
        if (cache.size() >= MAX_CACHED) {
            cache.clear();
        }
        cache.put(topic, found);
    }

    @SuppressWarnings("unchecked") // the arrays hold what add() put there
    private List<T> find(String topic) {
        Set<T> found = new LinkedHashSet<>();
        for (Object target : exact.getOrDefault(topic, new Object[0])) {
            found.add((T) target);
        }
        wild.match(topic, found);
        return List.copyOf(found);
    }

    void add(T target, List<TopicFilter> filters) {
        change(target, List.of(), filters);
    }

    void remove(T target, List<TopicFilter> filters) {
        change(target, filters, List.of());
    }

    /** Replaces filters by others, in one step for whoever routes meanwhile: a topic of both is never missed. */
    void change(T target, List<TopicFilter> from, List<TopicFilter> to) {
        writing.lock();
        try {
            to.stream().distinct().filter(filter -> !from.contains(filter)).forEach(filter -> put(filter, target));
            stamp.addAndGet(STEP);
            from.stream().distinct().filter(filter -> !to.contains(filter)).forEach(filter -> take(filter, target));
            stamp.addAndGet(STEP);
        } finally {
            writing.unlock();
        }
        forgetAnswers();
    }

    /** Puts one in the place of another, in one step for whoever routes meanwhile: a topic of both finds one of them. */
    void replace(T old, List<TopicFilter> from, T by, List<TopicFilter> to) {
        writing.lock();
        try {
            stamp.incrementAndGet();
            try {
                to.stream().distinct().forEach(filter -> put(filter, by));
                from.stream().distinct().forEach(filter -> take(filter, old));
            } finally {
                stamp.incrementAndGet();
            }
        } finally {
            writing.unlock();
        }
        forgetAnswers();
    }

    /** So that nobody who left is kept by an answer that nobody asks for again. */
    private void forgetAnswers() {
        if (!cache.isEmpty()) {
            cache.clear();
        }
    }

    private void put(TopicFilter filter, T target) {
        if (filter.isExact()) {
            exact.merge(filter.toString(), new Object[] {target}, (all, one) -> TopicTrie.with(all, target));
        } else {
            wild.add(filter, target);
        }
    }

    private void take(TopicFilter filter, T target) {
        if (filter.isExact()) {
            exact.computeIfPresent(filter.toString(), (topic, all) -> {
                Object[] fewer = TopicTrie.without(all, target);
                return fewer.length == 0 ? null : fewer;
            });
        } else {
            wild.remove(filter, target);
        }
    }
}

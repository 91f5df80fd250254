package symphony.dispatcher;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import symphony.api.dispatcher.EventMonitor;
import symphony.api.dispatcher.MonitorStream;
import symphony.api.dispatcher.UnhandledTopic;

/** The monitor as one caller sees it: with that caller's permissions, and no longer than it uses it. Thread-safe. */
public class CallerMonitor implements EventMonitor, AutoCloseable {
    private final DispatcherEngine engine;
    private final String caller;
    private final Set<MonitorStream> opened = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * For one caller.
     *
     * @param engine does the work
     * @param caller the principal, the symbolic name of a bundle
     */
    public CallerMonitor(DispatcherEngine engine, String caller) {
        this.engine = engine;
        this.caller = caller;
    }

    @Override
    public MonitorStream open(String topicFilter, int capacity) {
        opened.removeIf(MonitorStream::isClosed);
        MonitorStream stream = engine.monitors().open(caller, topicFilter, capacity);
        opened.add(stream);
        if (closed) {
            stream.close();
            throw new IllegalStateException(stream + ": the bundle " + caller + " has given the monitor back");
        }
        return stream;
    }

    @Override
    public List<UnhandledTopic> unhandled(String topicFilter, int most) {
        return engine.unhandled().topics(caller, topicFilter, most);
    }

    /** The caller has left, or gave it back. */
    @Override
    public void close() {
        closed = true;
        opened.forEach(MonitorStream::close);
        opened.clear();
    }
}

package symphony.scheduler;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.event.SubstituteLoggingEvent;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.helpers.SubstituteLogger;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** All that is logged in the tests, on every level: the loggers are those with which SLF4J records until it is initialised. */
public final class CapturedLog implements SLF4JServiceProvider {
    private static final AtomicBoolean FAILS = new AtomicBoolean();
    private static final Queue<SubstituteLoggingEvent> EVENTS = new Recording();
    private static final ConcurrentMap<String, Logger> LOGGERS = new ConcurrentHashMap<>();

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter mdc = new NOPMDCAdapter();

    private static final class Recording extends ConcurrentLinkedQueue<SubstituteLoggingEvent> {
        private static final long serialVersionUID = 1;

        @Override
        public boolean add(SubstituteLoggingEvent event) {
            if (event.getLevel() == Level.ERROR && FAILS.compareAndSet(true, false)) {
                throw new OutOfMemoryError("expected by the test");
            }
            return super.add(event);
        }
    }

    /** There is no memory to record the next error. */
    static void failNextError() {
        FAILS.set(true);
    }

    static boolean hasFailed() {
        return !FAILS.get();
    }

    static void clear() {
        EVENTS.clear();
    }

    /** What was logged since it was cleared, each as its level and its text. */
    static List<String> lines() {
        return EVENTS.stream().map(CapturedLog::line).toList();
    }

    private static String line(SubstituteLoggingEvent event) {
        return event.getLevel() + " " + MessageFormatter.basicArrayFormat(event.getMessage(), event.getArgumentArray());
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> LOGGERS.computeIfAbsent(name, key -> new SubstituteLogger(key, EVENTS, false));
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return mdc;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0";
    }

    @Override
    public void initialize() {}
}

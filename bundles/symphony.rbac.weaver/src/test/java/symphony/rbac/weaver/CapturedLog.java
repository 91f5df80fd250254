package symphony.rbac.weaver;

import java.util.List;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.event.SubstituteLoggingEvent;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.helpers.SubstituteLoggerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** All that is logged in the tests, on every level: the loggers are those with which SLF4J records until it is initialised. */
public final class CapturedLog implements SLF4JServiceProvider {
    private static final SubstituteLoggerFactory LOGGERS = new SubstituteLoggerFactory();

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter mdc = new NOPMDCAdapter();

    static void clear() {
        LOGGERS.getEventQueue().clear();
    }

    /** What was logged since it was cleared, each as its level and its text. */
    static List<String> lines() {
        return LOGGERS.getEventQueue().stream().map(CapturedLog::line).toList();
    }

    private static String line(SubstituteLoggingEvent event) {
        return event.getLevel() + " " + MessageFormatter.basicArrayFormat(event.getMessage(), event.getArgumentArray());
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return LOGGERS;
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

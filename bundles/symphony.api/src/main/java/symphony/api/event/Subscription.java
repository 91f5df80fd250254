package symphony.api.event;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** A handler's place in the system, made by a program. Ends with {@link #close()} or with the caller's bundle. Thread-safe. */
@ProviderType
public interface Subscription extends AutoCloseable {
    /**
     * What tells it from all others.
     *
     * @return {@code <bundle symbolic name>/<name>}
     */
    String identity();

    /**
     * What it wants.
     *
     * @return topic filters, at least one
     */
    List<TopicFilter> topics();

    /**
     * Ends it: when this returns no call of the handler starts any more, calls that run get a deadline, and what waits
     * becomes dead letters, unless the subscription asked to be kept ({@link HandlerConstants#GRACE}). Called from the
     * handler's own call it does not wait for that call. A second time it does nothing.
     */
    @Override
    void close();
}

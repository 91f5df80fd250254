package symphony.dispatcher;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/** Virtual threads, where the JVM has them: since Java 21, while ours are the classes of Java 17. */
final class VirtualThreads {
    private static final Optional<ThreadFactory> FACTORY = find();

    private VirtualThreads() {}

    /** Whether the JVM has them. */
    static boolean areThere() {
        return FACTORY.isPresent();
    }

    /** Makes threads that are not started and inherit nothing, as {@link DispatcherThreads}; empty if the JVM has none. */
    static Optional<ThreadFactory> factory() {
        return FACTORY;
    }

    private static Optional<ThreadFactory> find() {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            type.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
            Method factory = type.getMethod("factory");
            return Optional.of(isolated((ThreadFactory) factory.invoke(builder)));
        } catch (ReflectiveOperationException e) {
            return Optional.empty(); // before Java 21, or there as a preview only
        }
    }

    private static ThreadFactory isolated(ThreadFactory factory) {
        return task -> {
            Thread thread = factory.newThread(task);
            thread.setContextClassLoader(VirtualThreads.class.getClassLoader());
            return thread;
        };
    }
}

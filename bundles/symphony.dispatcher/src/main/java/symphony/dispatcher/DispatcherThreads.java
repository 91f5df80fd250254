package symphony.dispatcher;

import java.util.concurrent.ThreadFactory;

/** Makes the dispatcher's threads: daemons that inherit nothing from the thread that makes them. */
public enum DispatcherThreads implements ThreadFactory {
    /** The one. */
    INSTANCE;

    @Override
    public Thread newThread(Runnable task) {
        var thread = new Thread(null, task, "symphony-dispatcher", 0, false);
        thread.setDaemon(true);
        thread.setPriority(Thread.NORM_PRIORITY);
        thread.setContextClassLoader(DispatcherThreads.class.getClassLoader());
        return thread;
    }
}

package symphony.launcher;

import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;

/** Says, one line each, which bundles did not start; the start goes on without them. Ends when the start is over. */
final class StartFailures implements FrameworkListener {
    private final BundleContext context;
    private final Consumer<String> lines;

    private StartFailures(BundleContext context, Consumer<String> lines) {
        this.context = context;
        this.lines = lines;
    }

    static void listen(BundleContext context, Consumer<String> lines) {
        context.addFrameworkListener(new StartFailures(context, lines));
    }

    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.ERROR) {
            lines.accept("bundle " + event.getBundle().getSymbolicName() + " did not start: "
                    + Reason.of(event.getThrowable()));
        } else if (event.getType() == FrameworkEvent.STARTED) {
            context.removeFrameworkListener(this); // from here on the log has them
        }
    }
}

package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.service.condition.Condition;
import symphony.api.dispatcher.EventDispatcher;

/** The condition that tells of a stop, in a framework. */
@Timeout(120)
class DrainingTest {
    private static final String FILTER = "(" + Condition.CONDITION_ID + "=" + EventDispatcher.DRAINING_CONDITION + ")";

    @TempDir
    private Path storage;

    private TestFramework framework;
    private BundleContext context;
    private Draining draining;

    @BeforeEach
    void open() throws BundleException {
        framework = new TestFramework(storage);
        context = framework.install("dispatcher", "1.0.0").getBundleContext();
        draining = new Draining(context);
    }

    @AfterEach
    void close() {
        framework.close();
    }

    private int conditions() throws InvalidSyntaxException {
        return framework
                .framework()
                .getBundleContext()
                .getServiceReferences(Condition.class, FILTER)
                .size();
    }

    /** Counts how often it was registered; the first time something happens before whoever registers goes on. */
    private AtomicInteger registered(Runnable meanwhile) throws InvalidSyntaxException {
        var count = new AtomicInteger();
        framework
                .framework()
                .getBundleContext()
                .addServiceListener(
                        event -> {
                            if (event.getType() == ServiceEvent.REGISTERED && count.incrementAndGet() == 1) {
                                meanwhile.run();
                            }
                        },
                        FILTER);
        return count;
    }

    @Test
    void isThereOnceFromItsBeginningToItsEnd() throws Exception {
        var registered = registered(() -> draining.begin());
        draining.begin();
        draining.begin();
        assertThat(conditions()).isEqualTo(1);
        draining.end();
        draining.end();
        assertThat(conditions()).isZero();
        assertThat(registered).hasValue(1);
    }

    @Test
    void doesNotOutliveAnEndThatComesWhileItIsRegistered() throws Exception {
        var registered = registered(() -> draining.end());
        draining.begin();
        assertThat(conditions()).isZero();
        draining.begin();
        assertThat(conditions()).isZero();
        assertThat(registered).hasValue(1);
    }

    @Test
    void doesNotBeginAfterItsEnd() throws Exception {
        draining.end();
        draining.begin();
        assertThat(conditions()).isZero();
    }

    @Test
    void givesWayToItsBundle() throws Exception {
        draining.begin();
        context.getBundle().stop();
        assertThat(conditions()).isZero();
        draining.end();
        new Draining(context).begin();
        assertThat(conditions()).isZero();
    }
}

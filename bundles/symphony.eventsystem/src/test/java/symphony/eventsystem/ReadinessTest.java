package symphony.eventsystem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.service.condition.Condition;

class ReadinessTest {
    private final FakeFramework framework = new FakeFramework(ReadinessTest.class.getClassLoader());
    private final AtomicBoolean ready = new AtomicBoolean();
    private final Readiness readiness = new Readiness(framework.context(), ready::get);

    private void now(boolean value) {
        ready.set(value);
        readiness.update();
    }

    @Test
    void isAServiceWhilePublishingMakesSense() {
        readiness.update();
        assertThat(framework.services).isEmpty();
        now(true);
        now(true);
        assertThat(framework.services)
                .containsExactly(new FakeFramework.Service(
                        Condition.class.getName(), Condition.INSTANCE, Map.of("osgi.condition.id", "symphony.ready")));
        now(false);
        now(false);
        assertThat(framework.services).isEmpty();
    }

    @Test
    void followsAChangeThatItsOwnRegistrationBrought() {
        framework.onChange = () -> {
            framework.onChange = () -> {};
            now(false);
        };
        now(true);
        assertThat(framework.services).isEmpty();
    }

    @Test
    void goesOnAfterAFrameworkThatRefused() {
        framework.onChange = () -> {
            throw new IllegalStateException("expected by the test: bundle context is no longer valid");
        };
        now(true);
        framework.onChange = () -> {};
        framework.services.clear();
        now(false);
        now(true);
        assertThat(framework.services).hasSize(1);
        framework.services.clear(); // the framework ended it itself, as when the bundle stops
        now(false);
        now(true);
        assertThat(framework.services).hasSize(1);
    }

    @Test
    @Timeout(120)
    void endsAsTheLastChangeSaysWhoeverMadeIt() throws InterruptedException {
        var threads = Executors.newFixedThreadPool(4);
        var done = new CountDownLatch(4);
        for (int thread = 0; thread < 4; thread++) {
            int first = thread;
            threads.execute(() -> {
                for (int i = 0; i < 5_000; i++) {
                    now((i + first) % 2 == 0);
                }
                done.countDown();
            });
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(framework.services).hasSize(ready.get() ? 1 : 0);
        now(!ready.get());
        assertThat(framework.services).hasSize(ready.get() ? 1 : 0);
    }
}

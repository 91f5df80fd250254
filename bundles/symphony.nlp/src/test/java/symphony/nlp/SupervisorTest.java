package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SupervisorTest {
    private final InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();

    /** What a handler's thread has would keep the handler's bundle, whose code the thread never runs. */
    @Test
    void makesThreadsThatHaveNothingOfWhoeverAsks() throws Exception {
        inherited.set("somebody's");
        var loader = new ClassLoader() {};
        var seen = new CompletableFuture<String>();
        Thread caller = Thread.currentThread();
        ClassLoader before = caller.getContextClassLoader();
        caller.setContextClassLoader(loader);
        try (var supervisor = new Supervisor()) {
            Thread thread = supervisor.newThread(() -> seen.complete(String.valueOf(inherited.get())));
            thread.start();
            assertThat(thread.isDaemon()).isTrue();
            assertThat(thread.getContextClassLoader()).isNotSameAs(loader);
            assertThat(seen.get(20, TimeUnit.SECONDS)).isEqualTo("null");
        } finally {
            inherited.remove();
            caller.setContextClassLoader(before);
        }
    }

    @Test
    void goesOnAfterWhatFails() throws Exception {
        var done = new CompletableFuture<Boolean>();
        try (var supervisor = new Supervisor()) {
            supervisor.execute(() -> {
                throw new IllegalStateException("a test lets it fail");
            });
            supervisor.execute(() -> done.complete(true));
            assertThat(done.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void doesNothingOnceItIsClosed() {
        var supervisor = new Supervisor();
        supervisor.close();
        supervisor.execute(() -> {
            throw new IllegalStateException("it is closed");
        });
        assertThatThrownBy(() -> supervisor.newThread(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }
}

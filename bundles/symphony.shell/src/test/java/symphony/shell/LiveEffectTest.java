package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.felix.service.command.CommandSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Event;
import symphony.component.Guard;

/** Each key, changed while events flow and sessions run: it holds for what begins from then on. G11. */
@Timeout(120)
class LiveEffectTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String TOPIC = "orders/new";

    private final Rig rig = new Rig(new Guard(false), new JlineEditor());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean open = true;

    LiveEffectTest() {
        rig.bindAll();
    }

    @AfterEach
    void close() throws InterruptedException {
        open = false;
        threads.shutdown();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        rig.close();
    }

    /** As the component does it. */
    private boolean set(String key, Object value) {
        return ShellEngine.SETTINGS.ifValid(Map.of(key, value), rig.engine::apply);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline)
                    .as("it did not come to that")
                    .isNegative();
            LockSupport.parkNanos(200_000);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A terminal that takes nothing until it may go on. */
    private static final class Screen extends ByteArrayOutputStream {
        private final CountDownLatch printing = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);

        @Override
        public void write(byte[] bytes, int from, int count) {
            printing.countDown();
            await(goOn);
            super.write(bytes, from, count);
        }
    }

    private final class Tail {
        private final Screen screen = new Screen();
        private final Future<Object> shown;

        /** Begins; it shows one and as many as its buffer takes. */
        Tail(int buffer) {
            int before = rig.events.handles.size();
            CommandSession session = rig.newSession(screen);
            shown = threads.submit(() -> session.execute("symphony:tail orders/* --count " + (1 + buffer)));
            await(() -> rig.events.handles.size() > before);
        }

        String end() throws Exception {
            screen.goOn.countDown();
            shown.get(20, TimeUnit.SECONDS);
            return screen.toString(StandardCharsets.UTF_8);
        }
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            rig.events.publish(Event.on(TOPIC).with("n", i).build());
        }
    }

    @Test
    void aTailBuffersAsManyEventsAsConfigured() throws Exception {
        set("tail.buffer", 1);
        var first = new Tail(1);
        publish(1);
        await(first.screen.printing);
        set("tail.buffer", 50);
        var second = new Tail(50);
        assertThat(set("tail.buffer", 0)).isFalse();
        var third = new Tail(50);
        set("tail.buffer", 7);
        var fourth = new Tail(7);
        publish(1);
        for (Tail tail : List.of(second, third, fourth)) {
            await(tail.screen.printing);
        }
        var publishers = new ArrayList<Callable<Void>>();
        for (int i = 0; i < 2; i++) {
            publishers.add(() -> {
                publish(100);
                return null;
            });
        }
        for (Future<Void> publisher : threads.invokeAll(publishers)) {
            publisher.get();
        }
        assertThat(first.end()).contains("200 events dropped");
        assertThat(second.end()).contains("150 events dropped");
        assertThat(third.end()).contains("150 events dropped");
        assertThat(fourth.end()).contains("193 events dropped");
    }

    @Test
    void nothingIsDoneBeforeLogInAsConfigured() throws Exception {
        rig.run("symphony:on orders/* { symphony:topics }");
        set("login", "required");
        publish(1);
        assertThat(rig.events.failures).singleElement().asString().contains("log in first");
        assertThat(rig.run("symphony:topics")).contains("log in first");
        assertThat(set("login", "maybe")).isFalse();
        assertThat(rig.run("symphony:topics")).contains("log in first");
        set("login", "optional");
        publish(1);
        assertThat(rig.events.failures).hasSize(1);
    }

    @Test
    void sessionsBeginWithTheBannerAsConfigured() throws Exception {
        rig.run("symphony:on orders/* { test:echo handled }");
        Future<?> flow = threads.submit(() -> {
            while (open) {
                publish(1);
                LockSupport.parkNanos(500_000);
            }
        });
        assertThat(begins()).contains("Symphony Events");
        set("banner", false);
        assertThat(begins()).doesNotContain("Symphony Events");
        assertThat(set("banner", "maybe")).isFalse();
        assertThat(begins()).doesNotContain("Symphony Events");
        set("banner", true);
        assertThat(begins()).contains("Symphony Events");
        open = false;
        flow.get(20, TimeUnit.SECONDS);
        assertThat(rig.events.failures).isEmpty();
    }

    /** What a session on a terminal shows when it begins. */
    private String begins() throws Exception {
        var out = new ByteArrayOutputStream();
        try (CommandSession session = rig.newSession(out)) {
            session.put(".reader", CompletionTest.reader(new StringBuilder()));
            session.put("TERM", "xterm");
            session.execute("test:echo");
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}

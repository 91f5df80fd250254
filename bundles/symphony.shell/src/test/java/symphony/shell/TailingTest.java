package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.service.command.Job;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.event.Event;

@Timeout(120)
class TailingTest {
    private final Rig rig = Rig.complete();

    @AfterEach
    void close() {
        rig.close();
    }

    private CompletableFuture<String> start(String line) throws InterruptedException {
        var printed = CompletableFuture.supplyAsync(() -> rig.run(line));
        assertThat(rig.events.subscribed.await(60, TimeUnit.SECONDS)).isTrue();
        return printed;
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            rig.events.publish(Event.on("orders/new")
                    .data(Map.of("n", i, "evil", "\u001b[2J\u009b"))
                    .build());
        }
    }

    @Test
    void showsEventsHarmlessAndReturnsTheCount() throws Exception {
        var printed = start("symphony:tail orders/* --count 2");
        publish(2);
        String[] lines = printed.get(60, TimeUnit.SECONDS).split("\n");
        assertThat(lines).hasSize(3);
        assertThat(lines[0])
                .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} 5 orders/new \\{.*\\}")
                .doesNotContain("\u001b");
        assertThat(lines[0]).contains("\\u001B[2J\\u009b").doesNotContain("\u009b");
        assertThat(lines[2]).isEqualTo("2");
        assertThat(rig.events.handles).isEmpty();
    }

    @Test
    void printsJsonLines() throws Exception {
        var printed = start("symphony:tail orders/* --count 1 --json");
        publish(1);
        Map<?, ?> event = (Map<?, ?>) Json.read(printed.get(60, TimeUnit.SECONDS));
        assertThat(event.get("topic")).isEqualTo("orders/new");
        assertThat(event.get("data")).isEqualTo(Map.of("n", 0L, "evil", "\u001b[2J\u009b"));
    }

    @Test
    void endsAfterItsTime() {
        assertThat(rig.run("symphony:tail orders/* --for 1ms")).isEqualTo("0");
        assertThat(rig.events.handles).isEmpty();
    }

    @Test
    void endsOnInterruptAndUnsubscribes() throws Exception {
        var printed = start("symphony:tail orders/*");
        Job job = rig.session.foregroundJob();
        job.interrupt();
        assertThat(printed.get(60, TimeUnit.SECONDS)).contains("InterruptedException");
        awaitNoHandles();
    }

    private void awaitNoHandles() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!rig.events.handles.isEmpty() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(rig.events.handles).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " --json"})
    void countsWhatItDrops(String json) throws Exception {
        rig.engine.apply(ShellEngine.SETTINGS.orDefaults(Map.of("tail.buffer", 1)));
        var printing = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var slow = new ByteArrayOutputStream() {
            @Override
            public void write(byte[] bytes, int from, int count) {
                printing.countDown();
                awaitUnchecked(goOn);
                super.write(bytes, from, count);
            }
        };
        var session = rig.newSession(slow);
        var shown = CompletableFuture.supplyAsync(() -> {
            try {
                return session.execute("symphony:tail orders/* --count 2" + json);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        awaitUnchecked(rig.events.subscribed);
        publish(1);
        awaitUnchecked(printing);
        publish(10);
        goOn.countDown();
        assertThat(shown.get(60, TimeUnit.SECONDS)).isEqualTo(json.isEmpty() ? 2L : null);
        assertThat(slow.toString(StandardCharsets.UTF_8).lines())
                .hasSize(3)
                .last()
                .isEqualTo(json.isEmpty() ? "9 events dropped: they came faster than shown" : "{\"dropped\":9}");
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void discardsItsOwnLeftovers() {
        rig.queues.with(1, "symphony.shell/tail-1", "a", "left").with(2, "other/x", "a", "stays");
        rig.run("symphony:tail a --for 0");
        assertThat(rig.queues.letters).containsOnlyKeys(2L);
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(rig.run("symphony:tail")).startsWith("tail: FILTER is missing");
        assertThat(rig.run("symphony:tail a//b")).startsWith("tail: topic filter 'a//b'");
        assertThat(rig.run("symphony:tail a --count 0")).startsWith("tail: --count is '0'");
        assertThat(rig.out.toString(StandardCharsets.UTF_8)).isEmpty();
    }
}

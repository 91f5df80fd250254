package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.event.Event;
import symphony.api.event.EventSystem;
import symphony.api.event.Refusal;

@Timeout(120)
class LoadingTest {
    private final Rig rig = Rig.complete();

    @TempDir
    private Path folder;

    @BeforeEach
    void inTheFolder() {
        rig.session.currentDir(folder);
        rig.events.answers = event -> {
            rig.events.published.add(event);
            return FakeEvents.taken(1);
        };
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void file(String name, String... lines) throws IOException {
        Files.writeString(folder.resolve(name), String.join("\n", lines));
    }

    @Test
    void publishesEachLineWithAllItsFields() throws IOException {
        file(
                "e.jsonl",
                "{\"topic\":\"orders/new\",\"data\":{\"amount\":12,\"big\":1.5},\"priority\":0,\"key\":\"k\",\"ttl\":\"5s\","
                        + "\"id\":\"01976f0c-7c5e-7000-8000-000000000001\",\"attributes\":{\"a\":\"b\"}}",
                "{\"topic\":\"single\",\"data\":7}",
                "{\"topic\":\"empty\"}");
        assertThat(rig.run("symphony:load e.jsonl")).startsWith("3 events: 3 accepted, 0 refused; ");
        Event first = rig.events.published.get(0);
        assertThat(first.topic()).isEqualTo("orders/new");
        assertThat(first.data()).isEqualTo(Map.of("amount", 12L, "big", 1.5));
        assertThat(first.priority()).isZero();
        assertThat(first.key()).contains("k");
        assertThat(first.timeToLive()).contains(Duration.ofSeconds(5));
        assertThat(first.id()).isPresent();
        assertThat(first.attributes()).isEqualTo(Map.of("a", "b"));
        assertThat(rig.events.published.get(1).data()).isEqualTo(Map.of("value", 7L));
        assertThat(rig.events.published.get(2).data()).isEqualTo(Map.of());
    }

    @Test
    void waitsForFullSubscriptionsByDefault() throws IOException {
        file("e.jsonl", "{\"topic\":\"a\"}");
        rig.run("symphony:load e.jsonl");
        rig.run("symphony:load e.jsonl --wait 0");
        assertThat(rig.events.waits).containsExactly(Duration.ofSeconds(30), Duration.ZERO);
    }

    @Test
    void reportsBadLinesByNumberAndGoesOn() throws IOException {
        file(
                "bad.jsonl",
                "{\"topic\":\"a\"}",
                "{\"topic\":\"a\"",
                "",
                "nonsense",
                "{\"data\":{}}",
                "{\"topic\":\"a/*\"}",
                "{\"topic\":\"a\",\"priority\":10}",
                "{\"topic\":\"a\",\"priority\":\"high\"}",
                "{\"topic\":\"a\",\"prio\":1}",
                "{\"topic\":\"a\",\"topic\":\"b\"}",
                "{\"topic\":\"a\"} {\"topic\":\"b\"}",
                "[1]",
                "{\"topic\":\"a\",\"ttl\":\"soon\"}",
                "{\"topic\":\"a\",\"id\":\"x\"}",
                "{\"topic\":\"a\",\"data\":" + "[".repeat(100) + "]".repeat(100) + "}",
                "{\"topic\":\"a\",\"data\":1e999}",
                "{\"topic\":\"\u0007\"}",
                "{\"topic\":\"a\",\"id\":\"1-1-1-1-1\"}",
                "{\"topic\":\"a\",\"data\":1e-400}",
                "{\"topic\":\"last\"}");
        String printed = rig.run("symphony:load bad.jsonl");
        assertThat(printed.lines())
                .anyMatch(l -> l.startsWith("line 2: no JSON: "))
                .anyMatch(l -> l.startsWith("line 4: no JSON: Unrecognized token 'nonsense'"))
                .anyMatch(l -> l.equals("line 5: has no topic; add one, or give --topic for such lines"))
                .anyMatch(l -> l.startsWith("line 6: topic 'a/*' has '*' at position 2"))
                .anyMatch(l -> l.equals("line 7: priority is '10', must be a whole number, 0 (most urgent) to 9"))
                .anyMatch(l -> l.startsWith("line 8: priority is 'high'"))
                .anyMatch(l -> l.startsWith("line 9: unknown field 'prio'; known are topic, data"))
                .anyMatch(l -> l.startsWith("line 10: no JSON: Duplicate field 'topic'"))
                .anyMatch(l -> l.startsWith("line 11: no JSON: more follows the value"))
                .anyMatch(l -> l.startsWith("line 12: is no JSON object"))
                .anyMatch(l -> l.startsWith("line 13: ttl: 'soon' is no time"))
                .anyMatch(l -> l.startsWith("line 14: id is 'x', must be a UUID"))
                .anyMatch(l -> l.startsWith("line 15: no JSON: "))
                .anyMatch(l -> l.equals("line 16: number '1e999' is too large"))
                .anyMatch(l -> l.startsWith("line 17: "))
                .anyMatch(l -> l.startsWith("line 18: id is '1-1-1-1-1', must be a UUID"))
                .anyMatch(l -> l.equals("line 19: number '1e-400' is too close to 0"));
        assertThat(printed)
                .contains("2 events: 2 accepted, 0 refused; 17 bad lines")
                .doesNotContain("\u0007");
        assertThat(rig.events.published).extracting(Event::topic).containsExactly("a", "last");
    }

    @Test
    void stopsPrintingBadLinesAfterTwenty() throws IOException {
        file("bad.jsonl", "x\n".repeat(1000));
        assertThat(rig.run("symphony:load bad.jsonl").lines().toList())
                .hasSize(22)
                .contains("… and 980 more lines that were bad or refused");
    }

    @Test
    void reportsRefusalsAndStopsWhenTheSystemStops() throws IOException {
        var calls = new AtomicInteger();
        rig.events.answers = event -> calls.incrementAndGet() == 1
                ? FakeEvents.refused("a/b", Refusal.Reason.FULL, "holds 10 events")
                : FakeEvents.refused("", Refusal.Reason.CLOSED, "the system is stopping");
        file("e.jsonl", "{\"topic\":\"a\"}\n".repeat(5));
        assertThat(rig.run("symphony:load e.jsonl"))
                .contains("line 1: refused: a/b: FULL, holds 10 events")
                .contains("line 2: refused: CLOSED, the system is stopping")
                .contains("interrupted; 2 events: 0 accepted, 2 refused");
        assertThat(calls).hasValue(2);
    }

    @Test
    void outlastsAPartThatIsBeingReplaced() throws IOException {
        var calls = new AtomicInteger();
        rig.events.answers = event -> calls.incrementAndGet() < 3
                ? FakeEvents.refused("", Refusal.Reason.UNAVAILABLE, "no dispatcher")
                : FakeEvents.taken(1);
        file("e.jsonl", "{\"topic\":\"a\"}");
        assertThat(rig.run("symphony:load e.jsonl")).startsWith("1 event: 1 accepted, 0 refused");
        assertThat(calls).hasValue(3);
    }

    @Test
    void waitsForAPartForAsLongAsATimeCanBe() throws IOException {
        var calls = new AtomicInteger();
        rig.events.answers = event -> calls.incrementAndGet() < 2
                ? FakeEvents.refused("", Refusal.Reason.UNAVAILABLE, "no dispatcher")
                : FakeEvents.taken(1);
        file("e.jsonl", "{\"topic\":\"a\"}");
        assertThat(rig.run("symphony:load e.jsonl --wait 99999999999999d"))
                .startsWith("1 event: 1 accepted, 0 refused");
        assertThat(calls).hasValue(2);
    }

    @Test
    void readsWindowsFilesWithMarkAndBlankLines() throws IOException {
        file("win.jsonl", "\ufeff{\"topic\":\"a\"}\r\n\r\n   \r\n{\"topic\":\"b\"}\r\n");
        assertThat(rig.run("symphony:load win.jsonl")).startsWith("2 events: 2 accepted");
    }

    @Test
    void skipsInvalidUtf8AndLinesThatAreTooLong() throws IOException {
        byte[] latin1 = "{\"topic\":\"stra\u00dfe\"}\n".getBytes(StandardCharsets.ISO_8859_1);
        try (var out = Files.newOutputStream(folder.resolve("mix.jsonl"))) {
            out.write(latin1);
            for (int i = 0; i < Loading.MAX_LINE / 1024 + 1; i++) {
                out.write(new byte[1024]);
            }
            out.write("\n{\"topic\":\"stra\u00dfe\"}".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(rig.run("symphony:load mix.jsonl"))
                .contains("line 1: is no valid UTF-8", "line 2: has 4.0 MiB, at most 4.0 MiB are read")
                .contains("1 event: 1 accepted, 0 refused; 2 bad lines");
    }

    @Test
    void readsColumnsBetweenTabs() throws IOException {
        file("u.tsv", "card_arrival\tHow do I locate my card?", "card_arrival\tone\ttoo many", "x\t12");
        assertThat(rig.run("symphony:load u.tsv --topic nlp/utterance --columns intent,text"))
                .contains("line 2: has 3 values between tabs, --columns names 2")
                .contains("2 events: 2 accepted, 0 refused; 1 bad line");
        assertThat(rig.events.published.get(0).data())
                .isEqualTo(Map.of("intent", "card_arrival", "text", "How do I locate my card?"));
        assertThat(rig.events.published.get(1).data()).isEqualTo(Map.of("intent", "x", "text", "12"));
    }

    @Test
    void saysWhatIsWrongWithTheFile() throws IOException, InterruptedException {
        file("u.tsv", "a\tb");
        assertThat(rig.run("symphony:load none.jsonl")).startsWith("load: no file '" + folder.resolve("none.jsonl"));
        assertThat(rig.run("symphony:load .")).startsWith("load: '" + folder + "' is a folder");
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThat(rig.run("symphony:load pipe")).contains("it is no regular file");
        assertThat(rig.run("symphony:load u.tsv")).contains("has values between tabs; name them, as --columns");
        assertThat(rig.run("symphony:load u.tsv --columns a,b")).contains("name no topic; give --topic");
        assertThat(rig.run("symphony:load u.tsv --columns a,a --topic x")).contains("must be different names");
        assertThat(rig.run("symphony:load u.tsv --columns a, --topic x")).contains("must be different names");
        assertThat(rig.run("symphony:load")).isEqualTo("load: FILE is missing; usage: symphony:load FILE [option …]");
        assertThat(rig.run("symphony:load $'a\\u0000b'")).startsWith("load: 'a\\u0000b' is no file name");
    }

    @Test
    void returnsNumbersForScripts() throws IOException {
        file("e.jsonl", "{\"topic\":\"a\"}");
        assertThat(rig.run("(symphony:load e.jsonl) accepted")).isEqualTo("1");
        assertThat(rig.run("symphony:load e.jsonl --json"))
                .startsWith("{\"events\":1,\"accepted\":1,\"unwanted\":0,\"refused\":0,\"bad\":0,\"millis\":");
    }

    @Test
    void stopsWithTheSummaryOnInterrupt() throws Exception {
        file("e.jsonl", "{\"topic\":\"a\"}\n".repeat(100));
        var summary = new CountDownLatch(1);
        var out = new ByteArrayOutputStream() {
            @Override
            public void write(byte[] bytes, int from, int count) {
                super.write(bytes, from, count);
                if (toString(StandardCharsets.UTF_8).matches("(?s).*interrupted; .*\n")) {
                    summary.countDown();
                }
            }
        };
        try (var session = rig.newSession(out)) {
            session.currentDir(folder);
            rig.events.answers = event -> {
                rig.events.published.add(event);
                if (rig.events.published.size() == 10) {
                    session.foregroundJob().interrupt();
                    awaitInterrupt();
                }
                return FakeEvents.taken(1);
            };
            assertThatThrownBy(() -> session.execute("symphony:load e.jsonl")).isInstanceOf(InterruptedException.class);
            // Gogo does not wait for a job that it interrupted.
            assertThat(summary.await(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("interrupted; 10 events: 10 accepted, 0 refused; ");
        assertThat(rig.events.published).hasSize(10);
    }

    /** The interrupt comes on another thread, a moment later. */
    private static void awaitInterrupt() {
        try {
            boolean never = new CountDownLatch(1).await(60, TimeUnit.SECONDS);
            throw new AssertionError("no interrupt came: " + never);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A file of so many equal lines that is made while it is read. One thread only. */
    private static final class GeneratedLines extends InputStream {
        private final byte[] line;
        private final long size;
        private long read;

        GeneratedLines(String line, long count) {
            this.line = (line + "\n").getBytes(StandardCharsets.UTF_8);
            this.size = count * this.line.length;
        }

        /** Bytes that were read, and not yet published as lines. */
        long ahead(long published) {
            return read - published * line.length;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            int count = (int) Math.min(length, size - read);
            for (int i = 0; i < count; i++) {
                into[offset + i] = line[(int) ((read + i) % line.length)];
            }
            read += count;
            return count == 0 ? -1 : count;
        }
    }

    private static long usedAfterCollection() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** What the system does with events; {@link FakeEvents} keeps all of them. */
    private void publishTo(Runnable publish) {
        rig.services.events.bind((EventSystem) Proxy.newProxyInstance(
                EventSystem.class.getClassLoader(), new Class<?>[] {EventSystem.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("publish");
                    publish.run();
                    return FakeEvents.taken(1);
                }));
    }

    private Command loadOf(InputStream content, LongSupplier nanos) throws IOException {
        file("generated.jsonl", "its content comes from elsewhere");
        return new Loading(rig.services, new Topics(rig.services), Editor.NONE, nanos, path -> content).command();
    }

    /** 200 MB of text: what is kept of it, or read before it is wanted, would show. */
    @Test
    void aMillionLinesTakeConstantMemory() throws Exception {
        var file = new GeneratedLines(
                "{\"topic\":\"orders/new\",\"data\":{\"amount\":12,\"text\":\"" + "x".repeat(150) + "\"}}", 1_000_000);
        var published = new AtomicInteger();
        var mostAhead = new AtomicLong();
        var used = new ArrayList<Long>();
        publishTo(() -> {
            mostAhead.accumulateAndGet(file.ahead(published.get()), Math::max);
            int count = published.incrementAndGet();
            if (count == 10_000 || count == 990_000) {
                used.add(usedAfterCollection());
            }
        });
        var report = (LoadReport) loadOf(file, System::nanoTime).execute(rig.session, List.of("generated.jsonl"));
        assertThat(report.accepted()).isEqualTo(1_000_000);
        assertThat(report.finished()).isTrue();
        assertThat(mostAhead).hasValueLessThan(100_000);
        assertThat(used.get(1) - used.get(0)).isLessThan(20_000_000);
    }

    @Test
    void aSummaryThatDoesNotFitIsParted() {
        var report = new LoadReport(163_560, 0, 163_560, 0, 12, 9_999, false);
        assertThat(report.lines(80, Paint.NONE))
                .containsExactly(
                        "interrupted; 163 560 events: 0 accepted, 0 refused, 163 560 unwanted;",
                        "12 bad lines; 10.0 s, 16 358/s");
        assertThat(report.lines(120, Paint.NONE)).hasSize(1);
    }

    @Test
    void showsThatItIsAlive() throws Exception {
        var nanos = new AtomicLong();
        publishTo(() -> nanos.addAndGet(1_000_000_000));
        loadOf(new GeneratedLines("{\"topic\":\"a\"}", 35), nanos::get)
                .execute(rig.session, List.of("generated.jsonl"));
        assertThat(rig.out.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        "10 events, 1.0/s, 490 B read\n20 events, 1.0/s, 490 B read\n30 events, 1.0/s, 490 B read\n");
    }

    @Test
    void oneHundredThousandLinesAreLoaded() throws IOException {
        Files.writeString(folder.resolve("many.jsonl"), "{\"topic\":\"a\",\"data\":{\"n\":1}}\n".repeat(100_000));
        rig.events.answers = event -> FakeEvents.taken(1);
        // It may be slow, and then says so before.
        assertThat(rig.run("symphony:load many.jsonl")).contains("100 000 events: 100 000 accepted, 0 refused; ");
    }
}

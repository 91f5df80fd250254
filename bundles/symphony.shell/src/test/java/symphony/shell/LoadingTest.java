package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.event.Event;
import symphony.api.event.Refusal;

@Timeout(60)
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
        assertThat(rig.run("symphony:load e.jsonl")).startsWith("3 events: 3 accepted, 0 refused; 0.");
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
                .anyMatch(l -> l.startsWith("line 14: "))
                .anyMatch(l -> l.startsWith("line 15: no JSON: "))
                .anyMatch(l -> l.startsWith("line 16: "))
                .anyMatch(l -> l.startsWith("line 17: "));
        assertThat(printed)
                .contains("2 events: 2 accepted, 0 refused; 15 bad lines")
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
    void saysWhatIsWrongWithTheFile() throws IOException {
        file("u.tsv", "a\tb");
        assertThat(rig.run("symphony:load none.jsonl")).startsWith("load: no file '" + folder.resolve("none.jsonl"));
        assertThat(rig.run("symphony:load .")).startsWith("load: '" + folder + "' is a folder");
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
        file("e.jsonl", "{\"topic\":\"a\"}\n".repeat(10_000));
        rig.events.answers = event -> {
            rig.events.published.add(event);
            if (rig.events.published.size() == 10) {
                rig.session.foregroundJob().interrupt();
            }
            return FakeEvents.taken(1);
        };
        rig.run("symphony:load e.jsonl");
        // Gogo does not wait for a job that it interrupted.
        for (long end = System.nanoTime() + 5_000_000_000L; System.nanoTime() < end; Thread.onSpinWait()) {
            if (rig.events.published.size() >= 10) {
                break;
            }
        }
        assertThat(rig.events.published.size()).isBetween(10, 9_999);
    }

    @Test
    void aMillionLinesTakeConstantMemory() throws Exception {
        byte[] line = "{\"topic\":\"orders/new\",\"data\":{\"amount\":12}}\n".getBytes(StandardCharsets.UTF_8);
        var endless = new InputStream() {
            private long left = 1_000_000L * line.length;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                int count = (int) Math.min(Math.min(length, left), 10L * line.length / 10 * 10);
                for (int i = 0; i < count; i++) {
                    into[offset + i] = line[(int) ((1_000_000L * line.length - left + i) % line.length)];
                }
                left -= count;
                return count == 0 ? -1 : count;
            }
        };
        long count = 0;
        try (var lines = new BoundedLines(endless, 200)) {
            while (lines.next()) {
                count++;
                if (count % 100_000 == 0) {
                    assertThat(new EventLines("", List.of()).read(lines.text()).topic())
                            .isEqualTo("orders/new");
                }
            }
        }
        assertThat(count).isEqualTo(1_000_000);
    }

    @Test
    void oneHundredThousandLinesAreLoaded() throws IOException {
        Files.writeString(folder.resolve("many.jsonl"), "{\"topic\":\"a\",\"data\":{\"n\":1}}\n".repeat(100_000));
        rig.events.answers = event -> FakeEvents.taken(1);
        assertThat(rig.run("symphony:load many.jsonl")).startsWith("100 000 events: 100 000 accepted, 0 refused; ");
    }
}

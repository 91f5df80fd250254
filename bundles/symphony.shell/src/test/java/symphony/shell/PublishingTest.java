package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import symphony.api.event.Event;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;

@Timeout(120)
class PublishingTest {
    private final Rig rig = Rig.complete();

    @AfterEach
    void close() {
        rig.close();
    }

    private Event published(String line) {
        rig.run(line);
        assertThat(rig.events.published).hasSize(1);
        return rig.events.published.get(0);
    }

    @Test
    void printsTheReceiptInOneLineAndReturnsIt() throws Exception {
        rig.run("symphony:on orders/new --name sink { test:args }");
        assertThat(rig.run("symphony:publish orders/new amount=12 customer=ada"))
                .isEqualTo("00000000-0000-0000-0000-000000000001 accepted by 1 subscription");
        assertThat(rig.run("symphony:publish nobody/cares"))
                .isEqualTo("00000000-0000-0000-0000-000000000002 not wanted by any subscription");
        assertThat(rig.value("symphony:publish orders/new")).isInstanceOf(Receipt.class);
        assertThat(rig.run("(symphony:publish orders/new) accepted")).isEqualTo("1");
    }

    @Test
    void readsValuesAsJsonScalarsAndElseAsText() {
        Event event = published(
                "symphony:publish a/b n=12 neg=-3 d=1.5 e=1e3 t=true f=false nil=null text=ada zip=007 "
                        + "part=12a quoted='\"12\"' empty= eq=a=b big=123456789012345678901 'list=[1, \"x\"]' 'map={\"k\": 2}'");
        var expected = new java.util.LinkedHashMap<String, Object>();
        expected.putAll(Map.of("n", 12L, "neg", -3L, "d", 1.5, "e", 1000.0, "t", true, "f", false, "text", "ada"));
        expected.putAll(Map.of("zip", "007", "part", "12a", "quoted", "12", "empty", "", "eq", "a=b"));
        expected.putAll(Map.of("big", new BigInteger("123456789012345678901"), "map", Map.of("k", 2L)));
        expected.put("nil", null);
        expected.put("list", Arrays.asList(1L, "x"));
        assertThat(event.data()).isEqualTo(expected);
    }

    @Test
    void takesTheDataAsOneJsonTextOrAsMap() {
        assertThat(published("symphony:publish a '{\"amount\": 12, \"tags\": [\"x\"]}'")
                        .data())
                .isEqualTo(Map.of("amount", 12L, "tags", List.of("x")));
        rig.run("symphony:publish a '[1, 2]'");
        rig.run("symphony:publish a [amount=12 customer=ada]");
        assertThat(rig.events.published.get(1).data()).isEqualTo(Map.of("value", List.of(1L, 2L)));
        assertThat(rig.events.published.get(2).data()).isEqualTo(Map.of("amount", 12L, "customer", "ada"));
    }

    @Test
    void passesTheOptionsOn() {
        Event event = published("symphony:publish a x=1 --priority 0 --ttl 1m --key k --attribute a=b=c --wait 5s");
        assertThat(event.priority()).isZero();
        assertThat(event.timeToLive()).contains(Duration.ofMinutes(1));
        assertThat(event.key()).contains("k");
        assertThat(event.attributes()).isEqualTo(Map.of("a", "b=c"));
        assertThat(rig.events.waits).containsExactly(Duration.ofSeconds(5));
    }

    @Test
    void schedulesWithDelay() {
        assertThat(rig.run("symphony:publish a x=1 --delay 5s"))
                .startsWith("01976f0c-7c5e-7000-0000-000000000001 scheduled, due in ");
        assertThat(rig.run("symphony:publish a --at 2026-12-01T10:00:00Z")).contains("scheduled, due in ");
        assertThat(rig.events.schedules).hasSize(2);
        assertThat(rig.events.published).isEmpty();
    }

    @Test
    void tellsWhoRefused() {
        rig.events.answers = event -> FakeEvents.refused("a.b/c\u001b[31m", Refusal.Reason.FULL, "holds 10000 events");
        assertThat(rig.run("symphony:publish a")).endsWith("refused: a.b/c\\u001b[31m: FULL, holds 10000 events");
    }

    @Test
    void printsJsonForPipes() {
        rig.events.answers = event -> FakeEvents.taken(2);
        assertThat(rig.run("symphony:publish a --json | cat"))
                .isEqualTo("{\"eventId\":\"00000000-0000-0000-0000-000000000007\",\"accepted\":2,\"refusals\":[],"
                        + "\"routedRemotely\":false}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "symphony:publish | publish: TOPIC is missing; usage: symphony:publish TOPIC",
                "symphony:publish orders/* | '*' at position 7",
                "symphony:publish orders//new | publish: topic 'orders//new' has an empty segment",
                "symphony:publish a x | publish: 'x' is no key=value",
                "symphony:publish a x=1 x=2 | publish: key 'x' is given twice",
                "symphony:publish a --priority -1 | publish: --priority is '-1', must be a whole number, 0 to 9",
                "symphony:publish a --priority 10 | publish: --priority is '10', must be a whole number, 0 to 9",
                "symphony:publish a --priority high | publish: --priority is 'high', must be",
                "symphony:publish a --delay -5s | publish: --delay: '-5s' is no time",
                "symphony:publish a --delay 99999999999999999999d | publish: --delay: '99999999999999999999d' is no time",
                "symphony:publish a --ttl 0 | publish: event on a: time to live is PT0S, must be at least 1 ms",
                "symphony:publish a --at noon | publish: --at is 'noon', must be an instant",
                "symphony:publish a --delay 1s --wait 1s | publish: --delay, --at and --wait exclude each other",
                "symphony:publish a --prio 1 | publish: unknown option '--prio'; known are --priority, --delay",
                "symphony:publish a --priority | publish: --priority needs a value; write --priority N",
                "symphony:publish a --json=1 | publish: --json takes no value",
                "symphony:publish a $nothing | publish: argument 2 has no value; is the variable set?",
                "symphony:publish a x='{' | publish: '{' is no JSON",
                "symphony:publish a --attribute x | publish: --attribute is 'x', must be name=value",
            })
    void saysInOneLineWhatIsWrong(String line, String error) {
        String printed = rig.run(line);
        assertThat(printed).contains(error).doesNotContain("\n").doesNotContain("Exception");
        assertThat(rig.events.published).isEmpty();
    }

    @Test
    void saysWhichBundleIsMissing() {
        try (var empty = new Rig()) {
            assertThat(empty.run("symphony:publish a"))
                    .isEqualTo("publish: no event system is there; install or start the bundle symphony.eventsystem");
        }
    }

    @Test
    void keepsUnexpectedProblemsToOneLine() {
        rig.events.answers = event -> {
            throw new IllegalStateException("broken\ninside");
        };
        assertThat(rig.run("symphony:publish a"))
                .startsWith("publish: failed unexpectedly: ")
                .doesNotContain("\n");
    }

    @Test
    void explainsItself() {
        assertThat(rig.run("symphony:publish --help"))
                .startsWith("symphony:publish TOPIC [key=value …] [option …]\n  publish an event\n")
                .contains("--priority N", "examples:");
        assertThat(rig.run("symphony:help publish")).isEqualTo(rig.run("symphony:publish -h"));
    }
}

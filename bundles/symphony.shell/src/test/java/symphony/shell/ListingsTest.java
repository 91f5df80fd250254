package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.dispatcher.HandlerState;

@Timeout(20)
class ListingsTest {
    private final Rig rig = Rig.complete();

    @BeforeEach
    void fill() {
        rig.dispatcher
                .with("symphony.example.orders/invoicing", HandlerState.ACTIVE, "", "orders/new")
                .with(
                        "com.example.a.very.long.bundle.name.that.nobody.should.use/and.a.long.name.too",
                        HandlerState.QUARANTINED,
                        "failed 5 times in a row, the last time with an exception; the next probe is in 10 s",
                        "orders/*",
                        "customers/+/moved")
                .handler("symphony.example.orders", HandlerState.ACTIVE, "", "orders/new")
                .handler(
                        "bad.bundle",
                        HandlerState.REFUSED,
                        "symphony.concurrency is 0, must be 1 to 1024\u001b[1m",
                        "x");
        rig.run("symphony:publish later/this --delay 1h");
        rig.queues.with(1, "symphony.example.orders/invoicing", "orders/new", "IOException: mail server is away");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "handlers",
                "queues",
                "subscriptions",
                "topics",
                "scheduled",
                "dead list",
                "dead show 1",
                "status",
                "help",
                "on",
                "banner",
                "help load",
                "help publish",
                "help on",
                "help dead"
            })
    void fitsEightyColumns(String command) {
        assertThat(rig.run("symphony:" + command).lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80))
                .allSatisfy(line -> assertThat(line).doesNotContain("\u001b", "\t"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"handlers", "queues", "subscriptions", "topics", "scheduled", "dead list", "status", "help"})
    void printsJsonLines(String command) {
        String printed = rig.run("symphony:" + command + (command.equals("help") ? "" : " --json"));
        if (!command.equals("help")) {
            assertThat(printed.lines())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(Json.read(line)).isNotNull());
        }
    }

    @Test
    void showsQueuesAsTable() {
        assertThat(rig.run("symphony:queues")).isEqualTo("""
                        SUBSCRIPTION            WAITING  DELAYED  LEASED  HANDLED  DEAD  REFUSED  OLDEST
                        symphon…ders/invoicing      150       40       7     1000     3        5    2.5s
                        com.exa….long.name.too      150       40       7     1000     3        5    2.5s""");
    }

    @Test
    void showsReasonsUnderTheirRows() {
        assertThat(rig.run("symphony:handlers"))
                .contains("\n    symphony.concurrency is 0, must be 1 to 1024\\u001b[1m");
        assertThat(rig.run("symphony:subscriptions")).contains("QUARANTINED", "\n    failed 5 times in a row");
    }

    @Test
    void returnsObjects() {
        assertThat(rig.run("(symphony:queues) size")).isEqualTo("2");
        assertThat(rig.run("((symphony:queues) get 0) identity")).isEqualTo("symphony.example.orders/invoicing");
        assertThat(rig.run("test:each (symphony:handlers) { test:echo ($it bundle) }"))
                .isEqualTo("symphony.example.orders\nbad.bundle");
        assertThat(rig.run("(symphony:status) published")).isEqualTo("123456");
    }

    @Test
    void tablesGoThroughPipes() {
        assertThat(rig.run("symphony:handlers | test:cat")).contains("BUNDLE", "bad.bundle");
        assertThat(rig.run("symphony:handlers --json | test:cat")).contains("\"bundle\":\"bad.bundle\"");
    }

    @Test
    void showsTheSystemOnOneScreen() {
        assertThat(rig.run("symphony:status").lines().toList())
                .hasSizeLessThanOrEqualTo(22)
                .contains("published     123 456, 1 235/s", "delivered     120 000, 0.5/s; 12 failed")
                .contains("by priority   0: 200  5: 180")
                .contains("pools         default: 3 running, 1 ready; 2 workers + 1 spare, most 64")
                .contains("security      open", "missing       memory budget, crypto service");
    }

    @Test
    void answersWithoutServices() {
        try (var empty = new Rig()) {
            assertThat(empty.run("symphony:queues")).startsWith("queues: no dispatcher is there; install or start");
            assertThat(empty.run("symphony:handlers")).startsWith("handlers: no dispatcher is there");
            assertThat(empty.run("symphony:scheduled")).startsWith("scheduled: no scheduler is there");
            assertThat(empty.run("symphony:dead list")).startsWith("dead: no queue provider is there");
            assertThat(empty.run("symphony:status")).contains("missing       event system, dispatcher, scheduler");
        }
    }

    @Test
    void theBannerHasAtMostTenLines() {
        assertThat(rig.run("symphony:banner").lines())
                .hasSizeLessThanOrEqualTo(10)
                .first()
                .asString()
                .startsWith("Symphony Events 1.2.3, started in ");
    }

    @Test
    void helpListsAllCommands() {
        assertThat(rig.run("symphony:help"))
                .contains("symphony:publish", "symphony:dead")
                .doesNotContain("_candidates", "…");
        assertThat(rig.run("symphony:help nonsense"))
                .isEqualTo("help: no command 'nonsense'; symphony:help lists them");
    }
}

package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jline.utils.WCWidth;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.PublisherView;

@Timeout(120)
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
        rig.queues
                .with(1, "symphony.example.orders/invoicing", "orders/new", "IOException: mail server is away")
                .with(2, "b.bundle/handler", "x", "broken");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private Stream<Synopsis> commands() {
        return rig.engine.commands().values().stream()
                .map(command -> ((Command) command).synopsis())
                .filter(synopsis -> !synopsis.name().startsWith("_"));
    }

    /** Lines of all commands that show something, as {@code --json} tells, and need no argument; and of those that do. */
    private List<String> shows() {
        var lines = new ArrayList<String>(List.of("dead list", "dead show 1", "dead show 2", "banner", "help"));
        commands()
                .filter(synopsis ->
                        synopsis.hasJson() && synopsis.operands().stream().noneMatch(Operand::required))
                .forEach(synopsis -> lines.add(synopsis.name()));
        assertThat(lines)
                .contains("handlers", "queues", "subscriptions", "topics", "scheduled", "status", "on", "route");
        return lines;
    }

    private static void assertFits(String command, String printed) {
        assertThat(printed.lines())
                .as(command)
                .isNotEmpty()
                .allSatisfy(line -> assertThat(
                                line.codePoints().map(WCWidth::wcwidth).sum())
                        .as(line)
                        .isLessThanOrEqualTo(80))
                .allSatisfy(line -> assertThat(line).doesNotContain("\u001b", "\t"));
    }

    @Test
    void allThatIsShownFitsEightyColumns() {
        shows().forEach(command -> assertFits(command, rig.run("symphony:" + command)));
    }

    @Test
    void allThatIsShownFitsAlsoInTheWritingOfOthers() {
        String name = "\u30d0\u30f3\u30c9\u30eb.\u6ce8\u6587/" + "\u8acb\u6c42\u66f8".repeat(12);
        String topic = "\u6ce8\u6587/" + "\u65b0\u898f".repeat(30);
        rig.dispatcher
                .with(
                        name,
                        HandlerState.QUARANTINED,
                        "\u30e1\u30fc\u30eb".repeat(40),
                        topic,
                        "\u0e17\u0e35\u0e48".repeat(28))
                .handler("\u30d0\u30f3\u30c9\u30eb".repeat(9), HandlerState.REFUSED, "\u7406\u7531".repeat(50), topic);
        rig.queues.with(2, name, topic, "\u30e1\u30fc\u30eb".repeat(40));
        rig.run("symphony:publish " + topic + " --delay 1h");
        rig.run("symphony:route " + topic + " " + topic + "/x");
        shows().forEach(command -> assertFits(command, rig.run("symphony:" + command)));
        assertThat(rig.run("symphony:queues").lines().skip(1))
                .allSatisfy(line -> assertThat(
                                line.codePoints().map(WCWidth::wcwidth).sum())
                        .isEqualTo(80)); // columns stand under each other
    }

    @Test
    void eachCommandExplainsItselfAndDoesNothingElse() {
        commands().forEach(synopsis -> {
            String help = rig.run("symphony:" + synopsis.name() + " --help");
            assertFits(synopsis.name(), help);
            assertThat(help).startsWith(synopsis.usage() + "\n  " + synopsis.summary());
            assertThat(synopsis.options())
                    .allSatisfy(option -> assertThat(help)
                            .contains(option.usage(), option.help().split(" ")[0]));
            assertThat(synopsis.operands())
                    .allSatisfy(operand -> assertThat(help).contains(operand.name()));
            assertThat(synopsis.examples())
                    .isNotEmpty()
                    .allSatisfy(example -> assertThat(help).contains(example));
            assertThat(rig.run("symphony:" + synopsis.name() + " -h")).isEqualTo(help);
            assertThat(rig.run("symphony:help " + synopsis.name())).isEqualTo(help);
            assertThat(rig.run("symphony:help symphony:" + synopsis.name())).isEqualTo(help);
        });
        assertThat(rig.events.published).isEmpty();
        assertThat(rig.dispatcher.calls).isEmpty();
        assertThat(rig.queues.calls).isEmpty();
    }

    @Test
    void allThatIsShownIsPrintedAsJsonToo() {
        for (String command : shows()) {
            if (!List.of("banner", "help").contains(command)) {
                String printed = rig.run("symphony:" + command + " --json");
                assertThat(printed.lines())
                        .as(command)
                        .allSatisfy(line -> assertThat(Json.read(line)).isNotNull());
            }
        }
        assertThat(rig.run("symphony:queues --json").lines()).hasSize(2);
    }

    @Test
    void timesAreThoseOfTheMoment() {
        assertThat(rig.run("symphony:scheduled")).contains("     60m  later/this");
        assertThat(rig.run("symphony:dead list")).contains(" 90s  ATTEMPTS");
        assertThat(rig.run("symphony:dead show 1")).contains("1 (memory), ATTEMPTS, 90s ago");
        assertThat(rig.run("symphony:dead list --json")).contains("\"seen\":\"" + Rig.NOW + "\"");
    }

    @Test
    void showsQueuesAsTable() {
        assertThat(rig.run("symphony:queues")).isEqualTo("""
                        SUBSCRIPTION            WAITING  DELAYED  LEASED  HANDLED  DEAD  REFUSED  OLDEST
                        symphon…ders/invoicing      150       40       7     1000     3        5    2.5s
                        com.exa….long.name.too      150       40       7     1000     3        5    2.5s""");
    }

    @Test
    void showsWhatExpiredWhereAnythingDid() {
        rig.dispatcher.expired = 31;
        rig.dispatcher.with("a/b", HandlerState.ACTIVE, "", "c");
        assertThat(rig.run("symphony:queues").lines())
                .first()
                .asString()
                .isEqualTo("SUBSCRIPTION   WAITING  DELAYED  LEASED  HANDLED  DEAD  REFUSED  OLDEST  EXPIRED");
        assertThat(rig.run("symphony:queues").lines()).last().asString().endsWith("       31");
    }

    @Test
    void showsWhatCameTwiceWhereAnythingDid() {
        rig.dispatcher.duplicates = 12;
        rig.dispatcher.with("a/b", HandlerState.ACTIVE, "", "c");
        assertThat(rig.run("symphony:queues").lines())
                .first()
                .asString()
                .isEqualTo("SUBSCRIPTION     WAITING  DELAYED  LEASED  HANDLED  DEAD  REFUSED  OLDEST  TWICE");
        assertThat(rig.run("symphony:queues").lines()).last().asString().endsWith("     12");
    }

    @Test
    void showsWhatKeepsSlotsWhereAnythingWasTakenAlong() {
        rig.dispatcher.takenAlong = 9;
        rig.dispatcher.with("a/b", HandlerState.ACTIVE, "", "c");
        assertThat(rig.run("symphony:queues").lines())
                .first()
                .asString()
                .isEqualTo("SUBSCRIPTION     WAITING  DELAYED  LEASED  HANDLED  DEAD  REFUSED  OLDEST  ALONG");
        assertThat(rig.run("symphony:queues").lines()).last().asString().endsWith("      9");
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
                .contains("security      open", "missing       memory budget; the log says why");
    }

    @Test
    void showsPublishersThatHaveLimits() {
        assertThat(rig.run("symphony:status")).doesNotContain("publishers");
        rig.dispatcher.publishers = List.of(
                new PublisherView("shop.orders", 1_000, 1 << 20, 25, 120_000, 1_234, true),
                new PublisherView("shop.mail", 0, 0, 50, 7, 0, false));
        assertThat(rig.run("symphony:status").lines())
                .contains(
                        "publishers    shop.orders, REFUSED NOW: 120 000 published, 1 234 refused; most …",
                        "              shop.mail: 7 published, 0 refused; most 50 % of a queue");
        assertThat(rig.run("symphony:status --json"))
                .contains("\"publishers\":[\"shop.orders, REFUSED NOW: 120 000 published");
    }

    @Test
    void saysHowManyDeadLettersHadToMakeRoom() {
        assertThat(rig.run("symphony:status").lines()).contains("dead letters  2, see symphony:dead list");
        rig.queues.discarded = 1_234;
        assertThat(rig.run("symphony:status").lines())
                .contains("dead letters  2, see symphony:dead list; 1 234 discarded");
        assertThat(rig.run("symphony:status --json")).contains("\"deadLetters\":2,\"discarded\":1234");
    }

    @Test
    void tellsAllThatBecameOfTheEventsOfAQueueAsJson() {
        assertThat(rig.run("symphony:queues --json").lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line)
                        .containsSubsequence(
                                "\"accepted\":",
                                "\"handled\":",
                                "\"dead\":",
                                "\"expired\":",
                                "\"dropped\":",
                                "\"reported\":",
                                "\"waiting\":",
                                "\"delayed\":",
                                "\"leased\":",
                                "\"forgotten\":"));
    }

    @Test
    void listsTheTopicsThatNobodyWanted() {
        assertThat(rig.run("symphony:unhandled orders/* --limit 5")).isEqualTo("""
                        TOPIC       EVENTS  LAST  PUBLISHER
                        orders/nwe      12   90s  some.bundle""");
        rig.run("symphony:unhandled");
        assertThat(rig.monitor.calls).containsExactly("unhandled orders/* 5", "unhandled * 100");
        assertThat(rig.run("symphony:status")).contains("unhandled     4, see symphony:unhandled");
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

package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.gogo.runtime.CommandProxy;
import org.apache.felix.service.command.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Event;
import symphony.api.event.HandlerConstants;

@Timeout(120)
class WiringCommandsTest {
    private final Rig rig = Rig.complete();

    @AfterEach
    void close() {
        rig.close();
    }

    private void publish(String topic, Map<String, Object> data) {
        rig.events.publish(Event.on(topic).data(data).priority(2).build());
    }

    private String printed() {
        return rig.out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aClosureGetsTheEventAndPrintsIntoTheSession() {
        assertThat(rig.run("symphony:on 'orders/*' { test:echo ($it topic) ($it priority) ($it get amount) $2 "
                        + "($3 get amount) (($it data) size) }"))
                .isEqualTo("on-1 is on for orders/*; end it with symphony:off on-1");
        publish("orders/new", Map.of("amount", 12L));
        publish("other", Map.of());
        assertThat(printed()).isEqualTo("orders/new 2 12 orders/new 12 1\n");
        assertThat(rig.events.handles.get(0).properties.get(HandlerConstants.ATTEMPTS))
                .isEqualTo(1);
    }

    @Test
    void whatAClosurePrintsOfAnEventIsHarmless() {
        rig.run("symphony:on a { test:echo ($it get evil) }");
        publish("a", Map.of("evil", "\u001b[2J\tx"));
        assertThat(printed()).isEqualTo("\\u001b[2J x\n");
    }

    @Test
    void closuresShareTheVariablesOfTheirSession() {
        rig.session.put("prefix", "p");
        rig.run("symphony:on 'orders/*' { last = ($it topic) ; test:echo $prefix }");
        publish("orders/new", Map.of());
        assertThat(rig.session.get("last")).isEqualTo("orders/new");
        assertThat(printed()).isEqualTo("p\n");
    }

    @Test
    void aClosureRunsWhileTheSessionIsBusy() throws InterruptedException {
        var busy = new CountDownLatch(1);
        var free = new CountDownLatch(1);
        Function block = (session, arguments) -> {
            busy.countDown();
            free.await();
            return null;
        };
        rig.processor.addCommand("test", new CommandProxy(block, "block"), "block");
        rig.run("symphony:on a { test:echo handled }");
        var foreground = new Thread(() -> rig.run("test:block"));
        foreground.start();
        assertThat(busy.await(60, TimeUnit.SECONDS)).isTrue();
        publish("a", Map.of());
        assertThat(printed()).isEqualTo("handled\n");
        assertThat(rig.events.failures).isEmpty();
        free.countDown();
        foreground.join();
    }

    @Test
    void errorsAreShownOncePerKindAndFailTheEvent() {
        rig.run("symphony:on a { test:unknown }");
        publish("a", Map.of());
        publish("a", Map.of());
        assertThat(rig.events.failures).hasSize(2).allSatisfy(failure -> {
            assertThat(failure).isInstanceOf(IllegalStateException.class).hasNoCause();
            assertThat(failure.getMessage()).startsWith("closure on-1: ");
        });
        assertThat(printed().lines().filter(line -> line.startsWith("on-1: "))).hasSize(1);
    }

    @Test
    void closuresEndWithTheirSessionUnlessKept() {
        var out = new ByteArrayOutputStream();
        try (var session = rig.newSession(out)) {
            session.execute("symphony:on a { test:echo gone }");
            session.execute("symphony:on a --name kept --keep { test:echo kept }");
            assertThat(rig.events.names()).hasSize(2);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        rig.run("test:echo anything");
        assertThat(rig.events.names()).containsExactly("symphony.shell/kept");
    }

    @Test
    void listsAndEndsThem() {
        rig.run("symphony:on a/* { test:echo 1 }");
        rig.run("symphony:route b c --name r");
        assertThat(rig.run("symphony:on").lines().toList())
                .hasSize(3)
                .first()
                .asString()
                .startsWith("NAME");
        assertThat(rig.run("symphony:off on-1")).isEqualTo("on-1 ended");
        assertThat(rig.events.names()).containsExactly("symphony.shell/r");
        assertThat(rig.run("symphony:off on-1")).isEqualTo("off: 'on-1' is not on; on are r");
        assertThat(rig.run("symphony:off --all")).isEqualTo("1 closure or route ended");
        assertThat(rig.run("symphony:off")).startsWith("off: give either a NAME or --all");
        assertThat(rig.run("symphony:on")).isEqualTo("nothing is on");
    }

    /** Gogo runs a closure on a thread of its own, so whoever ended it there would wait for itself. */
    @Test
    void aClosureEndsItselfAndOthersWhenItsCallHasEnded() {
        rig.run("symphony:on a { symphony:off on-1 ; symphony:off on-2 ; test:echo $2 }");
        rig.run("symphony:on b { test:echo never }");
        publish("a", Map.of());
        assertThat(rig.events.failures).isEmpty();
        assertThat(printed()).isEqualTo("a\n");
        assertThat(rig.events.names()).isEmpty();
        publish("a", Map.of());
        publish("b", Map.of());
        assertThat(printed()).isEqualTo("a\n");
        assertThat(rig.run("symphony:on")).isEqualTo("nothing is on");
    }

    @Test
    void aClosureEndsAllAlsoIfItFails() {
        rig.run("symphony:on a { symphony:off --all ; test:unknown }");
        rig.run("symphony:route b c");
        publish("a", Map.of());
        assertThat(rig.events.failures)
                .singleElement()
                .satisfies(e -> assertThat(e).hasMessageContaining("test:unknown"));
        assertThat(rig.events.names()).isEmpty();
    }

    @Test
    void aRouteKeepsDataPriorityAndAttributesAndCountsHops() {
        rig.run("symphony:route 'orders/*' audit/orders");
        rig.events.publish(Event.on("orders/new")
                .data(Map.of("amount", 12L))
                .priority(1)
                .attribute("a", "b")
                .build());
        Event forwarded = rig.events.published.get(1);
        assertThat(forwarded.topic()).isEqualTo("audit/orders");
        assertThat(forwarded.data()).isEqualTo(Map.of("amount", 12L));
        assertThat(forwarded.priority()).isEqualTo(1);
        assertThat(forwarded.attributes()).isEqualTo(Map.of("a", "b", RouteTarget.HOPS, "1"));
    }

    @Test
    void aRouteGivesWhatIsLeftOfTheTimeToLive() throws Exception {
        rig.run("symphony:route a b");
        Event event = Event.on("a").timeToLive(Duration.ofSeconds(5)).build();
        rig.events.publish(event);
        assertThat(rig.events.published.get(1).timeToLive()).contains(Duration.ofSeconds(5));
        var delivery = new FakeDelivery(event, new UUID(0, 1), "x/y");
        var nobody = new Maker(rig.services, Optional.empty());
        new RouteTarget(rig.services, "b", nobody, () -> Rig.NOW.plusSeconds(2)).handle(delivery);
        assertThat(rig.events.published.get(2).timeToLive()).contains(Duration.ofSeconds(3));
        new RouteTarget(rig.services, "b", nobody, () -> Rig.NOW.plusSeconds(5)).handle(delivery);
        assertThat(rig.events.published).hasSize(3);
    }

    @Test
    void routesInACircleEnd() {
        rig.run("symphony:route a b");
        rig.run("symphony:route b a");
        publish("a", Map.of());
        assertThat(rig.events.published).hasSize(RouteTarget.MOST_HOPS + 1);
        assertThat(rig.events.failures)
                .singleElement()
                .satisfies(e -> assertThat(e).hasMessageContaining("circle"));
    }

    /** Gogo's own closures throw when they are asked for their text. */
    @Test
    void emptyBracesAreAClosureOrAMistakeAsOthers() {
        assertThat(rig.run("symphony:on a { }")).startsWith("on-1 is on for a");
        assertThat(rig.run("symphony:on")).contains("on-1  a       -     { }");
        publish("a", Map.of());
        assertThat(rig.events.failures).isEmpty();
        assertThat(rig.run("symphony:publish a { }"))
                .isEqualTo(
                        "publish: '{ }' is no key=value; JSON must be the only argument after the topic, in single quotes");
        assertThat(rig.run("symphony:tail { }")).startsWith("tail: topic filter '{ }'");
        assertThat(rig.run("symphony:queues {\n}")).startsWith("queues: unexpected argument '{ }'");
        assertThat(rig.run("symphony:tail a --count { }")).startsWith("tail: --count is '{ }'");
    }

    @Test
    void refusesWhatCannotWork() {
        assertThat(rig.run("symphony:route 'orders/*' orders/all"))
                .isEqualTo("route: topic 'orders/all' matches 'orders/*', so events would go round for ever; "
                        + "choose a topic outside of it");
        assertThat(rig.run("symphony:route 'orders/*'")).startsWith("route: TOPIC is missing");
        assertThat(rig.run("symphony:on 'orders/*'")).startsWith("on: a closure in braces is missing");
        assertThat(rig.run("symphony:on 'a/*/b' { x }")).startsWith("on: topic filter 'a/*/b'");
        assertThat(rig.run("symphony:on a --name 'x y' { x }")).startsWith("on: --name is 'x y', must be");
        assertThat(rig.run("symphony:on a --attempts 0 { x }")).startsWith("on: --attempts is '0'");
        rig.run("symphony:on a --name x { y }");
        assertThat(rig.run("symphony:on a --name x { y }")).startsWith("on: name 'x' is in use");
        assertThat(rig.events.names()).containsExactly("symphony.shell/x");
    }
}

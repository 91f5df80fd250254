package symphony.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import symphony.api.event.TopicFilter;
import symphony.api.queue.OrderFailure;
import symphony.api.queue.Overflow;

class HandlerPropertiesTest {
    @Test
    void leavesToConfigurationWhatTheHandlerDoesNotSay() {
        var properties = HandlerProperties.of(Map.of("symphony.topics", "orders/*", "service.id", 7L));
        assertThat(properties.topics()).containsExactly(TopicFilter.of("orders/*"));
        assertThat(properties.concurrency()).isEqualTo(1);
        assertThat(properties.pool()).isEqualTo("default");
        assertThat(properties.timeLimit()).isEmpty();
        assertThat(properties.attempts()).isEmpty();
        assertThat(properties.capacity()).isEmpty();
        assertThat(properties.grace()).isEmpty();
        assertThat(properties.duplicatesWindow()).isEmpty();
    }

    @Test
    void leavesToConfigurationWhatAnAnnotationWritesForAMemberThatIsLeftOut() {
        var properties = HandlerProperties.of(Map.of(
                "symphony.topics", "a", "symphony.attempts", 0, "symphony.backoff", "", "symphony.backoff.max", ""));
        assertThat(properties.attempts()).isEmpty();
        assertThat(properties.backoff()).isEmpty();
        assertThat(properties.mostBackoff()).isEmpty();
        assertThat(properties.noRetry()).isEmpty();
    }

    @Test
    void refusesObjectsOfTheHandlersOwnWithoutAskingThem() {
        var hostile = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("asked");
            }
        };
        for (String name : List.of("symphony.capacity", "symphony.filter", "symphony.grace", "symphony.durable")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> HandlerProperties.of(Map.of("symphony.topics", "a", name, hostile)))
                    .withMessageContainingAll(name, "whose toString fails");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandlerProperties.of(Map.of("symphony.topics", Arrays.asList("a", null))))
                .withMessage("property symphony.topics is null, must be text, one or more");
    }

    @Test
    void refusesFiltersThatAreTooLongOrTooDeep() {
        String deep = "(!".repeat(65) + "(a=b)" + ")".repeat(65);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandlerProperties.of(Map.of("symphony.topics", "a", "symphony.filter", deep)))
                .withMessageEndingWith("must be at most 4000 characters long and 64 deep");
        String longOne = "(a=" + "b".repeat(4_000) + ")";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandlerProperties.of(Map.of("symphony.topics", "a", "symphony.filter", longOne)))
                .withMessageContaining("4000");
    }

    @Test
    void showsNoControlCharacters() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandlerProperties.of(Map.of("symphony.topics", "a", "symphony.\u001b[31m\n", "x")))
                .withMessageStartingWith("property symphony.\ufffd[31m\ufffd is unknown");
        for (String name : List.of("symphony.subscription", "symphony.pool", "symphony.type")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> HandlerProperties.of(Map.of("symphony.topics", "a", name, "a\nWARN b")))
                    .withMessage("property " + name + " is a\ufffdWARN b, must be text without control characters");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandlerProperties.of(Map.of("symphony.topics", "a", "symphony.filter", "\u001b[31m")))
                .satisfies(e -> assertThat(e.getMessage()).isEqualTo(Excerpt.printable(e.getMessage())));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandlerProperties.of(Map.of("symphony.topics", "a\u001b[31m")))
                .withMessageStartingWith("property symphony.topics: topic filter 'a")
                .satisfies(e -> assertThat(e.getMessage()).isEqualTo(Excerpt.printable(e.getMessage())));
    }

    @Test
    void readsEveryProperty() {
        var all = new HashMap<String, Object>();
        all.put("symphony.topics", new String[] {"a/+", "b"});
        all.put("symphony.filter", "(amount>=100)");
        all.put("symphony.subscription", "big");
        all.put("symphony.durable", true);
        all.put("symphony.concurrency", 4);
        all.put("symphony.order.key", "customer.id");
        all.put("symphony.order.failure", "take-along");
        all.put("symphony.pool", "reports");
        all.put("symphony.time.limit", "2m");
        all.put("symphony.attempts", "3");
        all.put("symphony.backoff", "0");
        all.put("symphony.backoff.max", "9s");
        all.put("symphony.no.retry", new String[] {"a.B$C", "java.io.IOException"});
        all.put("symphony.time.to.live", "1d");
        all.put("symphony.capacity", 50L);
        all.put("symphony.full", "dead-letter");
        all.put("symphony.grace", "1h");
        all.put("symphony.duplicates.window", "5m");
        all.put("symphony.type", "orders.NewOrder");
        var read = HandlerProperties.of(all);
        assertThat(read.topics()).containsExactly(TopicFilter.of("a/+"), TopicFilter.of("b"));
        assertThat(read.filter()).isEqualTo("(amount>=100)");
        assertThat(read.subscription()).contains("big");
        assertThat(read.durable()).isTrue();
        assertThat(read.concurrency()).isEqualTo(4);
        assertThat(read.orderKey()).contains("customer.id");
        assertThat(read.orderFailure()).contains(OrderFailure.TAKE_ALONG);
        assertThat(read.pool()).isEqualTo("reports");
        assertThat(read.timeLimit()).contains(Duration.ofMinutes(2));
        assertThat(read.attempts()).hasValue(3);
        assertThat(read.backoff()).contains(Duration.ZERO);
        assertThat(read.mostBackoff()).contains(Duration.ofSeconds(9));
        assertThat(read.noRetry()).containsExactlyInAnyOrder("a.B$C", "java.io.IOException");
        assertThat(read.timeToLive()).contains(Duration.ofDays(1));
        assertThat(read.capacity()).hasValue(50);
        assertThat(read.full()).contains(Overflow.DEAD_LETTER);
        assertThat(read.grace()).contains(Duration.ofHours(1));
        assertThat(read.duplicatesWindow()).contains(Duration.ofMinutes(5));
        assertThat(read.type()).contains("orders.NewOrder");
    }

    @ParameterizedTest
    @CsvSource({
        "symphony.topics,orders//new,empty segment",
        "symphony.topics,a/**,one * at the end",
        "symphony.topic,a,is unknown; known are",
        "symphony.filter,(amount>=,is no LDAP filter",
        "symphony.concurrency,0,must be 1 to 1024",
        "symphony.concurrency,many,must be a whole number",
        "symphony.order.key,a..b,dotted path",
        "symphony.order.failure,skip,must be hold-back or take-along",
        "symphony.order.failure,take-along,needs symphony.order.key",
        "symphony.time.limit,0,must be a time like",
        "symphony.attempts,1001,must be 1 to 1000",
        "symphony.backoff,-1s,must be a time like",
        "symphony.backoff.max,0,must be a time like",
        "symphony.no.retry,no class,must be class names",
        "symphony.time.to.live,0,must be a time like",
        "symphony.capacity,10000001,must be 1 to 10000000",
        "symphony.full,block,must be refuse or dead-letter",
        "symphony.durable,perhaps,must be true or false",
        "symphony.grace,366d,must be a time like",
        "symphony.duplicates.window,soon,must be a time like"
    })
    void saysOfABadPropertyWhatItIsAndWhatItTakes(String name, String value, String message) {
        var properties = new HashMap<String, Object>(Map.of("symphony.topics", "a"));
        properties.put(name, value);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandlerProperties.of(properties))
                .withMessageContaining(message);
    }

    @Test
    void wantsNoMoreThanAHundredExceptionsThatAreNotTriedAgain() {
        var names = IntStream.range(0, 101).mapToObj(i -> "a.B" + i).toList();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandlerProperties.of(Map.of("symphony.topics", "a", "symphony.no.retry", names)))
                .withMessage("property symphony.no.retry is 101 names, must be 100 at most");
    }

    @Test
    void wantsTopics() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandlerProperties.of(Map.of()))
                .withMessageContaining("symphony.topics is missing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandlerProperties.of(Map.of("symphony.topics", List.of())))
                .withMessageContaining("at least one topic");
    }
}

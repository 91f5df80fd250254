package symphony.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.service.component.annotations.Component;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;
import symphony.api.event.propertytypes.Topics;

class ComponentPropertiesTest {
    @Component
    @Topics("a")
    private static final class Nested implements EventHandler {
        @Override
        public void handle(Delivery delivery) {
            throw new UnsupportedOperationException("only its properties are read");
        }
    }

    @Component(property = "symphony.topics=a")
    private static final class Spelled implements EventHandler {
        @Override
        public void handle(Delivery delivery) {
            throw new UnsupportedOperationException("only its properties are read");
        }
    }

    @Test
    void readsEveryAnnotationOfAHandler() {
        var component = ComponentProperties.of(Annotated.class);
        assertThat(component.name()).isEqualTo("annotated");
        assertThat(component.properties())
                .isEqualTo(Map.ofEntries(
                        Map.entry("symphony.topics", List.of("a/+", "b")),
                        Map.entry("symphony.filter", "(n>=1)"),
                        Map.entry("symphony.concurrency", 3),
                        Map.entry("symphony.order.key", "customer.id"),
                        Map.entry("symphony.order.failure", "take-along"),
                        Map.entry("symphony.attempts", 7),
                        Map.entry("symphony.backoff", ""), // left out: DS writes the default, which means as configured
                        Map.entry("symphony.backoff.max", "9s"),
                        Map.entry(
                                "symphony.no.retry",
                                List.of("java.lang.IllegalArgumentException", "symphony.testing.Annotated$Broken")),
                        Map.entry("symphony.time.to.live", "1h"),
                        Map.entry("symphony.capacity", 40_000),
                        Map.entry("symphony.time.limit", "5s"),
                        Map.entry("symphony.grace", "1m"),
                        Map.entry("symphony.duplicates.window", "5m"),
                        Map.entry("symphony.full", "dead-letter"),
                        Map.entry("symphony.subscription", "many")));
    }

    @Test
    void namesAComponentByItsClass() {
        var component = ComponentProperties.of(Nested.class);
        assertThat(component.name()).isEqualTo(Nested.class.getName());
        assertThat(component.properties()).containsOnlyKeys("symphony.topics");
    }

    @Test
    void saysWhereItCannotKnowThem() {
        EventHandler lambda = delivery -> {};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ComponentProperties.of(lambda.getClass()))
                .withMessageContaining("has no class file");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ComponentProperties.of(ComponentPropertiesTest.class))
                .withMessageContaining("is no @Component")
                .withMessageContaining("symphony.topics");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ComponentProperties.of(Spelled.class))
                .withMessageContaining("properties in @Component itself");
    }
}

package symphony.it.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.Test;
import symphony.api.dispatcher.DispatcherStats;
import symphony.api.dispatcher.MonitorStream;
import symphony.api.dispatcher.PoolView;
import symphony.api.dispatcher.Quarantine;
import symphony.api.dispatcher.StopReport;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.dispatcher.UnhandledTopic;
import symphony.api.event.Schedule;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.MemoryBudget;
import symphony.api.queue.QueueStats;
import symphony.api.scheduler.EventScheduler;

/** What the documentation says of counters: each one of the API stands in it, with what to do, and no other does. */
public class CounterTableIT {
    private static final Path ROOT = Path.of(System.getProperty("readme")).getParent();

    /** All that count. */
    private static final List<Class<?>> TYPES = List.of(
            DispatcherStats.class,
            PoolView.class,
            SubscriptionView.class,
            QueueStats.class,
            Quarantine.class,
            UnhandledTopic.class,
            StopReport.class,
            DeadLetters.class,
            MemoryBudget.class,
            MonitorStream.class,
            EventScheduler.class,
            Schedule.class);

    /** A counter, or several of a kind. */
    private static final Set<String> NUMBERS = Set.of(
            "int",
            "long",
            "double",
            "boolean",
            "java.util.List<java.lang.Long>",
            "java.util.Map<symphony.api.event.Refusal$Reason, java.lang.Long>",
            "java.util.Map<java.lang.String, java.lang.Long>");

    private static final int LEAST_COUNTERS = 60;

    @Test
    public void eachCounterOfTheApiIsExplainedAndNoOther() throws IOException {
        Set<String> counters =
                TYPES.stream().flatMap(CounterTableIT::counters).collect(Collectors.toCollection(TreeSet::new));
        assertTrue(counters.size() + " counters", counters.size() >= LEAST_COUNTERS);
        Set<String> explained = CounterTable.read(ROOT).rows().stream()
                .flatMap(row -> row.api().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(counters, explained);
    }

    @Test
    public void eachRowSaysWhatItCountsAndWhatToDo() throws IOException {
        assertEquals(
                "",
                CounterTable.read(ROOT).rows().stream()
                        .filter(row -> row.counters().isEmpty()
                                || row.meaning().isEmpty()
                                || row.remedy().isEmpty())
                        .map(CounterTable.Row::toString)
                        .collect(Collectors.joining("\n")));
    }

    @Test
    public void noCounterIsExplainedTwice() throws IOException {
        Map<String, Long> twice = CounterTable.read(ROOT).rows().stream()
                .flatMap(row -> row.counters().stream().map(counter -> counter + " of " + row.where()))
                .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
        twice.values().removeIf(count -> count == 1);
        assertEquals(Map.of(), twice);
    }

    private static Stream<String> counters(Class<?> type) {
        Stream<String> names = type.isRecord()
                ? Arrays.stream(type.getRecordComponents())
                        .filter(component ->
                                NUMBERS.contains(component.getGenericType().getTypeName()))
                        .map(RecordComponent::getName)
                : Arrays.stream(type.getDeclaredMethods())
                        .filter(CounterTableIT::counts)
                        .map(Method::getName);
        return names.map(name -> type.getSimpleName() + "." + name);
    }

    private static boolean counts(Method method) {
        return method.getParameterCount() == 0
                && Modifier.isPublic(method.getModifiers())
                && Set.of(int.class, long.class).contains(method.getReturnType());
    }
}

package symphony.benchmarks.load;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a process has measured, told to the one that started it as a line of standard output. One thread only. */
public final class Report {
    /** Begins the line with the figures, as JSON. */
    public static final String RESULT = "RESULT ";

    /** Begins the line of a process that failed; what and where stands in the lines before. */
    public static final String FAILED = "FAILED ";

    private final Map<String, String> figures = new LinkedHashMap<>();

    /** A number. */
    public void add(String name, double value) {
        figures.put(name, String.format(Locale.ROOT, "%.3f", value));
    }

    void add(String name, String value) {
        figures.put(name, '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
    }

    void add(Reading used, int handlers) {
        double deliveries = Math.max(1, used.deliveries());
        double seconds = used.nanos() / 1e9;
        add("deliveries_per_second", used.deliveries() / seconds);
        add("events_per_second", used.deliveries() / seconds / handlers);
        add("bytes_per_delivery", used.bytes() / deliveries);
        add("cpu_micros_per_delivery", used.cpuNanos() / 1e3 / deliveries);
        add("cores", used.cpuNanos() / (double) used.nanos());
        add("collections", used.collections());
        add("collection_millis", used.collectionMillis());
        add("collector", Reading.collector());
    }

    @Override
    public String toString() {
        return figures.entrySet().stream()
                .map(figure -> '"' + figure.getKey() + "\":" + figure.getValue())
                .collect(Collectors.joining(",", RESULT + "{", "}"));
    }
}

package symphony.nlp;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Finds slots in utterances: entries of lists that users declare, dates, times of day, durations, amounts and numbers, those in
 * English. Takes time in proportion to the length of the utterance, whatever is in it. Immutable, thread-safe.
 *
 * <p>From left to right the longest is taken, and of equally long ones the first of that order; slots do not overlap.
 */
final class SlotFinder {
    /** Most slots of one utterance; what follows them is not looked at. */
    static final int MOST_SLOTS = 50;

    private final Map<String, SlotReader> readers = new LinkedHashMap<>();

    /**
     * With declared lists.
     *
     * @param lists first in order
     * @param today where the people are who speak
     */
    SlotFinder(List<SlotList> lists, Supplier<LocalDate> today) {
        lists.forEach(list -> readers.put(list.name(), list));
        readers.put("date", new DateReader(today));
        readers.put("time", new TimeReader());
        readers.put("duration", new DurationReader());
        readers.put("amount", new AmountReader());
        readers.put("number", new NumberReader());
    }

    /** The slots of an utterance, from left to right. */
    List<Slot> find(String utterance) {
        Tokens tokens = Tokens.of(utterance);
        var slots = new ArrayList<Slot>();
        int at = 0;
        while (at < tokens.size() && slots.size() < MOST_SLOTS) {
            String name = "";
            SlotReader.Found longest = SlotReader.NOTHING;
            for (Map.Entry<String, SlotReader> reader : readers.entrySet()) {
                SlotReader.Found found = reader.getValue().read(tokens, at);
                if (found.end() > longest.end()) {
                    longest = found;
                    name = reader.getKey();
                }
            }
            if (longest.end() > at) {
                int begin = tokens.get(at).begin();
                int end = tokens.get(longest.end() - 1).end();
                slots.add(new Slot(name, utterance.substring(begin, end), longest.value(), longest.unit(), begin, end));
                at = longest.end();
            } else {
                at++;
            }
        }
        return slots;
    }

    /** As they stand in an event: by name, from left to right. */
    static Map<String, Object> data(List<Slot> slots) {
        var byName = new LinkedHashMap<String, List<Map<String, Object>>>();
        slots.forEach(slot ->
                byName.computeIfAbsent(slot.name(), key -> new ArrayList<>()).add(slot.data()));
        return new LinkedHashMap<>(byName);
    }
}

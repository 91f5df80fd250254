package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SlotListsTest {
    private static final String PID = "symphony.nlp.list~room";

    /** Half an hour before midnight in London, half an hour after it in Berlin. */
    private final SlotLists lists = new SlotLists(() -> Instant.parse("2026-11-30T23:30:00Z"), "Europe/London");

    private static SlotList declared(String entries) {
        return SlotLists.list(PID, SlotLists.settings(PID).orDefaults(Map.of("entries", entries)));
    }

    private List<String> found(String utterance) {
        return lists.finder().find(utterance).stream()
                .map(slot -> slot.name() + ' ' + slot.value())
                .toList();
    }

    @Test
    void findsWhatIsDeclaredAsLongAsItIs() {
        lists.put(this, declared("living room = lounge, den; kitchen;"));
        assertThat(found("the den, and the Kitchen")).containsExactly("room living room", "room kitchen");
        lists.put(this, declared("hall"));
        assertThat(found("the den and the hall")).containsExactly("room hall");
        lists.remove(this);
        assertThat(found("the den and the hall")).isEmpty();
    }

    @Test
    void keepsTheFirstOfTwoOfOneName() {
        lists.put("first", declared("hall"));
        lists.put("second", declared("den"));
        assertThat(found("the den and the hall")).containsExactly("room hall");
        lists.remove("first");
        assertThat(found("the den and the hall")).containsExactly("room den");
    }

    @Test
    void knowsWhichDayItIsWherePeopleAre() {
        assertThat(found("today")).containsExactly("date 2026-11-30");
        lists.zone("Europe/Berlin");
        assertThat(found("today")).containsExactly("date 2026-12-01");
    }

    @Test
    void refusesWhatCannotBeMeant() {
        assertThat(SlotLists.settings(PID).ifValid(Map.of("entries", "a = b; c = B"), values -> {}))
                .isFalse();
        assertThat(SlotLists.settings(PID).ifValid(Map.of("entries", "=b"), values -> {}))
                .isFalse();
        assertThat(SlotLists.settings(PID).ifValid(Map.of("entries", "kitchen; ?!"), values -> {}))
                .isFalse();
        assertThat(SlotLists.settings(PID).ifValid(Map.of("name", "date"), values -> {}))
                .isFalse();
        assertThat(SlotLists.settings(PID).ifValid(Map.of("name", "a b"), values -> {}))
                .isFalse();
        assertThatThrownBy(() -> SlotLists.checkZone("Berlin"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be a time zone");
    }

    /** Issue 13: a list that was named date by its PID took the place of dates. */
    @Test
    void namesNoListAsABuiltInSlot() {
        for (String last : List.of("date", "number", "two words", "9")) {
            String pid = SlotLists.PID + "~" + last;
            SlotList list = SlotLists.list(pid, SlotLists.settings(pid).orDefaults(Map.of("entries", "kitchen")));
            assertThat(list.name()).isEqualTo("list");
        }
    }
}

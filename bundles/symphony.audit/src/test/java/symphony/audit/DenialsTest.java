package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.Outcome;

class DenialsTest {
    private final Denials denials = new Denials(100);

    private Denials.Told add(String actor, String action, String target) {
        return denials.add(new AuditEntry(actor, action, target, Outcome.DENIED, Map.of("decision", "d")), 1, () -> {});
    }

    private static String text(Draft draft) throws MalformedRecordException {
        Content content = Content.decode(draft.content());
        AuditEntry entry = content.entry();
        return entry.actor() + " " + entry.action() + " " + entry.target() + " " + content.count();
    }

    private String told(String actor, String action, String target) throws MalformedRecordException {
        return text(add(actor, action, target).draft());
    }

    private List<Draft> drain() {
        var drafts = new ArrayList<Draft>();
        denials.drainTo(drafts, 2);
        return drafts;
    }

    @Test
    void whoIsDeniedVeryMuchErasesNobodysNameButHisOwnTargets() throws Exception {
        for (int i = 0; i < 1000; i++) {
            add("noisy", "event:publish", "t" + i);
        }
        assertThat(told("noisy", "event:publish", "more")).isEqualTo("noisy event:publish * 1");
        assertThat(told("other", "key:destroy", "event/3")).isEqualTo("other key:destroy event/3 1");
    }

    @Test
    void severalWhoAreDeniedVeryMuchErasePartOfWhatOthersDoOnly() throws Exception {
        for (int actor = 0; actor < 20; actor++) {
            for (int i = 0; i < 1000; i++) {
                add("noisy" + actor, "event:publish", "t" + i);
            }
        }
        assertThat(told("other", "key:destroy", "event/3"))
                .as("there is no room for targets any more")
                .isEqualTo("other key:destroy * 1");
    }

    @Test
    void actorsWithoutEndAreToldByActionAndThenByNothing() throws Exception {
        for (int actor = 0; actor < 1000; actor++) {
            add("noisy" + actor, "event:publish", "t");
        }
        assertThat(told("one", "event:publish", "t")).isEqualTo("* event:publish * 1");
        for (int action = 0; action < 1000; action++) {
            add("noisy", "a:" + action, "t");
        }
        assertThat(told("one", "key:destroy", "t")).isEqualTo("* * * 1");
    }

    @Test
    void isBoundedWhateverIsDeniedAndCountsAll() throws Exception {
        int firsts = 0;
        for (int i = 0; i < 20_000; i++) {
            firsts += add("actor" + i % 300, "a:" + i % 70, "t" + i).isNew() ? 1 : 0;
        }
        assertThat(firsts).isLessThanOrEqualTo(100 + 100 + 10 + 1);
        List<Draft> numbers = drain();
        assertThat(numbers).hasSizeLessThanOrEqualTo(firsts);
        long counted = 0;
        for (Draft draft : numbers) {
            counted += Content.decode(draft.content()).count();
        }
        assertThat(firsts + counted).isEqualTo(20_000);
    }

    @Test
    void givesPlacesBackOnceTheyAreForgotten() throws Exception {
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 50; i++) {
                assertThat(told("noisy", "event:publish", "t" + round + "/" + i))
                        .endsWith("/" + i + " 1");
            }
            drain();
            drain();
        }
        assertThat(denials.isEmpty()).isTrue();
    }

    @Test
    void countsOnWhatIsRefused() throws Exception {
        add("acme", "a:b", "t");
        add("acme", "a:b", "t");
        Draft number = drain().get(0);
        add("acme", "a:b", "t");
        number.refuse(Fate.refused("", null));
        assertThat(denials.left()).isEqualTo(2);
        assertThat(text(drain().get(0))).isEqualTo("acme a:b t 2");
    }
}

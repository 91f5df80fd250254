package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractList;
import org.junit.jupiter.api.Test;
import symphony.api.rbac.Decision;
import symphony.component.Guard;

class HandlerCheckTest {
    private final Guard guard = new Guard(false);
    private final HandlerCheck check = new HandlerCheck(guard);

    private static TestHandler handler(String topic, Object... properties) {
        return TestHandler.of(topic, delivery -> {}, properties);
    }

    private static String reason(Reading reading) {
        assertThat(reading).isInstanceOf(Reading.Refused.class);
        return ((Reading.Refused) reading).reason();
    }

    @Test
    void permitsWhatIsRightAndAllowed() {
        HandlerCheck.Checked checked = check.checked(handler("t", "symphony.type", "java.lang.String"));
        assertThat(checked.seen())
                .isInstanceOfSatisfying(
                        Reading.Usable.class,
                        seen -> assertThat(seen.properties().topics()).hasToString("[t]"));
        assertThat(checked.permitted()).isEqualTo(checked.seen());
    }

    @Test
    void tellsWhetherAHandlerSaysTheSame() {
        TestHandler handler = handler("t");
        Reading before = check.read(handler);
        assertThat(check.read(handler)).isEqualTo(before).isNotEqualTo(Reading.NONE);
        handler.set("u");
        assertThat(check.read(handler)).isNotEqualTo(before);
        handler.set("t//t");
        Reading bad = check.read(handler);
        assertThat(check.read(handler)).isEqualTo(bad).isNotEqualTo(before);
    }

    @Test
    void refusesPropertiesThatAreWrongWithTheReason() {
        HandlerCheck.Checked checked = check.checked(handler("t", "symphony.concurrency", 0));
        assertThat(reason(checked.permitted()))
                .contains("symphony.concurrency is 0")
                .contains("1024");
        assertThat(checked.seen()).isEqualTo(checked.permitted());
    }

    @Test
    void refusesPropertiesThatCannotBeRead() {
        TestHandler handler = handler("t");
        handler.setRaw(new AbstractList<String>() {
            @Override
            public String get(int index) {
                throw new StackOverflowError("of the handler's own");
            }

            @Override
            public int size() {
                return 1;
            }
        });
        assertThat(reason(check.checked(handler).permitted()))
                .startsWith("its properties cannot be read: ")
                .contains("of the handler's own");
    }

    @Test
    void knowsWhatItReadAlsoWhereItIsNotAllowed() {
        guard.bind((principal, permission) -> new Decision(false, "a test's"));
        TestHandler handler = handler("t");
        HandlerCheck.Checked checked = check.checked(handler);
        assertThat(reason(checked.permitted())).contains("acme").contains("event:subscribe:t");
        assertThat(checked.seen()).as("the same until its properties change").isEqualTo(check.read(handler));
    }

    @Test
    void refusesATypeThatTheBundleCannotLoad() {
        HandlerCheck.Checked checked = check.checked(handler("t", "symphony.type", "com.acme.Order"));
        assertThat(reason(checked.permitted())).contains("symphony.type").contains("com.acme.Order");
        assertThat(checked.seen()).isInstanceOf(Reading.Usable.class);
    }

    @Test
    void decidesNothingWhereAccessControlFails() {
        guard.bind((principal, permission) -> {
            throw new IllegalStateException("the roles are being read");
        });
        assertUndecided(check, "access control gave no answer");
    }

    private static void assertUndecided(HandlerCheck check, String why) {
        HandlerCheck.Checked checked = check.checked(handler("t"));
        assertThat(checked.permitted())
                .isInstanceOfSatisfying(
                        Reading.Undecided.class,
                        undecided -> assertThat(undecided.reason()).contains("acme", "event:subscribe:t", why));
        assertThat(checked.seen()).isInstanceOf(Reading.Usable.class);
    }

    @Test
    void decidesNothingWhereNobodyIsThereToDecide() {
        assertUndecided(new HandlerCheck(new Guard(true)), "no access control is there");
    }
}

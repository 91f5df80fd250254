package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.Outcome;
import symphony.api.dispatcher.HandlerState;
import symphony.api.event.Schedule;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Decision;
import symphony.component.Guard;

@Timeout(120)
class AdministrationTest {
    private final Guard guard = new Guard(false);
    private final Rig rig = new Rig(guard, Editor.NONE);
    private final List<String> entries = new ArrayList<>();

    @BeforeEach
    void fill() {
        rig.bindAll();
        rig.dispatcher.guard = guard;
        rig.dispatcher
                .with("a.bundle/first", HandlerState.ACTIVE, "", "x")
                .with("b.bundle/first", HandlerState.ACTIVE, "", "x")
                .with("b.bundle/second", HandlerState.ACTIVE, "", "x");
        rig.queues.with(1, "a.bundle/first", "orders/new", "broken").with(2, "b.bundle/first", "x", "broken");
        guard.bind(new AuditSink() {
            @Override
            public void record(AuditEntry entry) {
                entries.add(entry.actor() + " " + entry.action() + " " + entry.target() + " " + entry.outcome());
            }

            @Override
            public void count(String a, String p, String t, String s, Outcome o, UUID id) {
                throw new UnsupportedOperationException();
            }
        });
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void pausesAndResumesByIdentityOrShortName() {
        assertThat(rig.run("symphony:pause a.bundle/first"))
                .isEqualTo("a.bundle/first is paused; resume it with symphony:resume");
        assertThat(rig.run("symphony:resume second")).isEqualTo("b.bundle/second is resumed");
        assertThat(rig.dispatcher.calls).containsExactly("pause a.bundle/first", "resume b.bundle/second");
    }

    @Test
    void pausesAndResumesAPoolOrAll() {
        assertThat(rig.run("symphony:pause --pool reports"))
                .isEqualTo("pool reports is paused; resume it with symphony:resume --pool reports");
        assertThat(rig.run("symphony:resume --pool reports")).isEqualTo("pool reports is resumed");
        assertThat(rig.run("symphony:pause --all"))
                .isEqualTo("the dispatcher is paused; resume it with symphony:resume --all");
        assertThat(rig.run("symphony:resume --all")).isEqualTo("the dispatcher is resumed");
        assertThat(rig.dispatcher.calls)
                .containsExactly("pause pool reports", "resume pool reports", "pause all", "resume all");
        assertThat(rig.run("symphony:pause --pool raports"))
                .isEqualTo("pause: there is no pool 'raports'; symphony:status lists the pools");
        for (String line :
                List.of("pause", "pause --all second", "resume second --pool reports", "resume --all --pool x")) {
            assertThat(rig.run("symphony:" + line)).endsWith(": give one of NAME, --pool POOL and --all");
        }
        assertThat(rig.dispatcher.calls).hasSize(5);
    }

    @Test
    void listsSetsAndLiftsQuarantines() {
        assertThat(rig.run("symphony:quarantine list")).isEqualTo("no subscription is in quarantine");
        rig.dispatcher.with("c.bundle/ill", HandlerState.QUARANTINED, "5 calls in a row were late", "x");
        assertThat(rig.run("symphony:quarantine list"))
                .contains("SUBSCRIPTION", "PROBE IN", "TIMES", "c.bundle/ill", "150", "5 calls in a row were late")
                .doesNotContain("b.bundle/second");
        assertThat(rig.run("symphony:quarantine lift ill")).isEqualTo("the quarantine of c.bundle/ill is lifted");
        assertThat(rig.run("symphony:quarantine lift second"))
                .isEqualTo("quarantine: b.bundle/second is in no quarantine; symphony:quarantine list shows which are");
        assertThat(rig.run("symphony:quarantine set second --reason moving"))
                .startsWith("b.bundle/second is in quarantine")
                .endsWith("; symphony:quarantine lift ends it, symphony:pause shuts it for as long as you like");
        assertThat(rig.dispatcher.calls)
                .containsExactly("lift c.bundle/ill", "lift b.bundle/second", "quarantine b.bundle/second, moving");
    }

    @Test
    void refusesQuarantineCommandsThatSayNotEnoughOrTooMuch() {
        assertThat(rig.run("symphony:quarantine lift")).startsWith("quarantine: lift needs the NAME of a subscription");
        assertThat(rig.run("symphony:quarantine list second")).startsWith("quarantine: list takes no NAME");
        assertThat(rig.run("symphony:quarantine lift second --reason x"))
                .isEqualTo("quarantine: --reason is for set, not for lift");
        assertThat(rig.run("symphony:quarantine heal second")).startsWith("quarantine: unknown action 'heal'");
        assertThat(rig.dispatcher.calls).isEmpty();
    }

    @Test
    void takesTheLastPartOfALongName() {
        rig.dispatcher.with("c.bundle/org.acme.Invoicing", HandlerState.ACTIVE, "", "x");
        assertThat(rig.run("symphony:pause Invoicing")).startsWith("c.bundle/org.acme.Invoicing is paused");
        assertThat(rig.run("symphony:pause acme.Invoicing")).startsWith("pause: no subscription 'acme.Invoicing'");
        rig.dispatcher.with("d.bundle/Invoicing", HandlerState.ACTIVE, "", "x");
        assertThat(rig.run("symphony:pause Invoicing"))
                .isEqualTo(
                        "pause: 'Invoicing' is ambiguous; write one of c.bundle/org.acme.Invoicing, d.bundle/Invoicing");
        assertThat(rig.run("symphony:pause d.bundle/Invoicing")).startsWith("d.bundle/Invoicing is paused");
    }

    @Test
    void listsTenCandidatesAtMost() {
        for (int i = 10; i < 25; i++) {
            rig.dispatcher.with("bundle" + i + "/same", HandlerState.ACTIVE, "", "x");
        }
        assertThat(rig.run("symphony:pause same"))
                .contains("bundle10/same", "bundle19/same and 5 more")
                .doesNotContain("bundle20/same");
    }

    @Test
    void refusesDeadLettersOfASubscriptionThatNobodyKnows() {
        String unknown =
                "dead: no subscription 'no/such', and no dead letter of one; symphony:subscriptions lists them";
        assertThat(rig.run("symphony:dead list --subscription no/such")).isEqualTo(unknown);
        assertThat(rig.run("symphony:dead redrive --all --subscription no/such"))
                .isEqualTo(unknown);
        assertThat(rig.run("symphony:dead list --subscription first"))
                .startsWith("dead: 'first' is ambiguous; write one of a.bundle/first, b.bundle/first");
        assertThat(rig.run("symphony:dead list --subscription second")).isEqualTo("no dead letters");
        assertThat(rig.queues.calls).isEmpty();
    }

    @Test
    void knowsSubscriptionsThatLeftNothingButDeadLetters() {
        rig.queues.with(3, "gone.bundle/org.acme.Gone", "x", "its handler is gone");
        assertThat(rig.run("symphony:dead list --subscription Gone")).contains("its handler is gone");
        assertThat(rig.run("symphony:pause Gone")).startsWith("pause: no subscription 'Gone'");
        assertThat(rig.run("symphony:dead redrive --all --subscription Gone")).isEqualTo("1 event waits again");
        assertThat(rig.queues.calls).containsExactly("redrive 3");
    }

    @Test
    void refusesOptionsThatWouldDoNothing() {
        assertThat(rig.run("symphony:dead redrive 1 --subscription second"))
                .isEqualTo(
                        "dead: --subscription is for list and redrive --all, not for redrive N; see symphony:help dead");
        assertThat(rig.run("symphony:dead drop 1 --all")).startsWith("dead: --all is for redrive, not for drop N");
        assertThat(rig.run("symphony:dead list --data")).startsWith("dead: --data is for show, not for list");
        assertThat(rig.run("symphony:dead show 1 --limit 3")).startsWith("dead: --limit is for list, not for show N");
        assertThat(rig.queues.calls).isEmpty();
    }

    @Test
    void saysWhichNamesThereAre() {
        assertThat(rig.run("symphony:pause first"))
                .isEqualTo("pause: 'first' is ambiguous; write one of a.bundle/first, b.bundle/first");
        assertThat(rig.run("symphony:pause nobody"))
                .isEqualTo("pause: no subscription 'nobody'; symphony:subscriptions lists them");
    }

    @Test
    void doesNothingWithoutPermission() {
        guard.bind((AccessControl) (principal, permission) -> new Decision(
                permission.domain().equals("shell") || permission.action().equals("list"), "no grant"));
        assertThat(rig.run("symphony:pause second"))
                .isEqualTo("pause: symphony.shell has no permission dispatcher:pause:b.bundle/second (no grant)");
        assertThat(rig.run("symphony:dead redrive 1")).contains("no permission dead:redrive:a.bundle/first");
        assertThat(rig.run("symphony:dead drop 1")).contains("no permission dead:drop:a.bundle/first");
        assertThat(rig.run("symphony:dead show 1 --data")).contains("no permission crypto:peek:orders/new");
        assertThat(rig.run("symphony:peek 1")).contains("no permission crypto:peek:orders/new");
        assertThat(rig.dispatcher.calls).isEmpty();
        assertThat(rig.queues.calls).isEmpty();
        assertThat(entries).hasSize(5).allMatch(entry -> entry.endsWith("DENIED"));
    }

    /** What the dispatcher would show the shell is the shell's own, and not all that there is. */
    @Test
    void listsNothingWithoutThePermissionToSeeAll() {
        guard.bind((AccessControl) (principal, permission) ->
                new Decision(!permission.toString().startsWith("dispatcher:list:"), "no grant"));
        for (String line : List.of("handlers", "queues", "subscriptions", "topics", "status", "quarantine list")) {
            assertThat(rig.run("symphony:" + line))
                    .isEqualTo(line.split(" ")[0]
                            + ": symphony.shell has no permission dispatcher:list:dispatcher (no grant)");
        }
        // a name is taken as it is, whether it is there or not
        rig.run("symphony:pause b.bundle/second");
        rig.run("symphony:resume second");
        assertThat(rig.dispatcher.calls).containsExactly("pause b.bundle/second", "resume second");
    }

    @Test
    void doesNothingThatCannotBeAuditedWhereSecurityIsRequired() {
        var strict = new Guard(true);
        strict.bind((AccessControl) (principal, permission) -> new Decision(true, ""));
        try (var other = new Rig(strict, Editor.NONE)) {
            other.bindAll();
            other.queues.with(1, "a/b", "x", "broken");
            assertThat(other.run("symphony:dead drop 1"))
                    .isEqualTo("dead: dead:drop on a/b needs an audit entry, and no audit service is there");
            assertThat(other.queues.calls).isEmpty();
        }
    }

    @Test
    void cancelsByIdOrBeginning() {
        rig.run("symphony:publish a --delay 1h");
        rig.run("symphony:publish b --delay 1h");
        assertThat(rig.run("symphony:cancel 01976f0c")).startsWith("cancel: several ids begin with '01976f0c'");
        assertThat(rig.run("symphony:cancel 01976f0c-7c5e-7000-0000-000000000002"))
                .isEqualTo("01976f0c-7c5e-7000-0000-000000000002 is cancelled");
        assertThat(rig.run("symphony:cancel 01976F0C")).isEqualTo("01976f0c-7c5e-7000-0000-000000000001 is cancelled");
        assertThat(rig.events.schedules).allMatch(s -> s.state() == Schedule.State.CANCELLED);
        assertThat(rig.run("symphony:cancel 01976f0c-7c5e-7000-0000-000000000002"))
                .startsWith("cancel: nothing is scheduled");
        assertThat(rig.run("symphony:cancel 01")).startsWith("cancel: '01' is too short");
        assertThat(rig.run("symphony:cancel x1976f0c-7c5e-7000-0000-00000000000g"))
                .contains("is no id");
        assertThat(entries).hasSize(2).allMatch(entry -> entry.contains(" schedule:cancel "));
    }

    @Test
    void redrivesOneOrAll() {
        assertThat(rig.run("symphony:dead redrive 1")).isEqualTo("1 waits again for a.bundle/first");
        assertThat(rig.run("symphony:dead redrive --all --subscription second")).isEqualTo("0 events wait again");
        assertThat(rig.run("symphony:dead redrive --all")).isEqualTo("1 event waits again");
        assertThat(rig.queues.calls).containsExactly("redrive 1", "redrive 2");
        assertThat(entries)
                .containsExactly(
                        "symphony.shell dead:redrive a.bundle/first DONE",
                        "symphony.shell dead:redrive b.bundle/first DONE");
    }

    @Test
    void tellsAndAuditsWhenARedriveIsRefused() {
        rig.queues.full = true;
        assertThat(rig.run("symphony:dead redrive 1"))
                .isEqualTo("dead: dead letter 1 was not taken by a.bundle/first: FULL, holds 10000 events");
        assertThat(rig.run("symphony:dead redrive --all"))
                .isEqualTo("0 events wait again, 2 refused, the first one: FULL, holds 10000 events");
        assertThat(entries).contains("symphony.shell dead:redrive a.bundle/first FAILED");
    }

    @Test
    void redrivesInTheOrderOfTheFirstPushAndOvertakesNone() {
        rig.queues.with(3, "a.bundle/first", "orders/new", "broken").with(4, "a.bundle/first", "orders/paid", "broken");
        rig.queues.fullAfter = 1;
        assertThat(rig.run("symphony:dead redrive --all --subscription a.bundle/first"))
                .isEqualTo(
                        "1 event waits again, 1 refused, the first one: FULL, holds 10000 events; 1 behind stay, to keep"
                                + " the order");
        assertThat(rig.queues.calls).containsExactly("redrive 4", "redrive 3");
    }

    @Test
    void leavesOnlyThoseOfItsKeyAloneThatMustFollowAnother() {
        rig.queues
                .with(3, "a.bundle/first", "orders/paid", "broken")
                .with(4, "a.bundle/first", "orders/paid", "broken");
        rig.queues.before.put(4L, 1L);
        assertThat(rig.run("symphony:dead redrive --all --topic orders/paid --subscription a.bundle/first"))
                .isEqualTo("1 event waits again, 1 refused, the first one: ORDER, re-drive that one first");
        assertThat(rig.queues.calls).containsExactly("redrive 4", "redrive 3");
    }

    @Test
    void redrivesWhatAFilterMeans() {
        rig.queues.with(3, "a.bundle/first", "orders/paid", "broken");
        String all = "symphony:dead redrive --all ";
        assertThat(rig.run(all + "--topic orders/paid")).isEqualTo("1 event waits again");
        assertThat(rig.run(all + "--reason mismatch,key-destroyed")).isEqualTo("0 events wait again");
        assertThat(rig.run(all + "--after 1m")).isEqualTo("0 events wait again");
        assertThat(rig.run(all + "--before 2m")).isEqualTo("0 events wait again");
        assertThat(rig.run(all + "--before 2026-11-24T11:00:00Z")).isEqualTo("0 events wait again");
        assertThat(rig.queues.calls).containsExactly("redrive 3");
        assertThat(rig.run(all + "--reason ATTEMPTS --after 2m --before 1m --topic orders/*"))
                .isEqualTo("1 event waits again");
        assertThat(rig.queues.letters).containsOnlyKeys(2L);
    }

    @Test
    void redrivesByTheIdOfTheEventForEachThatGaveItUp() {
        String id = "00000000-0000-0000-0000-000000000009"; // of all that the fake has
        assertThat(rig.run("symphony:dead show " + id))
                .isEqualTo("dead: several subscriptions gave up the event " + id + "; write one of memory:1, memory:2");
        assertThat(rig.run("symphony:dead redrive " + id)).isEqualTo("2 events wait again");
        assertThat(rig.run("symphony:dead redrive " + id)).startsWith("dead: no dead letter '" + id + "'");
    }

    @Test
    void showsWhatItWouldRedriveAndTouchesNothing() {
        rig.queues.with(3, "a.bundle/first", "orders/new", "broken");
        assertThat(rig.run("symphony:dead redrive --all --dry-run")
                        .lines()
                        .map(line -> line.strip().split(" ")[0]))
                .containsExactly("NUMBER", "3", "1", "2");
        assertThat(rig.run("symphony:dead redrive 2 --dry-run").lines()).hasSize(2);
        assertThat(rig.queues.calls).isEmpty();
        assertThat(entries).isEmpty();
    }

    @Test
    void saysWhatIsWrongWithAFilter() {
        assertThat(rig.run("symphony:dead list --reason sad"))
                .startsWith("dead: --reason is 'sad', must be of attempts, ")
                .contains("handler-gone");
        assertThat(rig.run("symphony:dead list --after yesterday"))
                .isEqualTo("dead: --after is 'yesterday', must be how long ago, as 10m, or an instant, as"
                        + " 2026-11-24T12:00:00Z");
        assertThat(rig.run("symphony:dead list --after 99999999999999d"))
                .startsWith("dead: --after is '99999999999999d', must be how long ago, as 10m, or an instant");
        assertThat(rig.run("symphony:dead list --before 25:61")).startsWith("dead: --before is '25:61', must be");
        assertThat(rig.run("symphony:dead list --topic a//b")).startsWith("dead: topic filter 'a//b'");
        assertThat(rig.run("symphony:dead redrive 1 --topic a"))
                .startsWith("dead: --topic is for list and redrive --all, not for redrive N");
        assertThat(rig.run("symphony:dead drop 1 --dry-run"))
                .startsWith("dead: --dry-run is for redrive, not for drop");
    }

    @Test
    void dropsAndAudits() {
        assertThat(rig.run("symphony:dead drop 2")).isEqualTo("2 is discarded");
        assertThat(rig.queues.letters).containsOnlyKeys(1L);
        assertThat(entries).containsExactly("symphony.shell dead:drop b.bundle/first DONE");
    }

    @Test
    void asksForTheKindWhereNumbersAreNotUnique() {
        rig.services.providers.add(new FakeQueues("journal").with(1, "c/d", "y", "x"));
        assertThat(rig.run("symphony:dead show 1"))
                .isEqualTo("dead: several kinds of queues have a number 1; write one of memory:1, journal:1");
        assertThat(rig.run("symphony:dead show journal:1")).contains("1 (journal), ATTEMPTS", "c/d");
        assertThat(entries).isEmpty();
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(rig.run("symphony:dead")).startsWith("dead: ACTION is missing");
        assertThat(rig.run("symphony:dead kill 1")).startsWith("dead: unknown action 'kill'; known are list");
        assertThat(rig.run("symphony:dead show")).startsWith("dead: number is missing; write symphony:dead show N");
        assertThat(rig.run("symphony:dead drop x")).startsWith("dead: 'x' is no number");
        assertThat(rig.run("symphony:dead drop 99")).startsWith("dead: no dead letter '99'");
        assertThat(rig.run("symphony:dead redrive 1 --all")).startsWith("dead: give either a number or --all");
    }
}

package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import symphony.api.event.Event;
import symphony.api.event.Recurrence;
import symphony.api.event.Recurrence.Misfire;

@Timeout(120)
class SchedulingTest {
    private final Rig rig = Rig.complete();

    @AfterEach
    void close() {
        rig.close();
    }

    private FakeEvents.FakeSchedule scheduled(String line) {
        rig.events.schedules.clear();
        assertThat(rig.run(line)).contains(" scheduled, ");
        assertThat(rig.events.schedules).hasSize(1);
        return rig.events.schedules.get(0);
    }

    private Recurrence recurrence(String line) {
        return scheduled(line).recurrence.orElseThrow();
    }

    @Test
    void schedulesEachKind() {
        assertThat(recurrence("symphony:schedule a --rate 1.5m"))
                .isEqualTo(Recurrence.fixedRate(Duration.ofSeconds(90)));
        assertThat(recurrence("symphony:schedule a --delay 5s"))
                .isEqualTo(Recurrence.fixedDelay(Duration.ofSeconds(5)));
        assertThat(recurrence("symphony:schedule a --cron \"0 7 * * MON-FRI\" --zone Europe/Berlin"))
                .isEqualTo(Recurrence.cron("0 7 * * MON-FRI", ZoneId.of("Europe/Berlin")));
        assertThat(recurrence("symphony:schedule a --cron '*/10 * * * * *'"))
                .isEqualTo(Recurrence.cron("*/10 * * * * *", ZoneId.systemDefault()));
    }

    @Test
    void passesTheOptionsOn() {
        var rate = Recurrence.fixedRate(Duration.ofSeconds(5));
        assertThat(recurrence("symphony:schedule a --rate 5s --from 0 --times 3 --misfire skip --keep"))
                .isEqualTo(rate.startAfter(Duration.ZERO)
                        .times(3)
                        .misfire(Misfire.SKIP)
                        .keptWithoutOwner());
        assertThat(recurrence("symphony:schedule a --rate 5s --from 2026-12-01T10:00:00Z"
                        + " --until 2026-12-02T10:00:00Z --misfire=catch-up=3"))
                .isEqualTo(rate.startAt(Instant.parse("2026-12-01T10:00:00Z"))
                        .until(Instant.parse("2026-12-02T10:00:00Z"))
                        .catchUp(3));
        assertThat(recurrence("symphony:schedule a --rate 5s --misfire once")).isEqualTo(rate);
        Event event =
                scheduled("symphony:schedule a/b n=1 --rate 5s --priority 2 --ttl 1m --key k --attribute x=y").event;
        assertThat(event.topic()).isEqualTo("a/b");
        assertThat(event.data()).isEqualTo(Map.of("n", 1L));
        assertThat(event.priority()).isEqualTo(2);
        assertThat(event.timeToLive()).contains(Duration.ofMinutes(1));
        assertThat(event.key()).contains("k");
        assertThat(event.attributes()).isEqualTo(Map.of("x", "y"));
    }

    @Test
    void tellsWhatItScheduled() {
        assertThat(rig.run("symphony:schedule a --rate 5s --times 3"))
                .isEqualTo("01976f0c-7c5e-7000-0000-000000000001 scheduled, every 5s, 3 times, due in 1s");
        assertThat(rig.run("symphony:schedule a --delay 5s --json"))
                .contains("\"kind\":\"delay\",\"recurrence\":\"5s after each\",\"fired\":0,\"skipped\":0,\"failed\":0");
    }

    @Test
    void listsNextTimeKindAndCounts() {
        FakeEvents.FakeSchedule schedule =
                scheduled("symphony:schedule clock/tick --cron \"0 7 * * MON-FRI\" --zone Europe/Berlin");
        schedule.fired = 12;
        schedule.skipped = 3_000;
        rig.run("symphony:publish once --delay 5s");
        assertThat(rig.run("symphony:scheduled")).isEqualTo("""
                ID                                    DUE IN  TOPIC       OWNER
                01976f0c-7c5e-7000-0000-000000000001      1s  clock/tick  symphony.shell
                    cron 0 7 * * MON-FRI Europe/Berlin; next 2026-11-24T12:00:01Z; fired 12,
                    skipped 3 000
                01976f0c-7c5e-7000-0000-000000000002      5s  once        symphony.shell
                """.stripTrailing());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a | give one of --rate, --delay and --cron; once is symphony:publish --delay or --at",
                "a --rate 5s --cron '* * * * *' | give one of --rate, --delay and --cron",
                "--rate 5s | TOPIC is missing",
                "a --rate 0 | period of a fixed rate is PT0S, must be 1 ms to 3653 days",
                "a --delay 4000d | fixed delay is PT96000H, must be 1 ms to 3653 days",
                "a --rate soon | --rate: 'soon' is no time",
                "a --rate 5s --zone UTC | --zone is of --cron; leave it out",
                "a --cron '* * * * *' --zone Mars | --zone is 'Mars', must be a zone as Europe/Berlin",
                "a --rate 5s --from noon | --from is 'noon', must be a time as 10s, up to 3653d, or an instant",
                "a --rate 5s --from 4000d | --from is '4000d', must be a time as 10s, up to 3653d, or an instant",
                "a --rate 5s --until noon | --until is 'noon', must be an instant",
                "a --rate 5s --times 0 | --times is '0', must be a whole number, 1 to",
                "a --rate 5s --misfire never | --misfire is 'never', must be once, skip or catch-up=N with N 1 to 1000",
                "a --rate 5s --misfire catch-up=1001 | most times to catch up with is 1001, must be 1 to 1000",
                "a x --rate 5s | 'x' is no key=value",
            })
    void saysInOneLineWhatIsWrong(String arguments, String error) {
        String printed = rig.run("symphony:schedule " + arguments);
        assertThat(printed)
                .startsWith("schedule: ")
                .contains(error)
                .doesNotContain("\n")
                .doesNotContain("Exception");
        assertThat(rig.events.schedules).isEmpty();
    }
}

package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private static final BreakerSettings SETTINGS =
            new BreakerSettings(3, 4, 0, 10, Duration.ofSeconds(10), Duration.ofSeconds(60));
    private static final long SECOND = 1_000_000_000L;

    private final Breaker breaker = new Breaker();
    private long now = -5 * SECOND; // a nano clock may begin anywhere

    private Breaker.Change fails() {
        return fails(UUID.randomUUID());
    }

    private Breaker.Change fails(UUID event) {
        return breaker.failed(event, "x.Y: z", SETTINGS, now);
    }

    private Breaker.Change overruns() {
        return breaker.overran(SETTINGS, now);
    }

    private void probe() {
        assertThat(breaker.halfOpen(breaker.opening().number())).isTrue();
    }

    @Test
    void opensAfterSoManyOverrunsInARow() {
        assertThat(overruns()).isEqualTo(Breaker.Change.NONE);
        assertThat(overruns()).isEqualTo(Breaker.Change.NONE);
        assertThat(overruns()).isEqualTo(Breaker.Change.OPENED);
        assertThat(breaker.isOpen()).isTrue();
        assertThat(breaker.opening().reason()).isEqualTo("3 calls in a row went over the time limit");
        assertThat(breaker.opening().probeNanos()).isEqualTo(now + 10 * SECOND);
        assertThat(breaker.quarantines()).isEqualTo(1);
    }

    @Test
    void startsAnewAfterAGoodCall() {
        for (int i = 0; i < 10; i++) {
            overruns();
            overruns();
            fails();
            fails();
            fails();
            assertThat(breaker.succeeded(SETTINGS)).isEqualTo(Breaker.Change.NONE);
        }
        assertThat(breaker.opening()).isNull();
    }

    @Test
    void countsAnEventThatFailsAgainAndAgainOnce() {
        UUID bad = UUID.randomUUID();
        for (int i = 0; i < 100; i++) {
            assertThat(fails(bad)).isEqualTo(Breaker.Change.NONE);
        }
        fails();
        fails();
        assertThat(fails()).isEqualTo(Breaker.Change.OPENED);
        assertThat(breaker.opening().reason()).isEqualTo("4 events in a row failed, the last with x.Y: z");
    }

    @Test
    void closesWhenTheProbeIsGood() {
        breaker.open("test", SETTINGS, now);
        probe();
        assertThat(breaker.isHalfOpen()).isTrue();
        assertThat(breaker.succeeded(SETTINGS)).isEqualTo(Breaker.Change.CLOSED);
        assertThat(breaker.opening()).isNull();
        assertThat(fails()).isEqualTo(Breaker.Change.NONE);
    }

    @Test
    void doublesTheWaitWhenTheProbeIsBadUpToTheLongest() {
        breaker.open("test", SETTINGS, now);
        for (int seconds : new int[] {20, 40, 60, 60}) {
            probe();
            assertThat(fails()).isEqualTo(Breaker.Change.REOPENED);
            assertThat(breaker.opening().probeNanos()).isEqualTo(now + seconds * SECOND);
            now += seconds * SECOND;
        }
        assertThat(breaker.opening().probes()).isEqualTo(4);
        assertThat(breaker.quarantines()).isEqualTo(1);
        probe();
        breaker.succeeded(SETTINGS);
        breaker.open("again", SETTINGS, now);
        assertThat(breaker.opening().probeNanos()).isEqualTo(now + 10 * SECOND);
    }

    @Test
    void doesNotCareForCallsThatBeganBeforeItOpened() {
        breaker.open("test", SETTINGS, now);
        assertThat(fails()).isEqualTo(Breaker.Change.NONE);
        assertThat(overruns()).isEqualTo(Breaker.Change.NONE);
        assertThat(breaker.succeeded(SETTINGS)).isEqualTo(Breaker.Change.NONE);
        assertThat(breaker.isOpen()).isTrue();
        assertThat(breaker.opening().probes()).isZero();
        probe();
        assertThat(breaker.succeeded(SETTINGS)).as("the probe").isEqualTo(Breaker.Change.CLOSED);
    }

    @Test
    void forgetsTheLastCallsWhileNoRateIsWanted() {
        var rate = new BreakerSettings(0, 0, .5, 10, Duration.ofSeconds(10), Duration.ofSeconds(60));
        for (int i = 0; i < 10; i++) {
            if (i % 2 == 0) {
                breaker.succeeded(rate);
            } else if (i < 9) {
                breaker.failed(UUID.randomUUID(), "x", rate, now);
            }
        }
        breaker.succeeded(rate);
        breaker.reconsider(SETTINGS);
        assertThat(breaker.isClean(SETTINGS)).as("good calls are not told now").isTrue();
        breaker.reconsider(rate);
        assertThat(breaker.failed(UUID.randomUUID(), "x", rate, now)).isEqualTo(Breaker.Change.NONE);
    }

    @Test
    void isNotOpenedByARateThatIsWantedNoMore() {
        var rate = new BreakerSettings(0, 0, .5, 10, Duration.ofSeconds(10), Duration.ofSeconds(60));
        var off = new BreakerSettings(0, 0, 0, 10, Duration.ofSeconds(10), Duration.ofSeconds(60));
        for (int i = 0; i < 10; i++) {
            breaker.succeeded(rate);
        }
        // when: other settings apply, which the breaker is not told yet
        assertThat(breaker.failed(UUID.randomUUID(), "x", off, now)).isEqualTo(Breaker.Change.NONE);
        assertThat(breaker.overran(off, now)).isEqualTo(Breaker.Change.NONE);
        assertThat(breaker.opening()).isNull();
    }

    @Test
    void countsEventsThatTakeTurnsOnceEach() {
        List<UUID> bad = List.of(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID());
        for (int i = 0; i < 300; i++) {
            assertThat(fails(bad.get(i % 3))).isEqualTo(Breaker.Change.NONE);
        }
        assertThat(fails()).isEqualTo(Breaker.Change.OPENED);
    }

    @Test
    void beginsItsWaitAnewWhenSomebodyWantsItAgainAndIgnoresTheProbeThatRuns() {
        breaker.open("first", SETTINGS, now);
        long since = now;
        probe();
        now += 7 * SECOND;
        assertThat(breaker.open("second", SETTINGS, now)).isEqualTo(Breaker.Change.REOPENED);
        assertThat(breaker.succeeded(SETTINGS)).isEqualTo(Breaker.Change.NONE);
        assertThat(fails()).isEqualTo(Breaker.Change.NONE);
        assertThat(breaker.isOpen()).isTrue();
        assertThat(breaker.opening().reason()).isEqualTo("second");
        assertThat(breaker.opening().sinceNanos()).isEqualTo(since);
        assertThat(breaker.opening().probeNanos()).isEqualTo(now + 10 * SECOND);
        assertThat(breaker.quarantines()).isEqualTo(1);
    }

    @Test
    void waitsAsLongAsIsConfiguredNow() {
        breaker.open("test", SETTINGS, now);
        probe();
        fails();
        assertThat(breaker.reconsider(SETTINGS)).isFalse();
        var shorter = new BreakerSettings(3, 4, 0, 10, Duration.ofSeconds(1), Duration.ofSeconds(60));
        assertThat(breaker.reconsider(shorter)).isTrue();
        assertThat(breaker.opening().probeNanos()).as("twice one second").isEqualTo(now + 2 * SECOND);
        assertThat(breaker.opening().reason()).isEqualTo("the probe failed with x.Y: z");
    }

    @Test
    void judgesByTheWindowOfNow() {
        var hundred = new BreakerSettings(0, 0, 0.5, 100, Duration.ofSeconds(1), Duration.ofSeconds(1));
        var ten = new BreakerSettings(0, 0, 0.5, 10, Duration.ofSeconds(1), Duration.ofSeconds(1));
        for (int i = 0; i < 100; i++) {
            assertThat(i < 6 ? breaker.failed(UUID.randomUUID(), "x", hundred, now) : breaker.succeeded(hundred))
                    .isEqualTo(Breaker.Change.NONE);
        }
        assertThat(breaker.failed(UUID.randomUUID(), "x", ten, now)).isEqualTo(Breaker.Change.NONE);
        for (int i = 0; i < 5; i++) {
            assertThat(breaker.succeeded(ten)).isEqualTo(Breaker.Change.NONE);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(breaker.failed(UUID.randomUUID(), "x", ten, now)).isEqualTo(Breaker.Change.NONE);
        }
        assertThat(breaker.failed(UUID.randomUUID(), "x", ten, now)).isEqualTo(Breaker.Change.OPENED);
    }

    @Test
    void doesNotProbeForAnOpeningThatIsOver() {
        breaker.open("test", SETTINGS, now);
        long old = breaker.opening().number();
        assertThat(breaker.lift()).isTrue();
        assertThat(breaker.halfOpen(old)).isFalse();
        breaker.open("again", SETTINGS, now);
        assertThat(breaker.halfOpen(old)).isFalse();
        assertThat(breaker.lift()).isTrue();
        assertThat(breaker.lift()).isFalse();
    }

    @Test
    void opensByRateOnceItHasSeenAWindow() {
        var byRate = new BreakerSettings(0, 0, 0.5, 10, Duration.ofSeconds(1), Duration.ofSeconds(1));
        for (int i = 0; i < 9; i++) { // bad, good, bad, ... nine of them
            Breaker.Change change =
                    i % 2 == 0 ? breaker.failed(UUID.randomUUID(), "x", byRate, now) : breaker.succeeded(byRate);
            assertThat(change).isEqualTo(Breaker.Change.NONE);
        }
        assertThat(breaker.overran(byRate, now)).isEqualTo(Breaker.Change.OPENED);
        assertThat(breaker.opening().reason()).isEqualTo("6 of the last 10 calls were bad");
    }

    @Test
    void judgesByRateOnlyWhatCameSinceARateIsWanted() {
        var off = new BreakerSettings(0, 0, 0, 10, Duration.ofSeconds(1), Duration.ofSeconds(1));
        var byRate = new BreakerSettings(0, 0, 0.5, 10, Duration.ofSeconds(1), Duration.ofSeconds(1));
        for (int i = 0; i < 100; i++) { // one in ten is bad
            breaker.failed(UUID.randomUUID(), "x", off, now);
            for (int good = 0; good < 9; good++) {
                breaker.succeeded(off);
            }
        }
        for (int i = 0; i < 9; i++) {
            assertThat(breaker.failed(UUID.randomUUID(), "x", byRate, now)).isEqualTo(Breaker.Change.NONE);
        }
        assertThat(breaker.failed(UUID.randomUUID(), "x", byRate, now)).isEqualTo(Breaker.Change.OPENED);
    }

    @Test
    void neverOpensWhereItIsSwitchedOff() {
        var off = new BreakerSettings(0, 0, 0, 10, Duration.ofSeconds(1), Duration.ofSeconds(1));
        for (int i = 0; i < 1_000; i++) {
            breaker.failed(UUID.randomUUID(), "x", off, now);
            breaker.overran(off, now);
        }
        assertThat(breaker.opening()).isNull();
    }

    @Property(tries = 200)
    void opensByRateExactlyWhenTheLastCallsSaySo(@ForAll long seed) {
        // given
        var fresh = new Breaker();
        var random = new Random(seed);
        int window = 10 + random.nextInt(60);
        double rate = 0.1 + 0.9 * random.nextDouble();
        double chance = random.nextDouble();
        var byRate = new BreakerSettings(0, 0, rate, window, Duration.ofSeconds(1), Duration.ofSeconds(1));
        var history = new StringBuilder();
        // when, then
        boolean opened = false;
        for (int i = 0; i < 500 && !opened; i++) {
            boolean bad = random.nextDouble() < chance;
            Breaker.Change change = bad ? fresh.failed(UUID.randomUUID(), "x", byRate, now) : fresh.succeeded(byRate);
            history.append(bad ? 'b' : 'g');
            String last = history.substring(Math.max(0, history.length() - window));
            long bads = last.chars().filter(c -> c == 'b').count();
            opened = bad && last.length() == window && bads >= rate * window;
            assertThat(change).isEqualTo(opened ? Breaker.Change.OPENED : Breaker.Change.NONE);
        }
    }
}

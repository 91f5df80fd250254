package symphony.scheduler;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static symphony.scheduler.SchedulerRig.event;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Recurrence;
import symphony.api.event.Schedule;
import symphony.api.event.Schedule.State;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;
import symphony.api.scheduler.EventScheduler;

/** What a bundle may do in the name of another, and with what is another's. */
@Timeout(60)
class CallerSchedulerTest {
    private final SchedulerRig rig = new SchedulerRig();
    private final Set<String> granted = ConcurrentHashMap.newKeySet();
    private final EventScheduler shop = caller("shop");
    private final EventScheduler mallory = caller("mallory");

    CallerSchedulerTest() {
        rig.guard.bind((AccessControl) (principal, permission) -> new Decision(
                permission.action().equals("create") || granted.contains(principal + " " + permission), ""));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private EventScheduler caller(String name) {
        return new CallerScheduler(rig.engine, rig.guard, name);
    }

    private static void denied(String permission, ThrowingCallable call) {
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(call)
                .withMessage("mallory has no permission " + permission);
    }

    @Test
    void schedulesInTheNameOfAnotherOnlyForWhoMay() {
        String permission = "schedule:create-as:shop";
        denied(permission, () -> mallory.schedule(event("a"), "shop", ofHours(1)));
        denied(permission, () -> mallory.schedule(event("a"), "shop", rig.wall.instant()));
        denied(permission, () -> mallory.schedule(event("a"), "shop", Recurrence.fixedRate(ofHours(1))));
        assertThat(rig.engine.count()).isZero();
        assertThat(shop.schedule(event("a"), "shop", ofHours(1)).owner()).isEqualTo("shop");
        granted.add("mallory " + permission);
        Schedule made = mallory.schedule(event("a"), "shop", ofHours(1));
        assertThat(made.owner()).isEqualTo("shop");
        assertThat(made.cancel()).as("it was made for the owner, who gets this").isTrue();
    }

    @Test
    void cancelsWhatIsAnothersOnlyForWhoMay() {
        Schedule mine = shop.schedule(event("a"), "shop", ofHours(1));
        UUID id = mine.id();
        granted.add("mallory schedule:list:scheduler");
        Schedule found = mallory.find(id).orElseThrow();
        Schedule listed = mallory.scheduled(10).get(0);
        for (Schedule seen : List.of(found, listed)) {
            denied("schedule:cancel:" + id, seen::cancel);
        }
        denied("schedule:cancel:*", () -> mallory.cancelAll("shop"));
        assertThat(mine.state()).isEqualTo(State.WAITING);
        granted.add("mallory schedule:cancel:" + id);
        assertThat(listed.cancel()).isTrue();
        assertThat(mine.state()).isEqualTo(State.CANCELLED);
        assertThat(found.cancel()).as("it is already").isFalse();
        shop.schedule(event("a"), "shop", ofHours(1));
        shop.schedule(event("a"), "shop", ofHours(2));
        assertThat(shop.scheduled(1).get(0).cancel()).isTrue();
        assertThat(shop.cancelAll("shop")).isEqualTo(1);
        shop.schedule(event("a"), "shop", ofHours(1));
        granted.add("mallory schedule:cancel:*");
        assertThat(mallory.cancelAll("shop")).isEqualTo(1);
    }

    @Test
    void showsWhatIsAnothersOnlyToWhoMayListOrCancelIt() {
        Schedule own = mallory.schedule(event("b"), "mallory", ofHours(3));
        Schedule one = shop.schedule(event("a"), "shop", ofHours(1));
        Schedule other = shop.schedule(event("a"), "shop", ofHours(2));
        assertThat(mallory.scheduled(1)).extracting(Schedule::id).containsExactly(own.id());
        assertThat(mallory.find(one.id())).isEmpty();
        assertThat(shop.scheduled(10)).extracting(Schedule::id).containsExactly(one.id(), other.id());
        granted.add("mallory schedule:cancel:" + one.id());
        assertThat(mallory.find(one.id())).isPresent();
        assertThat(mallory.find(other.id())).isEmpty();
        granted.add("mallory schedule:list:scheduler");
        assertThat(mallory.find(other.id())).isPresent();
        assertThat(mallory.scheduled(10)).extracting(Schedule::id).containsExactly(one.id(), other.id(), own.id());
    }

    @Test
    void showsAllThereIsToSeeOfWhatIsAnothers() throws Exception {
        Schedule mine = shop.schedule(event("a"), "shop", Recurrence.fixedRate(ofSeconds(1)));
        rig.pass(ofSeconds(1));
        rig.dispatcher.next();
        rig.settle();
        granted.add("mallory schedule:list:scheduler");
        Schedule seen = mallory.find(mine.id()).orElseThrow();
        assertThat(seen).isNotSameAs(mine).hasToString(mine.toString());
        assertThat(List.of(seen.id(), seen.topic(), seen.owner(), seen.next(), seen.state(), seen.refusal()))
                .isEqualTo(List.of(mine.id(), "a", "shop", mine.next(), State.WAITING, mine.refusal()));
        assertThat(seen.recurrence()).isPresent().isEqualTo(mine.recurrence());
        assertThat(List.of(seen.fired(), seen.skipped(), seen.failed())).containsExactly(1L, 0L, 0L);
        assertThat(mallory.count()).isEqualTo(1);
    }
}

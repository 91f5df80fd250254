package symphony.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyView.Origin;

class InForceTest {
    private static final Permission WANTED = Permission.of("event:publish:orders/new");

    private final HandClock clock = new HandClock();

    /** Row 23: what is revoked is denied from the next call on, on any thread. */
    @Test
    @Timeout(300)
    void noThreadGetsAnAnswerOfThePolicyBeforeOnceAnotherIsInForce() throws Exception {
        Policy granted = Policies.granting("event:publish:orders/*");
        Policy revoked = Policies.granting("event:publish:orders/*", "!event:publish:orders/new");
        var inForce = new InForce(revoked, 64, clock);
        // Of four: 0 it is revoked, 2 it is granted, 1 and 3 that changes. Read before and after each answer.
        var phase = new AtomicLong();
        var over = new AtomicBoolean();
        var pool = Executors.newFixedThreadPool(8);
        var answers = new LongAdder();
        Callable<Void> ask = () -> {
            while (!over.get()) {
                long before = phase.get();
                boolean answer = inForce.decide("shop", WANTED).allowed();
                if (phase.get() == before && before % 2 == 0) {
                    assertThat(answer).as("of phase " + before).isEqualTo(before % 4 == 2);
                    answers.increment();
                }
            }
            return null;
        };
        try {
            List<Future<Void>> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                threads.add(pool.submit(ask));
            }
            for (int swap = 0; swap < 1_000; swap++) {
                phase.incrementAndGet();
                inForce.put(swap % 2 == 0 ? granted : revoked);
                phase.incrementAndGet();
                long before = answers.sum();
                while (answers.sum() < before + 8 && threads.stream().noneMatch(Future::isDone)) {
                    Thread.yield();
                }
            }
            over.set(true);
            for (Future<Void> thread : threads) {
                thread.get(60, TimeUnit.SECONDS);
            }
        } finally {
            over.set(true);
            pool.shutdownNow();
        }
    }

    /** The policy that is asked calls back when it looks whether the system bundle asks. */
    @Test
    void throwsAwayAnAnswerThatWasFoundWhileAnotherPolicyWasPutInForce() throws PolicyException {
        var inForce = new InForce(Policy.none(), 64, clock);
        var swaps = new AbstractSet<String>() {
            @Override
            public boolean contains(Object name) {
                inForce.put(Policies.granting("!event:publish:orders/new"));
                return false;
            }

            @Override
            public Iterator<String> iterator() {
                return Collections.emptyIterator();
            }

            @Override
            public int size() {
                return 0;
            }
        };
        byte[] granting = Policies.bytes(Policies.textGranting("event:publish:*"));
        inForce.put(Policy.of(Origin.FILE, "policy.json", "policy.json", swaps, granting));
        assertThat(inForce.decide("shop", WANTED))
                .isEqualTo(new Decision(false, "policy.json line 1: bundle shop: !event:publish:orders/new"));
    }

    @Test
    void countsThePoliciesThatWerePutInForce() {
        var inForce = new InForce(Policy.none(), 64, clock);
        assertThat(inForce.epoch()).isZero();
        inForce.put(Policies.granting("a:b:c"));
        assertThat(inForce.epoch()).isEqualTo(1);
        inForce.keep(1_000);
        assertThat(inForce.epoch()).isEqualTo(1);
        assertThat(inForce.decide("shop", Permission.of("a:b:c")).allowed()).isTrue();
    }

    // ---- answers that are kept ----

    @Test
    void givesAnAnswerAgainThatItGaveBefore() {
        Policy policy = Policies.granting("file:read:*", "!*:*:x y");
        var inForce = new InForce(policy, 64, clock);
        var odd = new Permission("file", "**", "a"); // its answer is made for it
        Decision first = inForce.decide("shop", odd);
        assertThat(inForce.decide("shop", odd)).isSameAs(first);
        assertThat(inForce.decide("shop", new Permission("file", "**", "a".repeat(5_000))))
                .as("a long one is not kept")
                .isNotSameAs(inForce.decide("shop", new Permission("file", "**", "a".repeat(5_000))));
        inForce.put(policy);
        assertThat(inForce.decide("shop", odd)).as("nothing of before").isNotSameAs(first);
    }

    @Test
    void keepsNoMoreAnswersThanItMayAndMixesNoneUp() {
        Policy policy = Policies.granting("a:b:+", "!a:b:n7", "!a:b:n13");
        var inForce = new InForce(policy, 64, clock);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 5_000; i++) {
                String name = "n" + i;
                boolean allowed = i != 7 && i != 13;
                assertThat(inForce.decide("shop", new Permission("a", "b", name))
                                .allowed())
                        .isEqualTo(allowed);
                assertThat(inForce.decide("shop", new Permission("a", "c", name))
                                .allowed())
                        .isFalse();
                assertThat(inForce.decide("shop2", new Permission("a", "b", name))
                                .allowed())
                        .isFalse();
            }
        }
        assertThat(new DecisionCache(64, 1).places()).isEqualTo(64);
        assertThat(new DecisionCache(65, 1).places()).isEqualTo(128);
        assertThat(new DecisionCache(1 << 20, 1).places()).isEqualTo(1 << 20);
    }
}

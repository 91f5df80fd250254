package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.time.Duration;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.KeyAdmin;
import symphony.api.crypto.KeyAdmin.Use;
import symphony.api.crypto.KeyInUseException;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.Schedule;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadReason;
import symphony.api.queue.QueueProvider;

/** Keys are rotated and destroyed in a running system. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class KeyRotationIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final int MANY = 100_000;
    private static final String QUEUES = "queues and dead letters in memory";

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    @Inject
    private EventDispatcher dispatcher;

    @Inject
    private KeyAdmin keys;

    @Inject
    private CryptoService crypto;

    @Inject
    private QueueProvider queues;

    private final Set<Long> handled = ConcurrentHashMap.newKeySet();
    private final AtomicInteger calls = new AtomicInteger();
    private ServiceRegistration<?> handler;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(KeyRotationIT.class));
    }

    @Before
    public void handle() {
        EventHandler counting = delivery -> {
            calls.incrementAndGet();
            handled.add(delivery.getLong("n", -1));
        };
        handler = context.registerService(
                EventHandler.class,
                counting,
                new Hashtable<>(Map.of(
                        "symphony.topics", "keys/*", "symphony.subscription", "keys", "symphony.capacity", 2 * MANY)));
        await().atMost(DEADLINE).until(() -> !identity().isEmpty());
    }

    @After
    public void leave() {
        handler.unregister();
        for (DeadLetter letter : dead()) {
            queues.deadLetters().drop(letter.number());
        }
    }

    private String identity() {
        return dispatcher.subscriptions().stream()
                .map(SubscriptionView::identity)
                .filter(identity -> identity.endsWith("/keys"))
                .findAny()
                .orElse("");
    }

    private List<DeadLetter> dead() {
        return queues.deadLetters().list(identity(), MANY);
    }

    private int primary(CryptoContext wanted) {
        return crypto.keys().stream()
                .filter(key -> key.context() == wanted && key.state() == KeyState.PRIMARY)
                .findAny()
                .orElseThrow()
                .id();
    }

    private void publish(long number) {
        events.publish(Event.on("keys/a").with("n", number).build(), Duration.ofSeconds(30))
                .orThrow();
    }

    @Test
    public void eachEventIsHandledOnceWhileKeysAreRotatedThoughManyWait() throws Exception {
        dispatcher.pause(identity());
        for (int i = 1; i <= MANY; i++) {
            publish(-i);
        }
        try (var one = new Publisher(context, "keys/one");
                var two = new Publisher(context, "keys/two")) {
            for (int i = 0; i < 3; i++) {
                int before = primary(CryptoContext.EVENT);
                one.awaitMore(100);
                assertEquals(before + 1, keys.rotate(CryptoContext.EVENT).id());
                two.awaitMore(100);
                dispatcher.resume(identity()); // the first time: from now on all of them are handled meanwhile
            }
            int published = MANY + one.stop().size() + two.stop().size();
            await().atMost(DEADLINE).until(() -> calls.get() >= published);
            await().atMost(DEADLINE).until(() -> view().queue().depth() == 0);
            assertEquals("each once", published, calls.get());
            assertEquals(published, handled.size());
            assertEquals(List.of(), dead());
        }
    }

    private SubscriptionView view() {
        return dispatcher.subscriptions().stream()
                .filter(view -> view.identity().equals(identity()))
                .findAny()
                .orElseThrow();
    }

    @Test
    public void whatNeedsAKeyIsGivenUpByForceOnlyAndNothingElseIs() {
        int old = primary(CryptoContext.EVENT);
        dispatcher.pause(identity());
        for (int i = 1; i <= 10; i++) {
            publish(i);
        }
        int fresh = keys.rotate(CryptoContext.EVENT).id();
        for (int i = 11; i <= 20; i++) {
            publish(i);
        }
        assertEquals(List.of(new Use(QUEUES, 10)), keys.uses(CryptoContext.EVENT, old));
        assertEquals(List.of(new Use(QUEUES, 10)), keys.uses(CryptoContext.EVENT, fresh));
        assertThrows(KeyInUseException.class, () -> keys.destroy(CryptoContext.EVENT, old, false));
        assertEquals(List.of(), dead());

        assertEquals(List.of(new Use(QUEUES, 10)), keys.destroy(CryptoContext.EVENT, old, true)); // when
        dispatcher.resume(identity());
        await().atMost(DEADLINE).until(() -> handled.size() == 10);
        assertEquals(Set.of(11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L), handled);
        assertEquals(10, dead().size());
        assertEquals(
                Set.of(DeadReason.KEY_DESTROYED),
                Set.copyOf(dead().stream().map(DeadLetter::reason).toList()));
    }

    @Test
    public void whatIsScheduledIsKnownToNeedItsKey() {
        int old = primary(CryptoContext.SCHEDULE);
        Event event = Event.on("keys/later").with("n", 1L).build();
        Schedule schedule = events.schedule(event, Duration.ofHours(1)).orThrow();
        keys.rotate(CryptoContext.SCHEDULE);
        var refused = assertThrows(KeyInUseException.class, () -> keys.destroy(CryptoContext.SCHEDULE, old, false));
        assertEquals(List.of(new Use("schedules", 1)), refused.uses());
        schedule.cancel();
        assertEquals(List.of(), keys.destroy(CryptoContext.SCHEDULE, old, false)); // then
    }
}

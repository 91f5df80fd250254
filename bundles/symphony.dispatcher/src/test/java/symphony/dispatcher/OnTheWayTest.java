package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.crypto.CryptoContext;
import symphony.api.event.Event;
import symphony.api.event.Receipt;

/** Events that are sealed and in no queue yet need their key as others do. */
@Timeout(120)
class OnTheWayTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void knowsTheKeysOfEventsWhosePublishersWaitForRoom() throws Exception {
        var gate = new Gate();
        bench.handle("t", delivery -> gate.pass(), "symphony.capacity", 1);
        Receipt first = bench.publish("t");
        gate.awaitEntered();
        int key = bench.queues.find(first.eventId()).get(0).envelope().keyId();
        assertThat(bench.engine.onTheWay(CryptoContext.EVENT, key)).isZero();
        var waiting = CompletableFuture.supplyAsync(() ->
                bench.engine.dispatch(Bench.PUBLISHER, Event.on("t").build(), Bench.PUBLISHER, Duration.ofMinutes(2)));
        Bench.await(() -> bench.engine.onTheWay(CryptoContext.EVENT, key) == 1);
        assertThat(bench.engine.onTheWay(CryptoContext.EVENT, key + 1)).isZero();
        assertThat(bench.engine.onTheWay(CryptoContext.SCHEDULE, key)).isZero();
        gate.open();
        assertThat(waiting.get().accepted()).isEqualTo(1);
        assertThat(bench.engine.onTheWay(CryptoContext.EVENT, key)).isZero();
        Bench.await(() -> bench.stats("acme/handler").handled() == 2);
    }
}

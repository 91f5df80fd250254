package symphony.benchmarks.flat;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import symphony.benchmarks.load.Bus;
import symphony.benchmarks.load.Order;
import symphony.benchmarks.load.Sink;

/** The local event bus of Vert.x with its defaults: bodies are JSON objects, each handler is a verticle on an event loop. */
final class VertxBus implements Bus {
    private static final long START_SECONDS = 30;

    private final Vertx vertx = Vertx.vertx();

    @Override
    public void subscribe(String topic, String name, Sink sink) throws Exception {
        vertx.deployVerticle(new Handling(topic, sink))
                .toCompletionStage()
                .toCompletableFuture()
                .get(START_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void publish(String topic, Order order) {
        vertx.eventBus()
                .publish(
                        topic,
                        new JsonObject()
                                .put("customer", order.customer())
                                .put("number", order.number())
                                .put("amount", order.amount())
                                .put("note", order.note()));
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static final class Handling extends VerticleBase {
        private final String topic;
        private final Sink sink;

        Handling(String topic, Sink sink) {
            this.topic = topic;
            this.sink = sink;
        }

        @Override
        public Future<?> start() {
            return vertx.eventBus().consumer(topic, this::handle).completion();
        }

        private void handle(Message<JsonObject> message) {
            JsonObject order = message.body();
            sink.handled(
                    order.getString("customer"),
                    order.getLong("number"),
                    order.getDouble("amount"),
                    order.getString("note"));
        }
    }
}

package symphony.benchmarks.load;

/** Publishes as fast as its window lets it, to all topics in turn: a closed loop. */
final class Publisher implements Runnable {
    private final Bus bus;
    private final String[] topics;
    private final int handlers;
    private final int number;
    private final Window window;
    private final StopSign stop;
    private final Sent sent;

    Publisher(Bus bus, String[] topics, int handlers, int number, Window window, StopSign stop) {
        this.bus = bus;
        this.topics = topics;
        this.handlers = handlers;
        this.number = number;
        this.window = window;
        this.stop = stop;
        this.sent = new Sent(topics.length);
    }

    @Override
    public void run() {
        try {
            int topic = number % topics.length;
            for (long sequence = 0; window.enter(handlers, stop); sequence++) {
                Order order = Order.of(number, sequence);
                sent.add(topic, order);
                bus.publish(topics[topic], order);
                topic = topic + 1 == topics.length ? 0 : topic + 1;
            }
        } catch (Throwable e) { // not only exceptions: whatever it is, the round has failed
            stop.fail(e);
        }
    }

    Sent sent() {
        return sent;
    }
}

package symphony.benchmarks.load;

/**
 * Publishes at fixed due times, whatever becomes of it: an open loop. Only when its window is full, so when the contestant is
 * far behind, does it wait, and is then late itself: the due times stand. One thread only.
 */
final class PacedPublisher implements Runnable {
    private final Bus bus;
    private final String[] topics;
    private final int handlers;
    private final int number;
    private final Window window;
    private final StopSign stop;
    private final Schedule schedule;
    private final long events;
    private final Pacer pacer = new Pacer();
    private final Sent sent;

    PacedPublisher(
            Bus bus,
            String[] topics,
            int handlers,
            int number,
            Window window,
            StopSign stop,
            Schedule schedule,
            long events) {
        this.bus = bus;
        this.topics = topics;
        this.handlers = handlers;
        this.number = number;
        this.window = window;
        this.stop = stop;
        this.schedule = schedule;
        this.events = events;
        this.sent = new Sent(topics.length);
    }

    @Override
    public void run() {
        try {
            for (long sequence = 0; sequence < events; sequence++) {
                pacer.await(schedule.due(sequence));
                if (!window.enter(handlers, stop)) {
                    return;
                }
                Order order = Order.of(number, sequence);
                int topic = (int) (sequence % topics.length);
                sent.add(topic, order);
                bus.publish(topics[topic], order);
            }
        } catch (Throwable e) { // not only exceptions: whatever it is, the round has failed
            stop.fail(e);
        }
    }

    Sent sent() {
        return sent;
    }
}

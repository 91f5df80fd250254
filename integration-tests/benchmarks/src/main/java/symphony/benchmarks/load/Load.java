package symphony.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** One measurement of one contestant, from the first subscription to the check that nothing was lost. One thread only. */
public final class Load {
    /*
     * Closed loop: all publishers publish as fast as their windows let them, warm-up and measurement in one go; figures are the
     * difference of two readings, so threads go on while they are taken. With more busy threads than processors the compiler
     * gets little of them, and may need a minute.
     *
     * Open loop: the same publishers warm it up, at full speed, since at the rate of the measurement AES-GCM would still be
     * interpreted when it begins. Then they end, and the paced one begins; its first SETTLE_SECONDS do not count.
     */
    private static final int SETTLE_SECONDS = 2;

    private static final long WARM_UP_STEP_MILLIS = 2_500;
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** How long after the last event one that is delivered twice would be noticed. */
    private static final long AFTERMATH_MILLIS = 200;
    /** A rate is held if no more than what is due in this time waits at the end. */
    private static final double HELD_SECONDS = 0.1;

    private final Bus bus;
    private final Plan plan;
    private final String[] topics;
    private final StopSign closedEnd = new StopSign();
    private final StopSign openEnd = new StopSign();
    private final Window[] windows;
    private final Schedule schedule;
    private final Lateness lateness;
    private final List<Tally> tallies = new ArrayList<>();
    private final Sent sent;
    private final Profile profile = new Profile();

    private Load(Bus bus, Plan plan) {
        Scenario scenario = plan.scenario();
        this.bus = bus;
        this.plan = plan;
        this.topics = IntStream.range(0, scenario.topics())
                .mapToObj(i -> "orders/t" + i)
                .toArray(String[]::new);
        this.sent = new Sent(topics.length);
        this.schedule = new Schedule(plan.rate());
        this.lateness = new Lateness(scenario.publishers(), schedule, (long) SETTLE_SECONDS * plan.rate());
        this.windows = new Window[scenario.publishers() + 1]; // the last one is the paced publisher's
        int share = Math.max(scenario.handlers(), plan.window() / scenario.publishers());
        for (int i = 0; i < windows.length; i++) {
            windows[i] = new Window(i == scenario.publishers() ? plan.window() : share);
        }
    }

    /** Measures what the system property {@value Plan#PROPERTY} says, and tells the result, or the failure, on standard output. */
    public static boolean run(Callable<? extends Bus> start) {
        try (Bus bus = start.call()) {
            System.out.println(new Load(bus, Plan.ofThisProcess()).measure());
            return true;
        } catch (Throwable e) { // whatever it is, the process that waits for a result must know
            e.printStackTrace(System.out);
            System.out.println(Report.FAILED + e);
            return false;
        }
    }

    private Report measure() throws Exception {
        profile.prepare();
        subscribe();
        var report = new Report();
        var publishers = new ArrayList<Publisher>();
        for (int i = 0; i < plan.scenario().publishers(); i++) {
            publishers.add(new Publisher(bus, topics, plan.scenario().handlers(), i, windows[i], closedEnd));
        }
        List<Thread> threads = start(publishers);
        report.add("warm_up_seconds", warmUp());
        if (!plan.latency()) {
            profile.begin();
            Reading before = Reading.now(this::deliveries);
            closedEnd.pause(plan.measureSeconds() * 1000L);
            report.add(
                    Reading.now(this::deliveries).since(before), plan.scenario().handlers());
            profile.end();
        }
        end(threads, closedEnd);
        publishers.forEach(publisher -> sent.addAll(publisher.sent()));
        verify();
        if (plan.latency()) {
            pace(report);
            verify();
        }
        return report;
    }

    /** Until the rate grows no more, within bounds; gives the seconds it took. */
    private double warmUp() throws Exception {
        var steadiness = new Steadiness();
        long begin = System.nanoTime();
        double seconds = 0;
        boolean steady = false;
        while (seconds < plan.warmupSeconds() || !steady && seconds < plan.mostWarmupSeconds()) {
            Reading before = Reading.now(this::deliveries); // warms that up, too
            closedEnd.pause(WARM_UP_STEP_MILLIS);
            Reading step = Reading.now(this::deliveries).since(before);
            steady = steadiness.add(step.deliveries() / (double) step.nanos());
            seconds = (System.nanoTime() - begin) / 1e9;
        }
        return seconds;
    }

    private void subscribe() throws Exception {
        for (int topic = 0; topic < topics.length; topic++) {
            for (int i = 0; i < plan.scenario().handlers(); i++) {
                var tally = new Tally(windows, lateness);
                bus.subscribe(topics[topic], "t" + topic + "-" + i, tally);
                tallies.add(tally);
            }
        }
    }

    private static List<Thread> start(List<? extends Runnable> publishers) {
        var threads = new ArrayList<Thread>();
        for (Runnable publisher : publishers) {
            var thread = new Thread(publisher, "publisher-" + threads.size());
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        return threads;
    }

    private void end(List<Thread> threads, StopSign stop) throws InterruptedException {
        stop.raise();
        for (Window window : windows) {
            window.wake();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        stop.pause(0);
    }

    private void pace(Report report) throws Exception {
        Scenario scenario = plan.scenario();
        int number = scenario.publishers();
        long events = (long) (SETTLE_SECONDS + plan.measureSeconds()) * plan.rate();
        var paced = new PacedPublisher(
                bus, topics, scenario.handlers(), number, windows[number], openEnd, schedule, events);
        long earlier = deliveries();
        schedule.startAt(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100));
        List<Thread> threads = start(List.of(paced));
        profile.begin();
        openEnd.pause(SETTLE_SECONDS * 1000L);
        Reading before = Reading.now(this::deliveries);
        openEnd.pause(plan.measureSeconds() * 1000L - 100); // while it still publishes
        Reading after = Reading.now(this::deliveries);
        profile.end();
        long due = Math.min(events, schedule.dueUntil(after.nanos()));
        long behind = due - (after.deliveries() - earlier) / scenario.handlers();
        threads.get(0).join();
        openEnd.pause(0);
        sent.addAll(paced.sent());
        awaitAll();
        report.add(after.since(before), scenario.handlers());
        report.add("p50_micros", lateness.micros(50));
        report.add("p99_micros", lateness.micros(99));
        report.add("p999_micros", lateness.micros(99.9));
        report.add("max_micros", lateness.maxMicros());
        report.add("samples", lateness.count());
        report.add("behind_events", behind);
        report.add("held", behind <= plan.rate() * HELD_SECONDS ? 1 : 0);
    }

    private void verify() throws InterruptedException {
        awaitAll();
        Thread.sleep(AFTERMATH_MILLIS);
        for (int i = 0; i < tallies.size(); i++) {
            int topic = i / plan.scenario().handlers();
            sent.verify(topic, i % plan.scenario().handlers() + " of " + topics[topic], tallies.get(i));
        }
    }

    /** Waits until as much is handled as was published; what is wrong then {@link #verify} tells. */
    private void awaitAll() throws InterruptedException {
        long expected = 0;
        for (int topic = 0; topic < topics.length; topic++) {
            expected += sent.count(topic) * plan.scenario().handlers();
        }
        long deadline = System.nanoTime() + DRAIN_NANOS;
        while (deliveries() < expected && System.nanoTime() < deadline) {
            Thread.sleep(1);
        }
    }

    private long deliveries() {
        return tallies.stream().mapToLong(Tally::count).sum();
    }
}

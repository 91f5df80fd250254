package symphony.testing;

import java.time.InstantSource;
import java.util.StringJoiner;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Schedule;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.QueueStats;
import symphony.api.scheduler.EventScheduler;
import symphony.dispatcher.DispatcherEngine;

/** What a test that failed should know of the system it tests, in a few lines. */
final class Situation {
    private static final int MOST = 5;

    private final DispatcherEngine dispatcher;
    private final EventScheduler scheduler;
    private final DeadLetters deadLetters;
    private final InstantSource clock;

    Situation(DispatcherEngine dispatcher, EventScheduler scheduler, DeadLetters deadLetters, InstantSource clock) {
        this.dispatcher = dispatcher;
        this.scheduler = scheduler;
        this.deadLetters = deadLetters;
        this.clock = clock;
    }

    String tell() {
        var lines = new StringJoiner(System.lineSeparator());
        lines.add("time stands at " + clock.instant() + " until advance(…) moves it");
        dispatcher.subscriptions().stream()
                .filter(s -> !s.identity().startsWith(SymphonyTest.PROBES))
                .forEach(s -> lines.add(line(s)));
        dispatcher.handlers().stream()
                .filter(handler -> handler.state() == HandlerState.REFUSED)
                .forEach(handler ->
                        lines.add("a handler on " + handler.topics() + " cannot be used: " + handler.reason()));
        long unhandled = dispatcher.stats().unhandled();
        if (unhandled > 0) {
            lines.add(unhandled + " events were wanted by nobody");
        }
        deadLetters.list("", MOST).forEach(letter -> lines.add(line(letter)));
        scheduler.scheduled(MOST).forEach(schedule -> lines.add(line(schedule)));
        return lines.toString();
    }

    private static String line(SubscriptionView view) {
        QueueStats queue = view.queue();
        return view.identity() + " " + view.topics() + view.filter() + " " + view.state() + ": "
                + queue.accepted() + " accepted, " + queue.handled() + " handled, " + view.failures()
                + " calls failed, "
                + queue.waiting() + " wait, " + queue.delayed() + " wait for another attempt, " + queue.leased()
                + " being handled, " + queue.dead() + " dead, " + queue.expired() + " expired";
    }

    private static String line(DeadLetter letter) {
        return "dead letter on " + letter.envelope().topic() + " of " + letter.subscription() + ": " + letter.reason()
                + ", " + letter.detail();
    }

    private static String line(Schedule schedule) {
        return "scheduled on " + schedule.topic() + ", due "
                + schedule.next().map(Object::toString).orElse("now");
    }
}

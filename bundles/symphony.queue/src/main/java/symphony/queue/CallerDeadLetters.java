package symphony.queue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import symphony.api.audit.Outcome;
import symphony.api.event.Refusal;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetterFilter;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.Offer;
import symphony.api.rbac.Decision;

/** The dead letters as one caller sees and changes them: with that caller's permissions. Thread-safe. */
final class CallerDeadLetters implements DeadLetters {
    private static final String DEAD = "dead";
    private static final String REDRIVE = "redrive";
    private static final String DROP = "drop";

    private final DeadLetters letters;
    private final Caller caller;

    CallerDeadLetters(DeadLetters letters, Caller caller) {
        this.letters = letters;
        this.caller = caller;
    }

    @Override
    public List<DeadLetter> list(String subscription, int most) {
        checkList(subscription);
        return letters.list(subscription, most);
    }

    @Override
    public List<DeadLetter> list(DeadLetterFilter filter) {
        checkList(filter.subscription());
        return letters.list(filter);
    }

    @Override
    public Optional<DeadLetter> find(long number) {
        Optional<DeadLetter> letter = letters.find(number);
        letter.ifPresent(found -> checkList(found.subscription()));
        return letter;
    }

    private void checkList(String subscription) {
        caller.check(DEAD, "list", subscription.isEmpty() ? Caller.ALL : subscription);
    }

    /** A letter that is not there when it is asked for is not pushed, though it may come meanwhile. */
    @Override
    public Offer redrive(long number) {
        Optional<DeadLetter> letter = letters.find(number);
        if (letter.isEmpty()) {
            return new Offer.Refused(Refusal.Reason.UNAVAILABLE, "there is no dead letter " + number);
        }
        Decision decision = caller.check(DEAD, REDRIVE, letter.get().subscription());
        record(REDRIVE, letter.get(), Outcome.DONE, decision);
        Offer offer = letters.redrive(number);
        if (offer instanceof Offer.Refused) {
            record(REDRIVE, letter.get(), Outcome.FAILED, decision);
        }
        return offer;
    }

    @Override
    public boolean drop(long number) {
        Optional<DeadLetter> letter = letters.find(number);
        if (letter.isEmpty()) {
            return false;
        }
        Decision decision = caller.check(DEAD, DROP, letter.get().subscription());
        record(DROP, letter.get(), Outcome.DONE, decision);
        boolean dropped = letters.drop(number);
        if (!dropped) {
            record(DROP, letter.get(), Outcome.FAILED, decision);
        }
        return dropped;
    }

    private void record(String action, DeadLetter letter, Outcome outcome, Decision decision) {
        caller.record(
                DEAD + ':' + action,
                letter.subscription(),
                outcome,
                Map.of(
                        "number", Long.toString(letter.number()),
                        "event", letter.envelope().eventId().toString()),
                decision);
    }

    @Override
    public int count() {
        return letters.count();
    }

    @Override
    public long bytes() {
        return letters.bytes();
    }

    @Override
    public long discarded() {
        return letters.discarded();
    }
}

package symphony.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.OpenEvent;
import symphony.api.crypto.SealException;
import symphony.api.queue.DeadLetterFilter;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.QueuedEvent;
import symphony.api.rbac.Decision;
import symphony.shell.DeadSelection.Found;

/** {@code peek}, and opening one event: the permission is checked and it is audited before that. */
final class Peeking {
    private final Services services;
    private final DeadSelection dead;

    Peeking(Services services, DeadSelection dead) {
        this.services = services;
        this.dead = dead;
    }

    Command command() {
        return new Command(
                Synopsis.of("peek", "open one event that waits or was given up")
                        .with(Operand.one("ID", Kind.DEAD_LETTER, "an event's id, or the number of a dead letter"))
                        .with(Synopsis.JSON)
                        .text(
                                "Shows what the event tells and where it is. It stays there. Needs a permission for its topic, and is"
                                        + " audited.")
                        .example("symphony:peek 2")
                        .build(),
                call -> peek(call.arguments().text(0)));
    }

    private Object peek(String name) throws CommandException {
        // One id may stand for several events, if their publishers chose it; one event may be at several places.
        var places = new LinkedHashMap<Envelope, List<String>>();
        Optional<UUID> id = DeadSelection.eventId(name);
        if (id.isPresent()) {
            for (QueueProvider provider : services.someProviders()) {
                provider.find(id.get()).forEach(queued -> add(places, queued.envelope(), place(queued)));
            }
        }
        List<Found> given = id.isPresent() ? dead.all(DeadLetterFilter.ALL.ofEvent(id.get())) : dead.numbered(name);
        given.forEach(found -> add(places, found.letter().envelope(), place(found)));
        if (places.isEmpty()) {
            throw new CommandException("no event " + Text.quoted(name)
                    + " waits or was given up; symphony:dead list shows those that were");
        }
        var rows = new ArrayList<PeekRow>();
        for (Map.Entry<Envelope, List<String>> entry : places.entrySet()) {
            rows.add(PeekRow.of(entry.getKey(), open(entry.getKey(), Map.of()), entry.getValue()));
        }
        return rows.size() == 1 ? rows.get(0) : PeekRow.table(rows);
    }

    /** By content: kinds of queues may keep copies. There are a few at most. */
    private static void add(Map<Envelope, List<String>> places, Envelope envelope, String place) {
        Envelope same = places.keySet().stream()
                .filter(known -> Arrays.equals(known.bytes(), envelope.bytes()))
                .findFirst()
                .orElse(envelope);
        places.computeIfAbsent(same, e -> new ArrayList<>()).add(place);
    }

    private static String place(QueuedEvent queued) {
        String attempts = queued.attempt() == 0 ? "" : ", failed attempts: " + queued.attempt();
        String verb =
                switch (queued.state()) {
                    case WAITING -> "waits for ";
                    case DELAYED -> "is delayed for ";
                    case LEASED -> "is with ";
                };
        return verb + queued.subscription() + attempts;
    }

    private static String place(Found found) {
        return "dead letter " + found.letter().number() + " ("
                + found.provider().kind() + ") of " + found.letter().subscription() + ", "
                + found.letter().reason();
    }

    /** Opens one, for whoever may. */
    OpenEvent open(Envelope envelope, Map<String, String> details) throws CommandException {
        String topic = envelope.topic();
        Decision decision = services.check("crypto", "peek", topic);
        var told = new LinkedHashMap<>(details);
        told.put("event", envelope.eventId().toString());
        if (envelope.suite() != Envelope.SUITE_NONE) {
            told.put(AuditEntry.KEY, Integer.toUnsignedString(envelope.keyId()));
        }
        services.guard.record(Services.PRINCIPAL, "crypto:peek", topic, Outcome.DONE, told, decision);
        try {
            OpenEvent open = services.sealer.get().open(CryptoContext.EVENT, envelope);
            open.data(); // decoded now, where its failure can be told
            return open;
        } catch (SealException e) {
            throw notOpened(
                    topic, told, decision, "event " + envelope.eventId() + " cannot be opened with the keys here", e);
        } catch (IllegalArgumentException e) {
            throw notOpened(
                    topic,
                    told,
                    decision,
                    "event " + envelope.eventId() + " opens, but is no data: " + e.getMessage(),
                    e);
        }
    }

    private CommandException notOpened(
            String topic, Map<String, String> told, Decision decision, String why, Exception cause) {
        services.guard.record(Services.PRINCIPAL, "crypto:peek", topic, Outcome.FAILED, told, decision);
        return new CommandException(why, cause);
    }
}

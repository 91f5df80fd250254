package symphony.crypto;

import java.util.Map;
import java.util.UUID;
import symphony.api.audit.AuditEntry;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.OpenEvent;
import symphony.api.event.Event;

/** Events as one caller seals and opens them: with that caller's permissions. Thread-safe. */
final class CallerSealer implements EventSealer {
    private final EventSealer sealer;
    private final Caller caller;

    CallerSealer(EventSealer sealer, Caller caller) {
        this.sealer = sealer;
        this.caller = caller;
    }

    @Override
    public Envelope seal(CryptoContext context, Event event, UUID id, long publishedMillis, String publisher) {
        caller.check("seal", KeyOperations.nameOf(context));
        return sealer.seal(context, event, id, publishedMillis, publisher);
    }

    @Override
    public OpenEvent open(CryptoContext context, Envelope envelope) {
        return peek(envelope, () -> sealer.open(context, envelope));
    }

    @Override
    public Event reopen(CryptoContext context, Envelope envelope) {
        return peek(envelope, () -> sealer.reopen(context, envelope));
    }

    /** An envelope opens only with the topic that it was sealed with. */
    private <T> T peek(Envelope envelope, Caller.Opening<T, RuntimeException> opening) {
        String event = envelope.eventId().toString();
        Map<String, String> details = envelope.suite() == Envelope.SUITE_NONE
                ? Map.of("event", event)
                : Map.of("event", event, AuditEntry.KEY, Integer.toUnsignedString(envelope.keyId()));
        return caller.open("peek", envelope.topic(), details, opening);
    }

    @Override
    public boolean isDestroyed(CryptoContext context, int keyId) {
        return sealer.isDestroyed(context, keyId);
    }

    /** Asked for, since whoever can make the hashes can guess what they are of. */
    @Override
    public long orderKey(String key) {
        caller.check("seal", KeyOperations.nameOf(CryptoContext.EVENT));
        return sealer.orderKey(key);
    }
}

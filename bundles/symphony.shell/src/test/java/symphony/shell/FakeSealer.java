package symphony.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.OpenEvent;
import symphony.api.event.Event;

/** Opens everything, unless told otherwise. */
final class FakeSealer implements EventSealer {
    final List<String> opened = new ArrayList<>();
    RuntimeException failure;
    RuntimeException noData;

    @Override
    public OpenEvent open(CryptoContext context, Envelope envelope) {
        if (failure != null) {
            throw failure;
        }
        opened.add(envelope.topic());
        return new OpenEvent() {
            @Override
            public Map<String, Object> data() {
                if (noData != null) {
                    throw noData;
                }
                return Map.of("amount", 12, "note", "a\nb\u001b[31m");
            }

            @Override
            public <T> T as(Class<T> type) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Map<String, String> attributes() {
                return Map.of("trace", "7");
            }

            @Override
            public String key() {
                return "ada";
            }
        };
    }

    @Override
    public Envelope seal(CryptoContext c, Event event, UUID id, long millis, String publisher) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Event reopen(CryptoContext context, Envelope envelope) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long orderKey(String key) {
        throw new UnsupportedOperationException();
    }
}

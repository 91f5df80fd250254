package symphony.shell;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.OpenEvent;

/**
 * An event that was opened.
 *
 * @param eventId the event
 * @param topic where it was published to
 * @param publisher who published it
 * @param priority its priority
 * @param published when
 * @param keyId key of its seal, unsigned
 * @param key the publisher's key, empty if there is none
 * @param attributes what accompanies it
 * @param data what it tells
 * @param places where it is
 */
public record PeekRow(
        UUID eventId,
        String topic,
        String publisher,
        int priority,
        Instant published,
        long keyId,
        String key,
        Map<String, String> attributes,
        Map<String, Object> data,
        List<String> places)
        implements Report {
    static PeekRow of(Envelope envelope, OpenEvent open, List<String> places) {
        return new PeekRow(
                envelope.eventId(),
                envelope.topic(),
                envelope.publisher(),
                envelope.priority(),
                Instant.ofEpochMilli(envelope.publishedMillis()),
                Integer.toUnsignedLong(envelope.keyId()),
                open.key(),
                open.attributes(),
                open.data(),
                List.copyOf(places));
    }

    static Rows<PeekRow> table(List<PeekRow> rows) {
        return new Rows<>(
                rows,
                "no events",
                row -> Json.write(row.data()),
                List.of(
                        Column.name("TOPIC", PeekRow::topic),
                        Column.name("PUBLISHER", PeekRow::publisher),
                        Column.name("PLACES", row -> String.join("; ", row.places()))));
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        var lines = new ArrayList<String>();
        Text.field(lines, width, "event", eventId.toString());
        Text.field(lines, width, "topic", topic);
        Text.field(lines, width, "priority", Integer.toString(priority));
        Text.field(lines, width, "published", published + " by " + publisher);
        Text.field(lines, width, "sealed", "by key event " + keyId);
        if (!key.isEmpty()) {
            Text.field(lines, width, "key", key);
        }
        if (!attributes.isEmpty()) {
            Text.field(lines, width, "attributes", Json.write(attributes));
        }
        Text.field(lines, width, "data", Json.write(data));
        for (String place : places) {
            Text.field(lines, width, "place", place);
        }
        return lines;
    }
}

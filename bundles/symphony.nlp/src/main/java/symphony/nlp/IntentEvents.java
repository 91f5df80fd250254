package symphony.nlp;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.event.Topic;
import symphony.api.nlp.IntentResult;
import symphony.api.nlp.RankedIntent;

/**
 * Makes the event that tells of an utterance's intent. It is as urgent as the utterance, expires with it, and has its attributes; its key is
 * the session, so that whoever orders by key has what was said in one session in that order; its id is made of the utterance's, so that an utterance that is delivered again makes the same event again.
 */
final class IntentEvents {
    static final String UTTERANCE = "nlp/utterance";
    static final String OUT_OF_SCOPE = "nlp/out-of-scope";
    static final String INTENT = "nlp/intent/";
    static final String TEXT = "text";
    static final String SESSION = "session";
    /** What goes on into the intent's event as it came. */
    static final List<String> CARRIED = List.of(SESSION, "language");

    /** Of an event. */
    private static final int MOST_KEY_CHARS = 255;

    private static final Duration LEAST = Duration.ofMillis(1);

    private IntentEvents() {}

    static Event of(Delivery utterance, String text, IntentResult result, List<Slot> slots, InstantSource clock) {
        var data = new LinkedHashMap<String, Object>();
        data.put(TEXT, text);
        result.intent().ifPresent(intent -> {
            data.put("intent", intent.name());
            data.put("confidence", intent.confidence());
        });
        data.put("alternatives", alternatives(result));
        data.put("slots", SlotFinder.data(slots));
        data.put("utteranceId", utterance.id());
        data.put("model", result.model());
        data.put("version", result.version());
        for (String carried : CARRIED) {
            if (utterance.data().get(carried) != null) {
                data.put(carried, utterance.data().get(carried));
            }
        }
        Event.Builder event =
                Event.on(topic(result)).data(data).id(id(utterance.id())).priority(utterance.priority());
        key(utterance.data().get(SESSION)).ifPresent(event::key);
        utterance.attributes().forEach(event::attribute);
        utterance.expiresAt().ifPresent(end -> event.timeToLive(left(end, clock)));
        return event.build();
    }

    /** Of a session that is a text, a number or the like; of a long one its hash. */
    static Optional<String> key(Object session) {
        if (session == null || session instanceof byte[] || session.toString().isEmpty()) {
            return Optional.empty();
        }
        String text = session.toString();
        if (text.length() <= MOST_KEY_CHARS) {
            return Optional.of(text);
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Optional.of(HexFormat.of().formatHex(Digests.sha256(bytes, bytes.length)));
    }

    private static Duration left(Instant end, InstantSource clock) {
        Duration left = Duration.between(clock.instant(), end);
        return left.compareTo(LEAST) < 0 ? LEAST : left;
    }

    private static List<Map<String, Object>> alternatives(IntentResult result) {
        var alternatives = new ArrayList<Map<String, Object>>();
        for (RankedIntent intent : result.intents()
                .subList(result.outOfScope() ? 0 : 1, result.intents().size())) {
            alternatives.add(Map.of("intent", intent.name(), "confidence", intent.confidence()));
        }
        return alternatives;
    }

    private static UUID id(UUID utterance) {
        return UUID.nameUUIDFromBytes((UTTERANCE + ' ' + utterance).getBytes(StandardCharsets.UTF_8));
    }

    static String topic(IntentResult result) {
        return result.intent().map(intent -> INTENT + segment(intent.name())).orElse(OUT_OF_SCOPE);
    }

    /** An intent's name as part of a topic: what may not stand there becomes {@code _}, what is too long is cut. */
    static String segment(String intent) {
        var segment = new StringBuilder();
        int room = Topic.MAX_BYTES - INTENT.length();
        int[] characters =
                Normalizer.normalize(intent, Normalizer.Form.NFC).codePoints().toArray();
        for (int c : characters) {
            boolean allowed = c == '-' || Character.isJavaIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
            String next = allowed ? Character.toString(c) : "_";
            room -= next.getBytes(StandardCharsets.UTF_8).length;
            if (room < 0) {
                break;
            }
            segment.append(next);
        }
        return segment.toString();
    }
}

package symphony.nlp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import symphony.api.nlp.TrainingDataException;

/** One example as a JSON object. */
record JsonExample(String intent, String utterance) {
    private static final int MOST_DEPTH = 16;
    private static final String FORM = "{\"intent\": \"…\", \"utterance\": \"…\"}";

    /** Keeps no buffers on the threads of callers, and no names in the tables of this process. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MOST_DEPTH)
                    .maxStringLength(TrainingLimits.LINE_BYTES)
                    .maxNameLength(TrainingLimits.LINE_BYTES)
                    .build())
            .build();

    static JsonExample read(Lines lines, String line) throws IOException {
        try (JsonParser in = FACTORY.createParser(line)) {
            in.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw lines.wrong("it is no JSON object, as " + FORM);
            }
            String intent = null;
            String utterance = null;
            String text = null;
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                in.nextToken();
                switch (name) {
                    case "intent" -> intent = text(lines, in, name);
                    case "utterance" -> utterance = text(lines, in, name);
                    case "text" -> text = text(lines, in, name);
                    default -> in.skipChildren();
                }
            }
            if (in.nextToken() != null) {
                throw lines.wrong("more follows its JSON object; write one object in a line");
            }
            utterance = utterance == null ? text : utterance;
            if (intent == null || utterance == null) {
                throw lines.wrong("it has no " + (intent == null ? "intent" : "utterance") + "; write " + FORM);
            }
            return new JsonExample(intent, utterance);
        } catch (JsonProcessingException e) {
            throw wrong(lines, e);
        }
    }

    private static String text(Lines lines, JsonParser in, String name) throws IOException {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            throw lines.wrong("its " + name + " is no text in quotes");
        }
        return in.getText();
    }

    /** Jackson's message tells of the text; the place is enough. */
    private static TrainingDataException wrong(Lines lines, JsonProcessingException e) {
        int column = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getColumnNr());
        TrainingDataException wrong = lines.wrong("it is no JSON near column " + column + "; write " + FORM);
        wrong.initCause(e);
        return wrong;
    }
}

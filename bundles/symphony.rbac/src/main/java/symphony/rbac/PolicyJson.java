package symphony.rbac;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Strict JSON (RFC 8259), read from the start to the end: no comments, no duplicate members, nothing after the value, and
 * each mistake with its place. One thread only.
 */
final class PolicyJson {
    /** The format itself is four deep; what is deeper is refused where it begins, this is the parser's own bound. */
    private static final int MAX_DEPTH = 16;

    private static final int MAX_NUMBER = 20;
    private static final int MAX_SAID = 160;

    /** Jackson's hints about its own settings. */
    private static final Pattern HINT =
            Pattern.compile(", from `[^`]*`| \\((?:`|from `|not recognized as one|start marker at).*", Pattern.DOTALL);

    /** Keeps no buffers on the threads of callers, and no names in the tables of this process. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER)
                    .maxStringLength(Limits.FILE_BYTES)
                    .maxNameLength(Limits.FILE_BYTES)
                    .build())
            .build();

    private final JsonParser in;

    /** What to do with a member of an object; its value is the current one. */
    interface Member {
        void read(String name, Position at) throws PolicyException;
    }

    /** What to do with an element of a list, which is the current value. */
    interface Element {
        void read() throws PolicyException;
    }

    /** Begins before the first value. */
    PolicyJson(String text) throws PolicyException {
        try {
            in = FACTORY.createParser(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a text has no input that could fail
        }
        if (next() == null) {
            throw new Position(1, 1).wrong("the policy is empty; write at least {\"version\": 1}");
        }
    }

    /** Nothing may follow the value that was read. */
    void end() throws PolicyException {
        if (next() != null) {
            throw here().wrong("more follows the end of the policy; take it out");
        }
    }

    void object(String what, Member member) throws PolicyException {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw wrongType(what, "an object, as {…}");
        }
        Map<String, Position> seen = new HashMap<>();
        while (next() == JsonToken.FIELD_NAME) {
            Position at = here();
            String name = name();
            Position before = seen.putIfAbsent(name, at);
            if (before != null) {
                throw at.wrong("member " + Characters.shown(name) + " of " + what + " stands twice, first in " + before
                        + "; only one of them can count: take one out");
            }
            next();
            member.read(name, at);
        }
    }

    void list(String what, Element element) throws PolicyException {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            throw wrongType(what, "a list, as […]");
        }
        while (next() != JsonToken.END_ARRAY) {
            element.read();
        }
    }

    /** The current value, a text in which each character can be seen. */
    String text(String what, int maxChars) throws PolicyException {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            throw wrongType(what, "a text in double quotes");
        }
        String text = current();
        if (text.length() > maxChars) {
            throw here().wrong(what + " has " + text.length() + " characters, at most " + maxChars + " are allowed: "
                    + Characters.shown(text));
        }
        int hidden = Characters.firstInvisible(text);
        if (hidden >= 0) {
            throw here().wrong(what + " " + Characters.shown(text) + " has "
                    + Characters.name(text.codePointAt(hidden)) + " at position " + hidden
                    + ", which nobody sees; take it out");
        }
        return text;
    }

    /** The current value must be this whole number. */
    void number(String what, int only) throws PolicyException {
        if (in.currentToken() != JsonToken.VALUE_NUMBER_INT || !current().equals(Integer.toString(only))) {
            throw wrongType(what, "the number " + only);
        }
    }

    /** Where the current value or name begins. */
    Position here() {
        return position(in.currentTokenLocation());
    }

    private static Position position(JsonLocation location) {
        return new Position(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
    }

    private PolicyException wrongType(String what, String wanted) throws PolicyException {
        String found =
                switch (in.currentToken()) {
                    case START_OBJECT -> "an object";
                    case START_ARRAY -> "a list";
                    default -> Characters.shown(current());
                };
        return here().wrong(what + " is " + found + ", must be " + wanted);
    }

    private String name() throws PolicyException {
        try {
            return in.currentName();
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    private String current() throws PolicyException {
        try {
            return in.getText();
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    private JsonToken next() throws PolicyException {
        try {
            return in.nextToken();
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    /** Without Jackson's excerpt of the source. */
    private PolicyException malformed(IOException e) {
        boolean placed = e instanceof JsonProcessingException broken && broken.getLocation() != null;
        JsonLocation location = placed ? ((JsonProcessingException) e).getLocation() : in.currentLocation();
        String what = e instanceof JsonProcessingException broken ? broken.getOriginalMessage() : e.getMessage();
        String said = HINT.matcher(String.valueOf(what)).replaceAll("");
        String mend = said.contains("comment") ? "; write a comment as a member \"comment\"" : "";
        return new PolicyException(
                position(location).toString(), "no JSON: " + Characters.visible(said, MAX_SAID) + mend, e);
    }
}

package symphony.shell;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * JSON text to the data of events and back. Reading is strict: one value, no duplicate keys, bounded depth, bounded numbers.
 * Whole numbers become {@code Long} or {@code BigInteger}, others {@code Double}.
 */
final class Json {
    /** Deeper nesting is refused; what an event may hold is checked again when it is encoded. */
    static final int MAX_DEPTH = 70;

    private static final int MAX_NUMBER = 400;
    private static final int MAX_TEXT = 16 << 20;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER)
                    .maxStringLength(MAX_TEXT)
                    .build())
            .build();

    private Json() {}

    /**
     * Reads one value.
     *
     * @throws IllegalArgumentException if the text is not exactly one JSON value; says what is wrong and where
     */
    static Object read(String text) {
        try (JsonParser in = FACTORY.createParser(text)) {
            if (in.nextToken() == null) {
                throw new IllegalArgumentException("no JSON: the text is empty");
            }
            Object value = value(in);
            if (in.nextToken() != null) {
                throw new IllegalArgumentException("no JSON: more follows the value at column "
                        + in.currentTokenLocation().getColumnNr());
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON: " + explain(e), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a text has no input that could fail
        }
    }

    private static String explain(JsonProcessingException e) {
        String where =
                e.getLocation() == null ? "" : " at column " + e.getLocation().getColumnNr();
        String what = e.getOriginalMessage();
        // Jackson's hints about its own settings are of no use here.
        int hint = what.indexOf(" (`");
        return Text.cut(Text.line(hint > 0 ? what.substring(0, hint) : what), 160) + where;
    }

    private static Object value(JsonParser in) throws IOException {
        return switch (in.currentToken()) {
            case START_OBJECT -> object(in);
            case START_ARRAY -> array(in);
            case VALUE_STRING -> in.getText();
            case VALUE_NUMBER_INT -> whole(in);
            case VALUE_NUMBER_FLOAT -> real(in);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private static Number whole(JsonParser in) throws IOException {
        return in.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? in.getBigIntegerValue() : in.getLongValue();
    }

    private static Double real(JsonParser in) throws IOException {
        double value = in.getDoubleValue();
        if (Double.isInfinite(value)) {
            throw new IllegalArgumentException("number " + Text.quoted(in.getText()) + " is too large");
        }
        if (value == 0 && !isZero(in.getText())) {
            throw new IllegalArgumentException("number " + Text.quoted(in.getText()) + " is too close to 0");
        }
        return value;
    }

    private static boolean isZero(String number) {
        return number.chars().takeWhile(c -> c != 'e' && c != 'E').noneMatch(c -> c >= '1' && c <= '9');
    }

    private static Map<String, Object> object(JsonParser in) throws IOException {
        var map = new LinkedHashMap<String, Object>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String key = in.currentName();
            in.nextToken();
            map.put(key, value(in));
        }
        return map;
    }

    private static List<Object> array(JsonParser in) throws IOException {
        var list = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(in));
        }
        return list;
    }

    /** Writes a value in one line: records by their components; nothing in it that a terminal would obey. */
    static String write(Object value) {
        var text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            write(out, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter does not fail
        }
        return harmless(text.toString());
    }

    /** Such characters stand within strings only, so an escape in their place is the same JSON. */
    private static String harmless(String json) {
        if (json.codePoints().allMatch(Text::isHarmless)) {
            return json;
        }
        var out = new StringBuilder();
        json.codePoints().forEach(c -> {
            if (Text.isHarmless(c)) {
                out.appendCodePoint(c);
            } else {
                for (char unit : Character.toChars(c)) {
                    out.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            }
        });
        return out.toString();
    }

    private static void write(JsonGenerator out, Object value) throws IOException {
        if (value == null) {
            out.writeNull();
        } else if (value instanceof Boolean truth) {
            out.writeBoolean(truth);
        } else if (value instanceof Number number) {
            number(out, number);
        } else if (value instanceof byte[] bytes) {
            out.writeString(Base64.getEncoder().encodeToString(bytes));
        } else if (value instanceof Optional<?> optional) {
            write(out, optional.orElse(null));
        } else if (value instanceof Map<?, ?> map) {
            out.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.writeFieldName(String.valueOf(entry.getKey()));
                write(out, entry.getValue());
            }
            out.writeEndObject();
        } else if (value instanceof Iterable<?> list) {
            out.writeStartArray();
            for (Object element : list) {
                write(out, element);
            }
            out.writeEndArray();
        } else if (value instanceof Record) {
            write(out, components(value));
        } else {
            out.writeString(String.valueOf(value));
        }
    }

    private static void number(JsonGenerator out, Number number) throws IOException {
        if (number instanceof BigInteger big) {
            out.writeNumber(big);
        } else if (number instanceof BigDecimal big) {
            out.writeNumber(big);
        } else if (number instanceof Double || number instanceof Float) {
            double value = number.doubleValue();
            if (Double.isFinite(value)) {
                out.writeNumber(value);
            } else {
                out.writeString(number.toString());
            }
        } else {
            out.writeNumber(number.longValue());
        }
    }

    private static Map<String, Object> components(Object row) {
        var map = new LinkedHashMap<String, Object>();
        for (RecordComponent component : row.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                map.put(component.getName(), component.getAccessor().invoke(row));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot read " + component + " of " + row.getClass(), e);
            }
        }
        return map;
    }
}

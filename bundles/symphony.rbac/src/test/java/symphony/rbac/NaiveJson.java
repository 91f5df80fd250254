package symphony.rbac;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** JSON, as RFC 8259 has it and without duplicate names. {@link IllegalArgumentException} for what is none. */
final class NaiveJson {
    private static final Pattern SPACE = Pattern.compile("[ \\t\\r\\n]*");
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?");
    private static final Pattern STRING =
            Pattern.compile("\"((?:[^\"\\\\\\x00-\\x1f]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4})*)\"");
    private static final Pattern WORD = Pattern.compile("true|false|null");

    private final String text;
    private int at;

    /** As it was written. */
    record Number(String digits) {
        @Override
        public String toString() {
            return digits;
        }
    }

    /** true, false or null. */
    record Word(String text) {}

    private NaiveJson(String text) {
        this.text = text;
    }

    static Object read(String text) {
        var json = new NaiveJson(text);
        Object value = json.value();
        json.token(SPACE);
        if (json.at != text.length()) {
            throw json.wrong();
        }
        return value;
    }

    private IllegalArgumentException wrong() {
        return new IllegalArgumentException("no JSON at " + at);
    }

    private Matcher token(Pattern pattern) {
        Matcher matcher = pattern.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            throw wrong();
        }
        at = matcher.end();
        return matcher;
    }

    private boolean next(char c) {
        token(SPACE);
        boolean there = at < text.length() && text.charAt(at) == c;
        at += there ? 1 : 0;
        return there;
    }

    private Object value() {
        if (next('{')) {
            return object();
        }
        if (next('[')) {
            return list();
        }
        char c = at < text.length() ? text.charAt(at) : ' ';
        if (c == '"') {
            return string();
        }
        return c == '-' || c >= '0' && c <= '9'
                ? new Number(token(NUMBER).group())
                : new Word(token(WORD).group());
    }

    private Map<String, Object> object() {
        var object = new LinkedHashMap<String, Object>();
        while (!next('}')) {
            if (!object.isEmpty() && !next(',')) {
                throw wrong();
            }
            token(SPACE);
            String name = string();
            if (!next(':') || object.put(name, value()) != null) {
                throw wrong();
            }
        }
        return object;
    }

    private List<Object> list() {
        var list = new ArrayList<>();
        while (!next(']')) {
            if (!list.isEmpty() && !next(',')) {
                throw wrong();
            }
            list.add(value());
        }
        return list;
    }

    private String string() {
        String raw = token(STRING).group(1);
        var out = new StringBuilder();
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escaped = raw.charAt(++i);
            if (escaped == 'u') {
                out.append((char) Integer.parseInt(raw.substring(i + 1, i + 5), 16));
                i += 4;
            } else {
                int plain = "bfnrt".indexOf(escaped);
                out.append(plain < 0 ? escaped : "\b\f\n\r\t".charAt(plain));
            }
        }
        return out.toString();
    }
}

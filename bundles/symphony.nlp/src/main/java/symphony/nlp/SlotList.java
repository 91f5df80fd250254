package symphony.nlp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A list that users declare: entries, and other words for each. Upper and lower case are the same, and so are a hyphen and a blank
 * between words. The value is the entry as it was declared. Immutable.
 */
final class SlotList implements SlotReader {
    /** Most words of an entry. */
    static final int MOST_WORDS = 10;

    /** Each word with a hyphen before it. */
    private static final int MOST_TOKENS = 2 * MOST_WORDS;

    private static final String HYPHEN = "-";

    private final String name;
    private final Node root = new Node();

    private static final class Node {
        private final Map<String, Node> next = new HashMap<>();
        private String value;
    }

    /**
     * Takes over a declaration.
     *
     * @param name of the slot
     * @param entries each with other words for it
     * @throws IllegalArgumentException if an entry has no words or too many, or stands for two; the message names it
     */
    SlotList(String name, Map<String, List<String>> entries) {
        this.name = name;
        entries.forEach((entry, others) -> {
            add(entry, entry);
            others.forEach(other -> add(other, entry));
        });
    }

    String name() {
        return name;
    }

    private void add(String words, String value) {
        Tokens tokens = Tokens.of(words);
        if (tokens.size() == 0 || tokens.size() > MOST_WORDS) {
            throw new IllegalArgumentException(
                    "list " + name + ": '" + words + "' has " + tokens.size() + " words, must be 1 to " + MOST_WORDS);
        }
        if (!tokens.anyWord()) {
            throw new IllegalArgumentException("list " + name + ": '" + words + "' has neither letter nor digit");
        }
        Node node = root;
        for (int i = 0; i < tokens.size(); i++) {
            String word = tokens.get(i).text();
            if (i > 0 && word.equals(HYPHEN)) {
                continue;
            }
            if (word.isEmpty()) {
                throw new IllegalArgumentException(
                        "list " + name + ": a word of an entry of '" + value + "' is too long");
            }
            node = node.next.computeIfAbsent(word, key -> new Node());
        }
        if (node.value != null && !node.value.equals(value)) {
            throw new IllegalArgumentException(
                    "list " + name + ": '" + words + "' stands for both '" + node.value + "' and '" + value + "'");
        }
        node.value = value;
    }

    @Override
    public Found read(Tokens tokens, int at) {
        Found longest = NOTHING;
        Node node = root;
        for (int i = at; i < tokens.size() && i - at < MOST_TOKENS; i++) {
            if (i > at && tokens.get(i).is(HYPHEN)) {
                continue;
            }
            node = node.next.get(tokens.get(i).text());
            if (node == null) {
                break;
            }
            if (node.value != null) {
                longest = new Found(i + 1, node.value);
            }
        }
        return longest;
    }
}

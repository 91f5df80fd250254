package symphony.shell;

/** Text for a page. */
final class Html {
    private Html() {}

    /**
     * Text that is nothing but text, within an element or an attribute in quotes; what hides or turns the direction of writing is
     * shown as an escape.
     */
    static String text(String text) {
        String clean = Text.clean(text);
        var out = new StringBuilder(clean.length() + 16);
        for (int i = 0; i < clean.length(); i++) {
            char c = clean.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }
}

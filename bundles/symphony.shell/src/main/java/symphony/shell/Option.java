package symphony.shell;

/**
 * An option of a command.
 *
 * @param name with its dashes, as {@code --wait}
 * @param value what its value is called in the help; empty for an option without value
 * @param kind what its value is
 * @param help one line
 */
record Option(String name, String value, Kind kind, String help) {
    static Option flag(String name, String help) {
        return new Option(name, "", Kind.TEXT, help);
    }

    static Option text(String name, String value, String help) {
        return new Option(name, value, Kind.TEXT, help);
    }

    boolean takesValue() {
        return !value.isEmpty();
    }

    String usage() {
        return takesValue() ? name + " " + value : name;
    }
}

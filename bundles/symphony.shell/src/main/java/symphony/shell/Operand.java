package symphony.shell;

/**
 * An argument of a command that is no option.
 *
 * @param name as in the help
 * @param kind what it is
 * @param required whether it must be there
 * @param many whether there may be more of it; only for the last one
 * @param help one line
 */
record Operand(String name, Kind kind, boolean required, boolean many, String help) {
    static Operand one(String name, Kind kind, String help) {
        return new Operand(name, kind, true, false, help);
    }

    static Operand maybe(String name, Kind kind, String help) {
        return new Operand(name, kind, false, false, help);
    }

    static Operand any(String name, Kind kind, String help) {
        return new Operand(name, kind, false, true, help);
    }

    String usage() {
        String text = name + (many ? " …" : "");
        return required ? text : "[" + text + "]";
    }
}

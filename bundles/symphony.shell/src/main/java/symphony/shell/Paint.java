package symphony.shell;

import symphony.api.dispatcher.HandlerState;

/** Colours, or none. Applied to text that is padded already, so that columns stay straight. */
enum Paint {
    /** Text as it is. */
    NONE,
    /** Escape sequences of ANSI X3.64. */
    ANSI;

    private static final int BOLD = 1;
    private static final int RED = 31;
    private static final int YELLOW = 33;

    String strong(String text) {
        return in(BOLD, text);
    }

    String bad(String text) {
        return in(RED, text);
    }

    String warn(String text) {
        return in(YELLOW, text);
    }

    String of(HandlerState state, String text) {
        return switch (state) {
            case ACTIVE -> text;
            case PAUSED, PARKED, SUPERSEDED -> warn(text);
            case QUARANTINED, REFUSED -> bad(text);
        };
    }

    private String in(int code, String text) {
        return this == NONE ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}

package symphony.dispatcher;

/** Names of subscriptions whose handlers give none. */
final class HandlerName {
    private static final int MAX_CHARS = 200;

    private HandlerName() {}

    /** The class's name, without what changes from run to run in the names of lambdas and hidden classes. */
    static String of(Class<?> handler) {
        String name = handler.getName();
        int lambda = name.indexOf("$$Lambda");
        if (lambda >= 0) {
            name = name.substring(0, lambda + "$$Lambda".length());
        }
        int hidden = name.indexOf('/');
        if (hidden >= 0) {
            name = name.substring(0, hidden);
        }
        return name.length() > MAX_CHARS ? name.substring(name.length() - MAX_CHARS) : name;
    }
}

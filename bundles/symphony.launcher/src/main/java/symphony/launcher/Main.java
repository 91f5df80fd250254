package symphony.launcher;

/** What {@code java -jar symphony.jar} runs: starts the product and ends the process with its exit code. */
public final class Main {
    private Main() {}

    /** Runs the product until it stops; arguments are refused, settings come as system properties from {@code bin/symphony}. */
    public static void main(String[] args) {
        // Threads made from here on inherit it, and so do bundles. With the application's class loader instead, jline
        // finds no terminal provider: the shell would have no line editing, and Ctrl-C would end the process.
        Thread.currentThread().setContextClassLoader(null);
        System.exit(new Launch(System.getProperties(), System.err).run(args));
    }
}

package symphony.it.handler;

/** What {@link OrderHandler} wants; left out of its bundle by a test. */
public record Order(String customer) {}

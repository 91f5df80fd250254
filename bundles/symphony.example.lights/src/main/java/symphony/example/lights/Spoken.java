package symphony.example.lights;

/** What a handler of intents needs to know: the data of events on {@code nlp/intent/+}, filled by name. */
public record Spoken(String text, String intent, double confidence) {}

package symphony.it.handler;

import java.util.function.UnaryOperator;
import symphony.api.nlp.SecureOperation;

/** Has a method that is an operation. */
public final class Parrot implements UnaryOperator<String> {
    @Override
    @SecureOperation(permission = "parrot:say:it", maxInput = 5, timeLimitMillis = 60_000)
    public String apply(String text) {
        return text + " " + text;
    }
}

package symphony.shell;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import symphony.api.event.Event;
import symphony.api.event.EventSystem;
import symphony.api.nlp.IntentResult;
import symphony.api.nlp.ModelException;
import symphony.api.nlp.RecognitionException;
import symphony.api.nlp.TimeLimitException;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.SecurityContexts;

/** {@code ask}: what an utterance means. The recogniser checks permissions and audits. */
final class AskCommand {
    static final String DEFAULT_MODEL = "default";
    static final Option MODEL =
            new Option("--model", "MODEL", Kind.MODEL, "name of the model; " + DEFAULT_MODEL + " if not given");

    private static final String UTTERANCE = "nlp/utterance";
    private static final String PUBLISH = "--publish";

    private final Services services;
    private final Topics topics;

    AskCommand(Services services, Topics topics) {
        this.services = services;
        this.topics = topics;
    }

    Command command() {
        return new Command(
                Synopsis.of("ask", "find out what an utterance means, or publish it")
                        .with(new Operand("TEXT", Kind.TEXT, true, true, "what is said; several words are one text"))
                        .with(MODEL)
                        .with(Option.flag(
                                PUBLISH,
                                "publish it as " + UTTERANCE
                                        + ", which becomes the event of its intent, and print the receipt"))
                        .with(Synopsis.JSON)
                        .text("Of the recognisers for a model the one with the highest ranking is asked. Without "
                                + PUBLISH
                                + " nothing is published, so nothing happens. With it, the model that symphony.nlp has"
                                + " for events decides. Quote what has quotes, braces or dollar signs.")
                        .example("symphony:ask \"turn on the lights\"")
                        .example("symphony:ask turn on the lights --json")
                        .example("symphony:ask \"turn on the lights\" --publish")
                        .build(),
                this::run);
    }

    private Object run(Call call) throws Exception {
        Arguments arguments = call.arguments();
        String text = arguments.from(0).stream().map(Arguments::show).collect(Collectors.joining(" "));
        if (!arguments.flag(PUBLISH)) {
            return Answer.of(recognize(arguments.text(MODEL.name()).orElse(DEFAULT_MODEL), text));
        }
        if (arguments.has(MODEL)) {
            throw new CommandException(MODEL.name() + " and " + PUBLISH
                    + " exclude each other: which model decides about events stands in PID symphony.nlp");
        }
        EventSystem events = services.events.get();
        topics.used(UTTERANCE);
        return events.publish(Event.on(UTTERANCE).data(Map.of("text", text)).build());
    }

    private IntentResult recognize(String model, String text) throws Exception {
        try {
            return inOwnName(() -> services.recognizers.use(model, recognizer -> recognizer.recognize(text)))
                    .orElseThrow(() -> nobody(model));
        } catch (ModelException | RecognitionException | TimeLimitException e) {
            if (Thread.interrupted()) {
                throw interrupted(e);
            }
            throw new CommandException(e.getMessage(), e);
        }
    }

    private static InterruptedException interrupted(RuntimeException e) {
        var interruption = new InterruptedException();
        interruption.initCause(e);
        return interruption;
    }

    /** Where nobody is logged in, for recognisers that know their caller by the thread alone. */
    private <T> T inOwnName(Callable<T> work) throws Exception {
        SecurityContexts contexts = services.contexts.now();
        boolean isNobody = SecurityContext.current().principal().isEmpty();
        return isNobody && contexts != null ? contexts.own().call(work) : work.call();
    }

    private CommandException nobody(String model) {
        String none = "no recogniser of model " + Text.quoted(model) + " is there; ";
        if (services.trainer.now() == null) {
            return new CommandException(none + "install or start the bundle symphony.nlp");
        }
        var known = services.recognizers.models();
        return new CommandException(none + "train and activate one with symphony:nlp train FILE --activate"
                + (known.isEmpty() ? "" : ", or name another model: there are " + String.join(", ", known)));
    }
}

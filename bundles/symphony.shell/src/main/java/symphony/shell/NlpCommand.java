package symphony.shell;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import symphony.api.nlp.ModelException;
import symphony.api.nlp.ModelStore;

/** {@code nlp}: trains, evaluates and manages models. The services of {@code symphony.nlp} check permissions and audit. */
final class NlpCommand {
    /**
     * How an action is written.
     *
     * @param operands names of what follows it
     * @param options which it reads, besides {@code --json}
     */
    private record Form(List<String> operands, Set<String> options) {}

    private static final String FILE = "FILE";
    private static final String MODEL = "MODEL";
    private static final String VERSION = "VERSION";

    private static final Map<String, Form> FORMS = forms();

    private final Services services;
    private final NlpTraining training;

    NlpCommand(Services services, NlpTraining training) {
        this.services = services;
        this.training = training;
    }

    private static Map<String, Form> forms() {
        var forms = new LinkedHashMap<String, Form>();
        forms.put("train", new Form(List.of(FILE), NlpTraining.TRAIN_OPTIONS));
        forms.put("evaluate", new Form(List.of(FILE), NlpTraining.EVALUATE_OPTIONS));
        forms.put("models", new Form(List.of(), Set.of()));
        forms.put("activate", new Form(List.of(MODEL, VERSION), Set.of()));
        forms.put("rollback", new Form(List.of(MODEL), Set.of()));
        forms.put("delete", new Form(List.of(MODEL, VERSION), Set.of()));
        forms.put("export", new Form(List.of(MODEL, VERSION, FILE), Set.of()));
        return forms;
    }

    static List<String> actions() {
        return List.copyOf(FORMS.keySet());
    }

    /** What stands behind an action. */
    static Kind subject(String action) {
        Form form = FORMS.get(action);
        return form == null || form.operands().isEmpty()
                ? Kind.TEXT
                : form.operands().get(0).equals(FILE) ? Kind.FILE : Kind.MODEL;
    }

    Command command() {
        var synopsis = Synopsis.of("nlp", "train, evaluate and manage models of intents")
                .with(Operand.one("ACTION", Kind.NLP_ACTION, String.join(", ", actions())))
                .with(Operand.maybe(
                        "FILE or MODEL",
                        Kind.NLP_SUBJECT,
                        "train, evaluate: a file with examples, .tsv, .csv or .jsonl; else the name of a model"))
                .with(Operand.maybe(VERSION, Kind.MODEL_VERSION, "activate, delete, export: number of a version"))
                .with(Operand.maybe(FILE, Kind.FILE, "export: a new file"));
        NlpTraining.OPTIONS.forEach(synopsis::with);
        return new Command(
                synopsis.with(Synopsis.JSON)
                        .text("train stores a new version of a model, sealed; recognisers use it once it is active."
                                + " evaluate measures what is active by examples that it has not seen, and shows"
                                + " which intents are taken for which; --report writes all of it as a page with a"
                                + " picture, which has utterances of the file, for its owner only. export writes a"
                                + " model that is not encrypted, for its owner only. Ctrl-C ends training and"
                                + " evaluation.")
                        .example("symphony:nlp train home.tsv --activate")
                        .example("symphony:nlp train home.tsv --model home --seed 7 --validation more.tsv")
                        .example("symphony:nlp evaluate more.tsv --out-of-scope other.tsv --report home.html")
                        .example("symphony:nlp models")
                        .example("symphony:nlp activate home 1")
                        .example("symphony:nlp rollback default")
                        .example("symphony:nlp export home 1 home.model")
                        .example("symphony:nlp delete default 2")
                        .build(),
                this::run);
    }

    private Object run(Call call) throws CommandException, InterruptedException {
        Arguments arguments = call.arguments();
        String action = arguments.text(0);
        refuseWrongForm(arguments, action);
        try {
            return switch (action) {
                case "train" -> training.train(call);
                case "evaluate" -> training.evaluate(call);
                case "models" ->
                    ModelRow.table(services.models.get().models().stream()
                            .map(ModelRow::of)
                            .toList());
                case "activate" -> ModelRow.of(services.models.get().activate(arguments.text(1), version(arguments)));
                case "rollback" -> ModelRow.of(services.models.get().rollback(arguments.text(1)));
                case "delete" -> delete(arguments);
                default -> export(call);
            };
        } catch (ModelException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    private static void refuseWrongForm(Arguments arguments, String action) throws CommandException {
        Form form = FORMS.get(action);
        if (form == null) {
            throw new CommandException(
                    "unknown action " + Text.quoted(action) + "; known are " + String.join(", ", actions()));
        }
        if (arguments.count() - 1 != form.operands().size()) {
            throw new CommandException(
                    ("write symphony:nlp " + action + " " + String.join(" ", form.operands())).strip());
        }
        for (Option option : NlpTraining.OPTIONS) {
            if (arguments.has(option) && !form.options().contains(option.name())) {
                throw new CommandException(option.name() + " is not for " + action + "; see symphony:help nlp");
            }
        }
    }

    private static int version(Arguments arguments) throws CommandException {
        String text = arguments.text(2);
        try {
            int version = Integer.parseInt(text.strip());
            if (version > 0) {
                return version;
            }
        } catch (NumberFormatException e) {
            throw noVersion(text, e);
        }
        throw noVersion(text, null);
    }

    private static CommandException noVersion(String text, Exception cause) {
        return new CommandException(
                Text.quoted(text) + " is no number of a version; symphony:nlp models lists them", cause);
    }

    private Object delete(Arguments arguments) throws CommandException {
        String model = arguments.text(1);
        int version = version(arguments);
        services.models.get().delete(model, version);
        return "version " + version + " of " + Text.clean(model) + " is deleted";
    }

    /** A file that is not there yet: another one is asked for before the export is in the audit trail. */
    private Object export(Call call) throws CommandException, InterruptedException {
        Arguments arguments = call.arguments();
        String model = arguments.text(1);
        int version = version(arguments);
        Path file = call.path(arguments.text(3));
        ModelStore store = services.models.get();
        try {
            NewFile.write(file, made -> {
                store.export(model, version, Channels.newOutputStream(made));
                return made.size();
            });
        } catch (InterruptedIOException | ClosedByInterruptException e) {
            throw InputFile.interrupted(e);
        } catch (IOException e) {
            throw new CommandException(e.getMessage(), e);
        }
        return "version " + version + " of " + Text.clean(model) + " is in " + Text.clean(file.toString())
                + ", not encrypted";
    }
}

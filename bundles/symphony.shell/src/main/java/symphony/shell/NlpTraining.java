package symphony.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.nlp.Evaluation;
import symphony.api.nlp.Example;
import symphony.api.nlp.ExampleSet;
import symphony.api.nlp.IntentTrainer;
import symphony.api.nlp.ModelException;
import symphony.api.nlp.ModelStore;
import symphony.api.nlp.ModelVersion;
import symphony.api.nlp.TrainedModel;
import symphony.api.nlp.TrainingFormat;
import symphony.api.nlp.TrainingProgress;

/** What takes long about models: {@code nlp train} and {@code nlp evaluate}. */
final class NlpTraining {
    private static final Option SEED =
            Option.text("--seed", "N", "train: a number; the same one gives the same model; 0 if not given");
    private static final Option ACTIVATE = Option.flag("--activate", "train: let recognisers use it at once");
    private static final Option VALIDATION = new Option(
            "--validation",
            "FILE",
            Kind.FILE,
            "train: examples from which is learnt how sure it may be; else some are held out");
    private static final Option OUT_OF_SCOPE = new Option(
            "--out-of-scope",
            "FILE",
            Kind.FILE,
            "evaluate: utterances of no intent, in a file as that of the examples; what it has as intents does not"
                    + " count");
    private static final Option REPORT = new Option("--report", "FILE", Kind.FILE, "evaluate: write a page, .html");
    private static final Option FORCE = Option.flag("--force", "evaluate: write the page over another file");

    static final List<Option> OPTIONS =
            List.of(AskCommand.MODEL, SEED, ACTIVATE, VALIDATION, OUT_OF_SCOPE, REPORT, FORCE);
    static final Set<String> TRAIN_OPTIONS =
            Set.of(AskCommand.MODEL.name(), SEED.name(), ACTIVATE.name(), VALIDATION.name());
    static final Set<String> EVALUATE_OPTIONS =
            Set.of(AskCommand.MODEL.name(), OUT_OF_SCOPE.name(), REPORT.name(), FORCE.name());

    private final Services services;
    private final Editor editor;
    private final InputFile files;
    private final InstantSource clock;
    private final LongSupplier nanos;

    NlpTraining(Services services, Editor editor, InputFile files, InstantSource clock, LongSupplier nanos) {
        this.services = services;
        this.editor = editor;
        this.files = files;
        this.clock = clock;
        this.nanos = nanos;
    }

    /** What takes long. */
    private interface Work {
        Object run(TrainingProgress progress) throws CommandException, InterruptedException;
    }

    Object train(Call call) throws CommandException, InterruptedException {
        Arguments arguments = call.arguments();
        String model = model(arguments);
        long seed = arguments.number(SEED.name(), 0, Long.MIN_VALUE, Long.MAX_VALUE);
        IntentTrainer trainer = services.trainer.get();
        ModelStore store = services.models.get();
        return shown(call, "nothing is stored", progress -> {
            var warnings = new ArrayList<String>();
            List<Example> examples = read(call, trainer, arguments.text(1), warnings);
            List<Example> validation = read(call, trainer, arguments.text(VALIDATION.name()), warnings);
            TrainedModel trained = trainer.train(model, examples, validation, seed, progress);
            warnings.addAll(trained.warnings());
            ModelVersion stored = trained.version();
            return TrainingReport.of(arguments.has(ACTIVATE) ? active(store, stored) : stored, trained, warnings);
        });
    }

    /** It took long, so it is said that it is there. */
    private static ModelVersion active(ModelStore store, ModelVersion stored) throws CommandException {
        try {
            return store.activate(stored.model(), stored.version());
        } catch (ModelException | SecurityException | AuditUnavailableException e) {
            throw new CommandException(
                    "version " + stored.version() + " of " + stored.model() + " is stored, and not active: "
                            + e.getMessage(),
                    e);
        }
    }

    Object evaluate(Call call) throws CommandException, InterruptedException {
        Arguments arguments = call.arguments();
        String model = model(arguments);
        Optional<Path> page = page(call);
        IntentTrainer trainer = services.trainer.get();
        return shown(call, "nothing is written", progress -> {
            var warnings = new ArrayList<String>();
            List<Example> examples = read(call, trainer, arguments.text(1), warnings);
            List<Example> others = read(call, trainer, arguments.text(OUT_OF_SCOPE.name()), warnings);
            Evaluation evaluation = trainer.evaluate(
                    model, examples, others.stream().map(Example::utterance).toList(), progress);
            if (page.isPresent()) {
                var written = new EvaluationPage(
                        model, String.valueOf(call.file(arguments.text(1)).getFileName()), clock.instant(), evaluation);
                write(page.get(), arguments.has(FORCE), written.html());
            }
            return EvaluationReport.of(model, evaluation, page.map(Path::toString), warnings);
        });
    }

    private static String model(Arguments arguments) {
        return arguments.text(AskCommand.MODEL.name()).orElse(AskCommand.DEFAULT_MODEL);
    }

    /** Checked before the work: afterwards it would be lost. */
    private static Optional<Path> page(Call call) throws CommandException {
        Optional<String> name = call.arguments().text(REPORT.name());
        boolean overwrites = call.arguments().has(FORCE);
        if (name.isEmpty()) {
            if (overwrites) {
                throw new CommandException(FORCE.name() + " is for " + REPORT.name() + "; give both or none");
            }
            return Optional.empty();
        }
        if (!name.get().toLowerCase(Locale.ROOT).endsWith(".html")) {
            throw new CommandException(
                    REPORT.name() + " is " + Text.quoted(name.get()) + ", must end with .html, as report.html");
        }
        Path file = call.path(name.get());
        if (!overwrites) {
            NewFile.refuseOther(file, "name another file, or write over it with " + FORCE.name());
        }
        return Optional.of(file);
    }

    private static void write(Path file, boolean over, String html) throws CommandException, InterruptedException {
        NewFile.Content<Long> content = to -> write(to, html);
        try {
            if (over) {
                NewFile.replace(file, content);
            } else {
                NewFile.write(file, content);
            }
        } catch (InterruptedIOException | ClosedByInterruptException e) {
            throw InputFile.interrupted(e);
        } catch (IOException e) {
            throw new CommandException(Text.quoted(file) + " cannot be written: " + e, e);
        }
    }

    private static long write(FileChannel to, String text) throws IOException {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
        return to.position();
    }

    private List<Example> read(Call call, IntentTrainer trainer, Optional<String> name, List<String> warnings)
            throws CommandException, InterruptedException {
        return name.isPresent() ? read(call, trainer, name.get(), warnings) : List.of();
    }

    private List<Example> read(Call call, IntentTrainer trainer, String name, List<String> warnings)
            throws CommandException, InterruptedException {
        Path file = call.file(name);
        String shown = String.valueOf(file.getFileName());
        TrainingFormat format = TrainingFormat.of(shown);
        try (InputStream in = files.open(file, "a file with examples")) {
            ExampleSet set = trainer.read(shown, format, in);
            set.warnings().forEach(warning -> warnings.add(shown + ": " + warning));
            return set.examples();
        } catch (InterruptedIOException | ClosedByInterruptException e) {
            throw InputFile.interrupted(e);
        } catch (IOException e) {
            throw InputFile.unreadable(file, e);
        }
    }

    /** Does long work, shows how far it is, and ends with one line at Ctrl-C. */
    private Object shown(Call call, String otherwise, Work work) throws CommandException, InterruptedException {
        var progress = new Progress(call.console(), nanos);
        boolean silent = call.arguments().has(Synopsis.JSON) && !call.console().terminal();
        try (var interruption = editor.interruption(call.session())) {
            try {
                return work.run((step, done) -> {
                    if (!silent && progress.isDue()) {
                        progress.show(Text.clean(step) + ", " + Math.round(100 * done) + " %");
                    }
                });
            } catch (InterruptedException e) {
                if (!interruption.isRequested()) {
                    throw e;
                }
                progress.leave();
                throw new CommandException("interrupted; " + otherwise, e);
            } finally {
                progress.clear();
            }
        }
    }
}

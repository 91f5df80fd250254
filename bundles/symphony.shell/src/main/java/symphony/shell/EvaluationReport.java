package symphony.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import symphony.api.nlp.Evaluation;
import symphony.api.nlp.Evaluation.Confusion;

/**
 * How good a model is.
 *
 * @param model its name
 * @param versions which versions answered
 * @param examples how many it was measured by
 * @param accuracy share that has the right intent first
 * @param macroF1 F1 of each intent, averaged
 * @param calibrationError by how much confidence is off, on average
 * @param wronglyOutOfScope share of the examples with the right intent that were taken for out of scope
 * @param outOfScope how many utterances out of scope it was measured by
 * @param outOfScopeRecall share of them that was found to be; empty if there were none
 * @param confusions the worst ones
 * @param page the file with all of it; empty if none was written
 * @param warnings what was strange about the examples
 */
public record EvaluationReport(
        String model,
        List<String> versions,
        int examples,
        double accuracy,
        double macroF1,
        double calibrationError,
        double wronglyOutOfScope,
        int outOfScope,
        Optional<Double> outOfScopeRecall,
        List<Confusion> confusions,
        Optional<String> page,
        List<String> warnings)
        implements Report {
    private static final int MOST_CONFUSIONS = 10;

    /** Copies the lists. */
    public EvaluationReport {
        versions = List.copyOf(versions);
        confusions = List.copyOf(confusions);
        warnings = List.copyOf(warnings);
    }

    static EvaluationReport of(String model, Evaluation found, Optional<String> page, List<String> warnings) {
        return new EvaluationReport(
                model,
                found.versions(),
                found.examples(),
                found.accuracy(),
                found.macroF1(),
                found.calibrationError(),
                found.wronglyOutOfScope(),
                found.outOfScope(),
                found.outOfScope() == 0 ? Optional.empty() : Optional.of(found.outOfScopeRecall()),
                found.confusions().stream().limit(MOST_CONFUSIONS).toList(),
                page,
                warnings);
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        var lines = new ArrayList<String>();
        Text.field(lines, width, "model", model + ", version " + String.join(" and ", versions));
        Text.field(lines, width, "examples", Text.grouped(examples));
        Text.field(lines, width, "accuracy", Text.percent(accuracy));
        Text.field(lines, width, "macro F1", String.format(Locale.ROOT, "%.3f", macroF1));
        Text.field(lines, width, "calibration", "error " + Text.percent(calibrationError));
        Text.field(lines, width, "out of scope", outOfScopeText());
        page.ifPresent(file -> Text.field(lines, width, "page", file));
        warnings.forEach(warning -> Text.field(lines, width, "warning", warning));
        if (!confusions.isEmpty()) {
            lines.add("taken for another:");
            confusions.forEach(each -> addTo(lines, width, each));
        }
        return lines;
    }

    private String outOfScopeText() {
        return outOfScopeRecall
                        .map(recall -> Text.percent(recall) + " of " + Text.grouped(outOfScope) + " found; ")
                        .orElse("not measured; --out-of-scope FILE does; ")
                + Text.percent(wronglyOutOfScope) + " of the examples wrongly taken for it";
    }

    private static void addTo(List<String> lines, int width, Confusion confusion) {
        String what = confusion.count() + " of " + Text.clean(confusion.expected()) + " for " + given(confusion);
        Text.wrap(what, width - 2).forEach(line -> lines.add("  " + line));
        confusion
                .utterances()
                .forEach(utterance -> lines.add(Text.cut("      " + Text.clean(utterance), Math.max(width, 20))));
    }

    private static String given(Confusion confusion) {
        return confusion.given().isEmpty() ? "none" : Text.clean(confusion.given());
    }
}

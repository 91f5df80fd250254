package symphony.shell;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import symphony.api.nlp.Evaluation;
import symphony.api.nlp.Evaluation.Confusion;
import symphony.api.nlp.IntentTally;

/**
 * A page about how good a model is. It needs nothing else, has no script, and whatever stood in the examples is text in it.
 *
 * @param model its name
 * @param file name of the file with the examples
 * @param time when it was measured
 * @param evaluation what came of it
 */
record EvaluationPage(String model, String file, Instant time, Evaluation evaluation) {
    private static final int MOST_CONFUSIONS = 200;
    private static final int MOST_LETTERS = 200;

    /** TITLE stands for what it is about. */
    private static final String HEAD = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width">
        <title>TITLE</title>
        <style>
        body { font: 15px/1.4 sans-serif; margin: 2em; color: #222; background: #fff; }
        table { border-collapse: collapse; margin: 1em 0; }
        th, td { text-align: left; padding: 0.2em 0.8em; border-bottom: 1px solid #ddd; vertical-align: top; }
        td.n { text-align: right; }
        .picture { overflow-x: auto; }
        </style>
        </head>
        <body>
        <h1>TITLE</h1>
        """;

    String html() {
        var page = new StringBuilder();
        page.append(HEAD.replace("TITLE", Html.text("Intents of model " + model)));
        figures(page);
        picture(page);
        confusions(page);
        intents(page);
        return page.append("</body>\n</html>\n").toString();
    }

    private void figures(StringBuilder page) {
        page.append("<table>\n");
        row(page, "model", model + ", version " + String.join(" and ", evaluation.versions()));
        row(page, "measured", time.truncatedTo(ChronoUnit.SECONDS).toString());
        row(page, "examples", Text.grouped(evaluation.examples()) + ", of " + file);
        row(page, "accuracy", Text.percent(evaluation.accuracy()));
        row(page, "macro F1", String.format(Locale.ROOT, "%.3f", evaluation.macroF1()));
        row(page, "calibration error", Text.percent(evaluation.calibrationError()));
        row(page, "wrongly out of scope", Text.percent(evaluation.wronglyOutOfScope()));
        row(
                page,
                "out of scope found",
                evaluation.outOfScope() == 0
                        ? "not measured"
                        : Text.percent(evaluation.outOfScopeRecall()) + " of " + Text.grouped(evaluation.outOfScope()));
        page.append("</table>\n");
    }

    private static void row(StringBuilder page, String name, String value) {
        page.append("<tr><th>").append(Html.text(name)).append("</th><td>");
        page.append(Html.text(value)).append("</td></tr>\n");
    }

    private void picture(StringBuilder page) {
        int intents = evaluation.intents().size();
        page.append("<h2>Which intents are taken for which</h2>\n"
                + "<p>A row is the intent that an example has, a column the one that it was given. Green is right,"
                + " red is wrong; the deeper, the more of the row. Point at a square to read it.");
        if (intents > ConfusionMatrix.MOST_INTENTS) {
            page.append(" Shown are the ")
                    .append(ConfusionMatrix.MOST_INTENTS)
                    .append(" of ")
                    .append(Text.grouped(intents))
                    .append(" intents with the most errors.");
        }
        page.append("</p>\n<div class=\"picture\">\n");
        page.append(new ConfusionMatrix(evaluation.intents(), evaluation.confusions()).svg());
        page.append("</div>\n");
    }

    private void confusions(StringBuilder page) {
        List<Confusion> all = evaluation.confusions();
        page.append("<h2>The most frequent errors</h2>\n");
        if (all.isEmpty()) {
            page.append("<p>There are none.</p>\n");
            return;
        }
        page.append("<table>\n<tr><th>how often</th><th>intent</th><th>taken for</th><th>as</th></tr>\n");
        all.stream().limit(MOST_CONFUSIONS).forEach(each -> {
            page.append("<tr>");
            number(page, Text.grouped(each.count()));
            cell(page, each.expected());
            cell(page, each.given().isEmpty() ? "(none)" : each.given());
            page.append("<td>");
            each.utterances()
                    .forEach(utterance -> page.append("<div dir=\"auto\">")
                            .append(Html.text(Text.cut(Text.clean(utterance), MOST_LETTERS)))
                            .append("</div>"));
            page.append("</td></tr>\n");
        });
        page.append("</table>\n");
    }

    private void intents(StringBuilder page) {
        page.append(
                "<h2>Each intent, the worst first</h2>\n<table>\n<tr><th>intent</th><th>examples</th><th>precision</th>"
                        + "<th>recall</th><th>F1</th></tr>\n");
        evaluation.intents().stream()
                .sorted(Comparator.comparingDouble(IntentTally::f1).thenComparing(IntentTally::intent))
                .forEach(tally -> {
                    page.append("<tr>");
                    cell(page, tally.intent());
                    number(page, Text.grouped(tally.examples()));
                    number(page, Text.percent(tally.precision()));
                    number(page, Text.percent(tally.recall()));
                    number(page, String.format(Locale.ROOT, "%.3f", tally.f1()));
                    page.append("</tr>\n");
                });
        page.append("</table>\n");
    }

    private static void cell(StringBuilder page, String text) {
        page.append("<td dir=\"auto\">").append(Html.text(text)).append("</td>");
    }

    private static void number(StringBuilder page, String text) {
        page.append("<td class=\"n\">").append(Html.text(text)).append("</td>");
    }
}

package symphony.nlp;

import java.time.Duration;
import symphony.api.nlp.OperationLimits;
import symphony.component.Settings;

/**
 * What is configured.
 *
 * @param limits of each operation
 * @param threads of a training
 * @param model whose recogniser is asked about utterances that come as events
 * @param zone where the people are who speak; empty for that of the process
 * @param starter whether the model that comes along is used where there is none
 */
record NlpSettings(OperationLimits limits, int threads, String model, String zone, boolean starter) {
    static final String PID = "symphony.nlp";
    static final String DEFAULT_MODEL = "default";

    static final Settings KEYS = Settings.of(PID)
            .number("utterance.chars", 10_000, 1, 1_000_000)
            .time("time.limit", Duration.ofSeconds(5), Duration.ofMillis(1), Duration.ofHours(1))
            .number("training.threads", 2, 1, 64)
            .text("model", DEFAULT_MODEL, Models::check)
            .text("zone", "", SlotLists::checkZone)
            .flag("starter", true)
            .build();

    static NlpSettings of(Settings.Values values) {
        return new NlpSettings(
                new OperationLimits(values.integer("utterance.chars"), values.time("time.limit")),
                values.integer("training.threads"),
                values.text("model"),
                values.text("zone"),
                values.flag("starter"));
    }
}

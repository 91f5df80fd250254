package symphony.shell;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import symphony.api.nlp.ModelVersion;

/**
 * A stored model.
 *
 * @param model its name
 * @param version which one of that name
 * @param active whether recognisers use it
 * @param intents how many it tells apart
 * @param examples how many it was trained with
 * @param bytes its size
 * @param created when it was stored
 * @param hash SHA-256 of its bytes
 */
public record ModelRow(
        String model, int version, boolean active, int intents, int examples, long bytes, Instant created, String hash)
        implements Report {
    private static final int SHORT = 12;

    static ModelRow of(ModelVersion version) {
        return new ModelRow(
                version.model(),
                version.version(),
                version.active(),
                version.intents(),
                version.examples(),
                version.bytes(),
                version.created(),
                version.hash());
    }

    static Rows<ModelRow> table(List<ModelRow> rows) {
        return new Rows<>(
                rows,
                "no models; symphony:nlp train FILE --activate makes one",
                row -> "",
                List.of(
                        Column.name("MODEL", ModelRow::model),
                        Column.number("VERSION", row -> Integer.toString(row.version)),
                        Column.word("ACTIVE", row -> row.active ? "yes" : "-"),
                        Column.number("INTENTS", row -> Text.grouped(row.intents)),
                        Column.number("EXAMPLES", row -> Text.grouped(row.examples)),
                        Column.number("SIZE", row -> Text.bytes(row.bytes)),
                        Column.word(
                                "STORED",
                                row -> row.created
                                        .atZone(ZoneOffset.UTC)
                                        .toLocalDate()
                                        .toString()),
                        Column.name("SHA-256", ModelRow::shortHash)));
    }

    private String shortHash() {
        return Text.cut(hash, SHORT);
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        return Text.wrap(
                Text.clean("version " + version + " of " + model + " is " + (active ? "" : "not ") + "active: "
                        + Text.count(intents, "intent", "intents") + ", "
                        + Text.count(examples, "example", "examples")),
                width);
    }
}

package symphony.shell;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import symphony.api.crypto.CryptoService.Key;
import symphony.api.crypto.KeyAdmin.Use;

/**
 * A key.
 *
 * @param context what it is for, as in a command
 * @param id unsigned
 * @param state where it stands
 * @param created when it was made
 * @param uses what needs it, if that was asked for
 * @param known whether somebody is there who can tell
 * @param seen when it was looked at
 */
public record KeyRow(
        String context, long id, String state, Instant created, List<Use> uses, boolean known, Instant seen) {
    static KeyRow of(Key key, List<Use> uses, Instant seen) {
        return of(key, uses, true, seen);
    }

    /** Nobody can tell what needs it. */
    static KeyRow unknown(Key key, Instant seen) {
        return of(key, List.of(), false, seen);
    }

    private static KeyRow of(Key key, List<Use> uses, boolean known, Instant seen) {
        return new KeyRow(
                KeyCommands.nameOf(key.context()),
                Integer.toUnsignedLong(key.id()),
                key.state().name(),
                Instant.ofEpochMilli(key.createdMillis()),
                uses,
                known,
                seen);
    }

    static Rows<KeyRow> table(List<KeyRow> rows, boolean counts) {
        var columns = new ArrayList<Column<KeyRow>>();
        columns.add(Column.word("CONTEXT", KeyRow::context));
        columns.add(Column.number("ID", row -> Long.toString(row.id)));
        columns.add(Column.word("STATE", KeyRow::state));
        columns.add(Column.number(
                "AGE", row -> Text.time(Duration.between(row.created, row.seen).toMillis())));
        if (counts) {
            columns.add(Column.name("NEEDED BY", KeyRow::needed));
        }
        return new Rows<>(rows, "no keys: nothing is encrypted", row -> "", columns);
    }

    private String needed() {
        if (!known) {
            return "unknown: nobody is there who can tell";
        }
        return uses.isEmpty()
                ? "nothing"
                : uses.stream().map(use -> use.items() + " in " + use.store()).collect(Collectors.joining(", "));
    }
}

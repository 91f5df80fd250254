package symphony.shell;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.Key;
import symphony.api.crypto.KeyAdmin;
import symphony.api.crypto.KeyAdmin.Use;

/** {@code keys} and the {@code key-…} commands. The key admin checks permissions and audits. */
final class KeyCommands {
    private final Services services;
    private final InstantSource clock;

    KeyCommands(Services services, InstantSource clock) {
        this.services = services;
        this.clock = clock;
    }

    List<Command> commands() {
        return List.of(
                new Command(
                        Synopsis.of("keys", "list the keys that events and files are sealed with")
                                .with(Operand.maybe("CONTEXT", Kind.KEY_CONTEXT, "what they are for"))
                                .with(Option.flag("--uses", "count what still needs each key"))
                                .with(Synopsis.JSON)
                                .text(
                                        "States: PRIMARY seals and opens, ENABLED opens, DISABLED does neither until it is enabled,"
                                                + " DESTROYED is gone for good.")
                                .example("symphony:keys")
                                .example("symphony:keys event --uses")
                                .build(),
                        this::list),
                new Command(
                        Synopsis.of("key-rotate", "make a new key, which seals from now on")
                                .with(Operand.one("CONTEXT", Kind.KEY_CONTEXT, "what it is for"))
                                .text(
                                        "The key before stays and opens what it sealed. Back up the key store afterwards.")
                                .example("symphony:key-rotate event")
                                .build(),
                        this::rotate),
                new Command(
                        key("key-disable", "let a key open nothing until it is enabled again")
                                .text(
                                        "An event that was sealed with it and comes to its handler meanwhile is given up.")
                                .example("symphony:key-disable event 1")
                                .build(),
                        call -> set(call, KeyAdmin::disable)),
                new Command(
                        key("key-enable", "let a disabled key open again")
                                .example("symphony:key-enable event 1")
                                .build(),
                        call -> set(call, KeyAdmin::enable)),
                new Command(
                        key("key-destroy", "destroy a key for good")
                                .with(Option.flag("--force", "also if something still needs it, which is given up"))
                                .text(
                                        "What was sealed with it can never be opened again. Copies of the key store that were made"
                                                + " before still hold it.")
                                .example("symphony:key-destroy event 1 --force")
                                .build(),
                        this::destroy),
                new Command(
                        Synopsis.of("key-passphrase", "lock the key store with another passphrase")
                                .with(Operand.maybe(
                                        "FILE", Kind.FILE, "has it on its first line; a random one if not given"))
                                .text(
                                        "The keys stay. Copies of the key store from before open with the passphrase from before,"
                                                + " so make a new one. A passphrase that comes from elsewhere needs a FILE, and must"
                                                + " be put there then.")
                                .example("symphony:key-passphrase")
                                .build(),
                        this::changePassphrase));
    }

    private static Synopsis.Builder key(String name, String summary) {
        return Synopsis.of(name, summary)
                .with(Operand.one("CONTEXT", Kind.KEY_CONTEXT, "what it is for"))
                .with(Operand.one("ID", Kind.TEXT, "as symphony:keys shows it"));
    }

    static List<String> contexts() {
        return Arrays.stream(CryptoContext.values()).map(KeyCommands::nameOf).toList();
    }

    static String nameOf(CryptoContext context) {
        return context.name().toLowerCase(Locale.ROOT);
    }

    private static CryptoContext context(String name) throws CommandException {
        for (CryptoContext context : CryptoContext.values()) {
            if (nameOf(context).equals(name.toLowerCase(Locale.ROOT))) {
                return context;
            }
        }
        throw new CommandException(
                "unknown context " + Text.quoted(name) + "; known are " + String.join(", ", contexts()));
    }

    private static int id(String text) throws CommandException {
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw new CommandException(Text.quoted(text) + " is no id of a key; symphony:keys lists them", e);
        }
    }

    private Object list(Call call) throws CommandException {
        Arguments arguments = call.arguments();
        CryptoContext only = arguments.count() == 0 ? null : context(arguments.text(0));
        boolean counts = arguments.flag("--uses");
        Instant now = clock.instant();
        var rows = new ArrayList<KeyRow>();
        for (Key key : services.crypto.get().keys()) {
            if (only == null || key.context() == only) {
                rows.add(counts ? counted(key, now) : KeyRow.of(key, List.of(), now));
            }
        }
        return KeyRow.table(rows, counts);
    }

    private KeyRow counted(Key key, Instant now) throws CommandException {
        KeyAdmin admin = services.keys.get();
        try {
            return KeyRow.of(key, admin.uses(key.context(), key.id()), now);
        } catch (IllegalStateException e) {
            return KeyRow.unknown(key, now);
        }
    }

    private Object rotate(Call call) throws CommandException {
        CryptoContext context = context(call.arguments().text(0));
        Key key = changed(admin -> admin.rotate(context));
        return "key " + text(key) + " seals from now on; back up the key store";
    }

    /** Changes one key. */
    private interface Change {
        Key apply(KeyAdmin admin, CryptoContext context, int id);
    }

    private Object set(Call call, Change change) throws CommandException {
        CryptoContext context = context(call.arguments().text(0));
        int id = id(call.arguments().text(1));
        Key key = changed(admin -> change.apply(admin, context, id));
        return "key " + text(key) + " is " + key.state().name().toLowerCase(Locale.ROOT);
    }

    private Object destroy(Call call) throws CommandException {
        CryptoContext context = context(call.arguments().text(0));
        int id = id(call.arguments().text(1));
        boolean force = call.arguments().flag("--force");
        List<Use> gone = changed(admin -> admin.destroy(context, id, force));
        String given = gone.isEmpty()
                ? ""
                : "; given up with it: "
                        + gone.stream()
                                .map(use -> use.items() + " in " + use.store())
                                .collect(Collectors.joining(", "));
        return "key " + nameOf(context) + ' ' + Integer.toUnsignedString(id) + " is destroyed" + given;
    }

    private Object changePassphrase(Call call) throws CommandException {
        Optional<String> where = Optional.empty();
        if (call.arguments().count() == 0) {
            changed(admin -> {
                admin.changePassphrase();
                return true;
            });
        } else {
            Path file = call.file(call.arguments().text(0));
            where = changed(admin -> admin.changePassphrase(file));
        }
        return "the key store has another passphrase; "
                + where.map(place ->
                                "before the next start put it where it comes from: " + place + "; then back up both")
                        .orElse("back it up with it");
    }

    /** What is done with a key admin. */
    private interface Step<T> {
        T with(KeyAdmin admin);
    }

    /** A state that does not allow it, or a key store that cannot be written, is for the user to mend. */
    private <T> T changed(Step<T> step) throws CommandException {
        KeyAdmin admin = services.keys.get();
        try {
            return step.with(admin);
        } catch (IllegalStateException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    private static String text(Key key) {
        return nameOf(key.context()) + ' ' + Integer.toUnsignedString(key.id());
    }
}

package symphony.shell;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import symphony.api.audit.AuditQuery;
import symphony.api.audit.AuditRecord;
import symphony.api.audit.Outcome;

/** Which records of the trail the options of {@code audit} mean. */
final class AuditSelection {
    private static final String KIND = "--kind";

    /** Options that choose. */
    static final List<Option> OPTIONS = List.of(
            Option.text("--actor", "NAME", "find, export, --follow: only by this principal; a final * is any rest"),
            Option.text("--action", "ACTION", "likewise: only this, as key:rotate or event:*"),
            Option.text("--target", "TARGET", "likewise: only to this, as orders/*"),
            new Option("--outcome", "OUTCOME", Kind.AUDIT_OUTCOME, "likewise: only what ended so, as denied"),
            new Option(KIND, "KIND", Kind.AUDIT_KIND, "likewise: only of this kind; several with commas"),
            Option.text("--after", "TIME", "likewise: only written since then: 10m ago, or 2026-11-24T12:00:00Z"),
            Option.text("--before", "TIME", "likewise: only written before then"),
            Option.text("--from", "N", "likewise: only from this number on"));

    private AuditSelection() {}

    /** Whether any option chooses. */
    static Optional<String> chosenBy(Arguments arguments) {
        return OPTIONS.stream().map(Option::name).filter(arguments::flag).findFirst();
    }

    static List<String> kinds() {
        return names(AuditRecord.Kind.values());
    }

    static List<String> outcomes() {
        return names(Outcome.values());
    }

    private static List<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(AuditSelection::typed).toList();
    }

    private static String typed(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** What the options choose. */
    static AuditQuery query(Arguments arguments, InstantSource clock) throws CommandException {
        for (Option option : OPTIONS) {
            List<String> values = arguments.texts(option.name());
            if (values.size() > 1 && !option.name().equals(KIND)) {
                throw new CommandException(option.name() + " is given " + values.size() + " times; give it once");
            }
            if (values.contains("")) {
                throw new CommandException(option.name() + " is empty; leave it out for any");
            }
        }
        Optional<Instant> after = arguments.instant("--after", clock);
        Optional<Instant> before = arguments.instant("--before", clock);
        if (after.isPresent() && before.isPresent() && !after.get().isBefore(before.get())) {
            throw new CommandException("--after is not before --before, so nothing is between");
        }
        AuditQuery query = AuditQuery.all()
                .from(arguments.number("--from", 1, 1, Long.MAX_VALUE))
                .between(after, before)
                .of(kinds(arguments))
                .by(arguments.text("--actor").orElse(""))
                .doing(arguments.text("--action").orElse(""))
                .to(arguments.text("--target").orElse(""));
        Optional<String> outcome = arguments.text("--outcome");
        return outcome.isEmpty() ? query : query.ended(value("--outcome", outcome.get(), Outcome.values()));
    }

    private static Set<AuditRecord.Kind> kinds(Arguments arguments) throws CommandException {
        var chosen = EnumSet.noneOf(AuditRecord.Kind.class);
        for (String text : arguments.texts(KIND)) {
            for (String name : text.split(",", -1)) {
                chosen.add(value(KIND, name.strip(), AuditRecord.Kind.values()));
            }
        }
        return chosen;
    }

    private static <E extends Enum<E>> E value(String option, String name, E[] values) throws CommandException {
        for (E value : values) {
            if (name.equalsIgnoreCase(value.name())) {
                return value;
            }
        }
        throw new CommandException(
                option + " is " + Text.quoted(name) + ", must be of " + String.join(", ", names(values)));
    }
}

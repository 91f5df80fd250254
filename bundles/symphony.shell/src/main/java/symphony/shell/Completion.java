package symphony.shell;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.felix.service.command.CommandSession;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.PoolView;
import symphony.api.nlp.ModelException;
import symphony.api.nlp.ModelStore;
import symphony.api.nlp.ModelVersion;
import symphony.api.scheduler.EventScheduler;

/** What may stand at a place of a line. Knows nothing of the line editor. Thread-safe. */
final class Completion {
    private static final int MOST = 500;
    private static final Set<String> CONTINENTS =
            Set.of("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific");

    private final Services services;
    private final Topics topics;
    private final SubscriptionNames names;
    private final Wirings wirings;
    private final Supplier<Map<String, Command>> commands;

    Completion(
            Services services,
            Topics topics,
            SubscriptionNames names,
            Wirings wirings,
            Supplier<Map<String, Command>> commands) {
        this.services = services;
        this.topics = topics;
        this.names = names;
        this.wirings = wirings;
        this.commands = commands;
    }

    /**
     * A possible word.
     *
     * @param value the word
     * @param complete whether nothing more will be added to it
     */
    record Word(String value, boolean complete) {
        static Word whole(String value) {
            return new Word(value, true);
        }
    }

    /**
     * The words that may stand at a place.
     *
     * @param session whose line it is
     * @param line its words, the command first
     * @param index which of them is asked for
     */
    List<Word> words(CommandSession session, List<String> line, int index) {
        if (line.isEmpty() || index < 1 || index >= line.size()) {
            return List.of();
        }
        String name = line.get(0);
        String plain = name.substring(name.indexOf(':') + 1);
        Command command = commands.get().get(plain);
        if (command == null || !mayRun(plain)) {
            return List.of();
        }
        Place place = place(command.synopsis(), line, index);
        return place.kind() == Kind.FILE ? files(session, line.get(index)) : whole(values(place));
    }

    /**
     * A place in a line.
     *
     * @param kind what may stand there
     * @param before the arguments before it that are no options
     */
    private record Place(Kind kind, List<String> before) {
        static Place of(Kind kind, List<String> before) {
            return new Place(kind == Kind.NLP_SUBJECT ? NlpCommand.subject(before.get(0)) : kind, before);
        }
    }

    /** Whoever may not run a command has no use for what it takes, which may be names that are not for him. */
    private boolean mayRun(String name) {
        return Gate.isFree(name) || services.wouldAllow("shell", "run", name);
    }

    /** The option before it decides, else how many arguments stand before it. */
    private static Place place(Synopsis synopsis, List<String> line, int index) {
        var operands = new ArrayList<String>();
        for (int i = 1; i < index; i++) {
            String word = line.get(i);
            Optional<Option> option = word.startsWith("-") ? synopsis.option(word) : Optional.empty();
            if (option.isPresent() && option.get().takesValue()) {
                if (++i == index) {
                    return Place.of(option.get().kind(), operands);
                }
            } else if (!word.startsWith("-")) {
                operands.add(word);
            }
        }
        List<Operand> known = synopsis.operands();
        return Place.of(
                operands.size() < known.size() ? known.get(operands.size()).kind() : Kind.TEXT, operands);
    }

    private Collection<String> values(Place place) {
        return switch (place.kind()) {
            case TOPIC -> topics.exact();
            case FILTER -> topics.patterns();
            case SUBSCRIPTION -> subscriptions();
            case DEAD_SUBSCRIPTION -> names.withDeadLetters();
            case SCHEDULE -> schedules();
            case DEAD_LETTER -> deadLetters();
            case WIRING -> wirings.list().stream().map(Wiring::name).toList();
            case COMMAND ->
                commands.get().keySet().stream().filter(n -> !n.startsWith("_")).toList();
            case POOL -> pools();
            case POLICY_ACTION -> List.of("show", "reload", "try");
            case AUDIT_ACTION -> AuditCommand.actions();
            case AUDIT_KIND -> AuditSelection.kinds();
            case AUDIT_OUTCOME -> AuditSelection.outcomes();
            case ADMISSION_ACTION -> AdmissionCommand.actions();
            case USER_ACTION -> UserCommands.actions();
            case QUARANTINE_ACTION -> List.of("list", "lift", "set");
            case DEAD_REASON -> DeadSelection.reasons();
            case DEAD_ACTION -> List.of("list", "show", "redrive", "drop");
            case KEY_CONTEXT -> KeyCommands.contexts();
            case ZONE -> zones();
            case MISFIRE -> Scheduling.policies();
            case NLP_ACTION -> NlpCommand.actions();
            case MODEL -> models();
            case MODEL_VERSION -> versions(place.before());
            case TEXT, FILE, NLP_SUBJECT -> List.of();
        };
    }

    private Collection<String> subscriptions() {
        EventDispatcher dispatcher = services.dispatcher.now();
        return dispatcher == null ? List.of() : SubscriptionNames.identities(dispatcher);
    }

    private Collection<String> pools() {
        EventDispatcher dispatcher = services.dispatcher.now();
        return dispatcher == null
                ? List.of()
                : dispatcher.stats().pools().stream().map(PoolView::name).toList();
    }

    private Collection<String> schedules() {
        EventScheduler scheduler = services.scheduler.now();
        return scheduler == null
                ? List.of()
                : scheduler.scheduled(MOST).stream().map(s -> s.id().toString()).toList();
    }

    private Collection<String> models() {
        var names = new TreeSet<>(services.recognizers.models());
        stored().forEach(version -> names.add(version.model()));
        return names;
    }

    private Collection<String> versions(List<String> before) {
        String model = before.get(before.size() - 1);
        return stored().stream()
                .filter(version -> version.model().equals(model))
                .map(version -> Integer.toString(version.version()))
                .toList();
    }

    private List<ModelVersion> stored() {
        ModelStore store = services.models.now();
        try {
            return store == null || !services.wouldAllow("nlp", "list", "models") ? List.of() : store.models();
        } catch (ModelException | AuditUnavailableException e) {
            return List.of(); // the command itself tells why they cannot be listed
        }
    }

    /** Those that have a place: the others are old names of the same ones. */
    private static Collection<String> zones() {
        return ZoneId.getAvailableZoneIds().stream()
                .filter(zone -> zone.equals("UTC") || CONTINENTS.contains(zone.replaceFirst("/.*", "")))
                .sorted()
                .toList();
    }

    private Collection<String> deadLetters() {
        return services.providers.stream()
                .flatMap(provider -> provider.deadLetters().list("", MOST).stream())
                .map(letter -> Long.toString(letter.number()))
                .toList();
    }

    private static List<Word> whole(Collection<String> values) {
        return values.stream().limit(MOST).map(Word::whole).toList();
    }

    private static List<Word> files(CommandSession session, String begun) {
        String folder = begun.substring(0, begun.lastIndexOf('/') + 1);
        var words = new ArrayList<Word>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(session.currentDir().resolve(folder))) {
            for (Path entry : entries) {
                boolean isFolder = Files.isDirectory(entry);
                words.add(new Word(folder + entry.getFileName() + (isFolder ? "/" : ""), !isFolder));
                if (words.size() >= MOST) {
                    break;
                }
            }
        } catch (IOException | InvalidPathException e) {
            return List.of(); // no such folder: nothing to propose
        }
        return words;
    }
}

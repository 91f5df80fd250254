package symphony.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import symphony.api.admission.AdmissionMode;
import symphony.api.admission.BundleAdmission;
import symphony.api.audit.AuditStatus;
import symphony.api.audit.AuditTrail;
import symphony.api.crypto.CryptoService;
import symphony.api.dispatcher.DispatcherStats;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.PoolView;
import symphony.api.dispatcher.PublisherView;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Event;
import symphony.api.queue.MemoryBudget;
import symphony.api.rbac.PolicyAdmin;
import symphony.api.scheduler.EventScheduler;

/** {@code status} and {@code banner}: the system at a glance; parts may be missing. */
final class Status {
    private static final DispatcherStats NOTHING =
            new DispatcherStats(false, false, 0, 0, 0, 0, 0, 0, Map.of(), 0, 0, 0, 0, List.of());

    private final Services services;
    private final Host host;

    Status(Services services, Host host) {
        this.services = services;
        this.host = host;
    }

    List<Command> commands() {
        return List.of(
                new Command(
                        Synopsis.of("status", "show the system on one screen")
                                .with(Synopsis.JSON)
                                .example("symphony:status")
                                .example("(symphony:status) published")
                                .build(),
                        call -> {
                            services.checkListing(); // else what waits would be that of the shell's own subscriptions
                            return status();
                        }),
                new Command(
                        Synopsis.of("banner", "show version, security and the drop folder")
                                .example("symphony:banner")
                                .build(),
                        call -> {
                            banner().forEach(call.console()::line);
                            return null;
                        }));
    }

    StatusReport status() {
        EventDispatcher dispatcher = services.dispatcher.now();
        DispatcherStats stats = dispatcher == null ? NOTHING : dispatcher.stats();
        List<SubscriptionView> subscriptions = dispatcher == null ? List.of() : dispatcher.subscriptions();
        MemoryBudget budget = services.budget.now();
        EventScheduler scheduler = services.scheduler.now();
        CryptoService crypto = services.crypto.now();
        Optional<AuditStatus> audit = Optional.ofNullable(services.trail.now()).map(AuditTrail::status);
        return new StatusReport(
                host.version(),
                host.uptimeMillis(),
                stats.running(),
                stats.paused(),
                stats.published(),
                stats.delivered(),
                stats.failed(),
                stats.unhandled(),
                stats.publishedPerSecond(),
                stats.deliveredPerSecond(),
                refused(stats),
                subscriptions.size(),
                (int) subscriptions.stream()
                        .filter(s -> s.state() != HandlerState.ACTIVE)
                        .count(),
                depths(subscriptions),
                subscriptions.stream().mapToLong(s -> s.queue().leased()).sum(),
                subscriptions.stream()
                        .mapToLong(s -> s.queue().oldestMillis())
                        .max()
                        .orElse(0),
                budget == null ? 0 : budget.used(),
                budget == null ? 0 : budget.limit(),
                stats.pools().stream().map(Status::pool).toList(),
                dispatcher == null
                        ? List.of()
                        : dispatcher.publishers().stream()
                                .map(Status::publisher)
                                .toList(),
                crypto == null ? "" : crypto.cipher(),
                crypto != null && crypto.encrypting(),
                security(),
                audit(audit),
                audit.map(AuditStatus::isWritable).orElse(true),
                scheduler == null ? 0 : scheduler.count(),
                services.providers.stream()
                        .mapToInt(p -> p.deadLetters().count())
                        .sum(),
                services.providers.stream()
                        .mapToLong(p -> p.deadLetters().discarded())
                        .sum(),
                missing());
    }

    private static Map<String, Long> refused(DispatcherStats stats) {
        return stats.refused().entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().name().toLowerCase(Locale.ROOT),
                        Map.Entry::getValue,
                        Long::sum,
                        TreeMap::new));
    }

    private static List<Long> depths(List<SubscriptionView> subscriptions) {
        var depths = new long[Event.LEAST_URGENT + 1];
        for (SubscriptionView subscription : subscriptions) {
            List<Long> own = subscription.queue().depths();
            for (int priority = 0; priority < Math.min(own.size(), depths.length); priority++) {
                depths[priority] += own.get(priority);
            }
        }
        return java.util.Arrays.stream(depths).boxed().toList();
    }

    private static String pool(PoolView pool) {
        return pool.name() + ": " + pool.running() + " running, " + pool.ready() + " ready; " + pool.workers()
                + " workers" + (pool.spares() == 0 ? "" : " + " + pool.spares() + " spare") + ", most " + pool.most()
                + (pool.virtual() ? ", virtual" : "") + (pool.paused() ? ", PAUSED" : "")
                + (pool.lost() == 0 ? "" : ", " + pool.lost() + " lost");
    }

    private static String publisher(PublisherView publisher) {
        var most = new ArrayList<String>();
        if (publisher.eventsPerSecond() > 0) {
            most.add(Text.grouped(publisher.eventsPerSecond()) + " events/s");
        }
        if (publisher.bytesPerSecond() > 0) {
            most.add(Text.bytes(publisher.bytesPerSecond()) + "/s");
        }
        if (publisher.queueShare() < 100) {
            most.add(publisher.queueShare() + " % of a queue");
        }
        return publisher.publisher() + (publisher.refusing() ? ", REFUSED NOW: " : ": ")
                + Text.grouped(publisher.published()) + " published, "
                + Text.grouped(publisher.refused()) + " refused; "
                + (most.isEmpty() ? "no limit" : "most " + String.join(", ", most));
    }

    private String security() {
        if (services.hasAccessControl()) {
            return (services.guard.required() ? "required" : "open") + ", " + policy();
        }
        return services.guard.required() ? "required, and no access control is there: all is refused" : "open";
    }

    private String policy() {
        PolicyAdmin admin = services.policy.now();
        if (admin == null) {
            return "permissions are checked";
        }
        return switch (admin.origin()) {
            case FILE -> "permissions are checked";
            case GENERATED -> "*** GENERATED POLICY *** for development only";
            case NONE -> "no policy is in force: everything is denied, the log says why";
        };
    }

    private static String audit(Optional<AuditStatus> audit) {
        if (audit.isEmpty()) {
            return "no trail";
        }
        AuditStatus status = audit.get();
        return status.isWritable()
                ? Text.count(status.sequence(), "record", "records")
                        + (status.isSealing() ? ", sealed" : ", NOT SEALED")
                : "cannot be written, what needs it is refused: " + Text.clean(status.problem());
    }

    private List<String> missing() {
        var missing = new ArrayList<String>();
        for (Services.Slot<?> slot :
                List.of(services.events, services.dispatcher, services.scheduler, services.budget, services.crypto)) {
            if (slot.now() == null) {
                missing.add(slot.what());
            }
        }
        return missing;
    }

    private String admission() {
        BundleAdmission admission = services.admission.now();
        boolean signed = admission != null && admission.mode() == AdmissionMode.SIGNED;
        return signed ? ", for signed bundles only" : "";
    }

    /** At most ten lines for the start of a session. */
    List<String> banner() {
        CryptoService crypto = services.crypto.now();
        String encryption = crypto == null ? "not there yet" : (crypto.encrypting() ? "" : "OFF, ") + crypto.cipher();
        var lines = new ArrayList<String>();
        lines.add("Symphony Events " + host.version() + ", started in " + Text.time(host.startMillis()));
        lines.add("  encryption   " + Text.clean(encryption));
        lines.add("  security     " + security());
        if (!host.dropFolder().isEmpty()) {
            lines.add("  drop folder  " + Text.clean(host.dropFolder()) + admission());
        }
        if (!missing().isEmpty()) {
            lines.add("  missing      " + String.join(", ", missing()) + "; the log says why");
        }
        lines.add("Try:  symphony:publish orders/new amount=12 customer=ada");
        lines.add("      symphony:tail orders/*        (Ctrl-C ends it)");
        lines.add("      symphony:status               (symphony:help lists all commands)");
        return lines;
    }
}

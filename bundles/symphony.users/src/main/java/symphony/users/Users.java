package symphony.users;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import symphony.api.audit.AuditSink;
import symphony.api.rbac.AccessControl;
import symphony.api.user.Authenticator;
import symphony.api.user.UserAccounts;
import symphony.component.Guard;
import symphony.component.Principal;
import symphony.component.StateHome;

/** Provides accounts of users from a file under {@code symphony.home}. Thread-safe. */
@Component(
        immediate = true,
        service = {},
        configurationPid = Users.PID)
@Designate(ocd = Users.Config.class)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>='symphony.api.user.Authenticator,symphony.api.user.UserAccounts'",
        uses = Authenticator.class)
public final class Users {
    /*
     * The services are registered by hand: each bundle gets its own, which knows it, and DS has no such thing for a component
     * with two services.
     */
    static final String PID = "symphony.users";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Guard guard;
    private final Accounts accounts;
    private final BundleContext context;

    /** Of DS only. */
    private List<ServiceRegistration<?>> registrations = List.of();

    /** Documents and defaults; the values are read by {@link UserSettings}. */
    @ObjectClassDefinition(name = "Symphony users", description = "How passwords are checked.")
    @interface Config {
        @AttributeDefinition(
                name = "Memory",
                description = "KiB that checking one password takes, 8192 to 262144, half of the heap at most.")
        int memory() default 19_456;

        @AttributeDefinition(
                name = "Passes",
                description = "Passes over that memory, 1 to 20; times the memory 1048576 at most.")
        int passes() default 2;

        @AttributeDefinition(
                name = "Attempts",
                description = "Wrong passwords in a row after which a name is locked, 1 to 100.")
        int attempts() default 5;

        @AttributeDefinition(
                name = "Time of the first lock",
                description = "Each further wrong password doubles it, 1s to 1d.")
        String lock() default "1m";

        @AttributeDefinition(name = "Longest time of a lock", description = "1s to 1d.")
        String lock_most() default "1h";

        @AttributeDefinition(
                name = "Least characters of a password",
                description = "8 to 64; for passwords set from now on.")
        int password_least() default 12;
    }

    /**
     * Without services yet.
     *
     * @param config the configuration
     * @param context tells the launch properties, takes the services
     */
    @Activate
    public Users(Map<String, ?> config, BundleContext context) {
        this.context = context;
        this.guard = Guard.of(context.getProperty(Guard.SECURITY));
        this.accounts = new Accounts(
                new UserFile(StateHome.of(context::getProperty)),
                guard,
                new SecureRandom(),
                InstantSource.system(),
                System::nanoTime,
                PATIENCE,
                UserSettings.of(UserSettings.KEYS.orDefaults(config)));
    }

    /** Registers the services, now that access control and audit are bound if they are there. */
    @Activate
    void activate() {
        registrations = List.of(
                context.registerService(Authenticator.class, factory(CallerAuthenticator::new), null),
                context.registerService(UserAccounts.class, factory(CallerAccounts::new), null));
    }

    private <S> ServiceFactory<S> factory(BiFunction<Accounts, String, S> maker) {
        return new ServiceFactory<>() {
            @Override
            public S getService(Bundle bundle, ServiceRegistration<S> registration) {
                return maker.apply(accounts, Principal.of(bundle));
            }

            @Override
            public void ungetService(Bundle bundle, ServiceRegistration<S> registration, S service) {
                // it has nothing to give back
            }
        };
    }

    @Modified
    void modified(Map<String, ?> config) {
        UserSettings.KEYS.ifValid(config, values -> accounts.apply(UserSettings.of(values)));
    }

    @Reference(
            name = "access",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAccess(AccessControl service) {
        guard.bind(service);
    }

    void unbindAccess(AccessControl service) {
        guard.unbind(service);
    }

    @Reference(
            name = "audit",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAudit(AuditSink service) {
        guard.bind(service);
    }

    void unbindAudit(AuditSink service) {
        guard.unbind(service);
    }

    @Deactivate
    void deactivate() {
        registrations.forEach(ServiceRegistration::unregister);
    }
}

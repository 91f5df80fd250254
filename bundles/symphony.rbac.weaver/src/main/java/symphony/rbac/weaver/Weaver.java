package symphony.rbac.weaver;

import java.lang.invoke.MethodHandles;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.AuditSink;
import symphony.api.nlp.NlpOperations;
import symphony.api.nlp.SecureOperation;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.RequiresPermission;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.SecurityContexts;
import symphony.api.rbac.weaving.OperationCalls;
import symphony.api.rbac.weaving.PermissionChecks;
import symphony.component.Guard;
import symphony.component.Principal;

/**
 * Starts and stops this bundle. No component: the hook must be there as soon as the bundle is started, whether somebody
 * activates components by then or not.
 */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
@Capability(
        namespace = RequiresPermission.NAMESPACE,
        name = RequiresPermission.EXTENDER,
        version = SecureOperation.EXTENDER_VERSION)
public final class Weaver implements BundleActivator {
    private static final Logger log = LoggerFactory.getLogger(Weaver.class);

    private FirstService<AccessControl> access;
    private FirstService<AuditSink> audit;
    private FirstService<NlpOperations> operations;
    private AccessEnforcer enforcer;

    private PermissionChecks.Enforcement enforcement;
    private OperationCalls.Running running;

    @Override
    public void start(BundleContext context) {
        boolean started = false;
        try {
            begin(context);
            started = true;
        } finally {
            if (!started) {
                stop(context);
            }
        }
    }

    private void begin(BundleContext context) {
        SecurityContext.Issuer issuer = SecurityContext.issuer(MethodHandles.lookup());
        Guard guard = Guard.of(context.getProperty(Guard.SECURITY));
        enforcer = new AccessEnforcer(guard);
        audit = new FirstService<>(context, AuditSink.class, guard::bind);
        audit.open();
        access = new FirstService<>(context, AccessControl.class, service -> {
            guard.bind(service);
            enforcer.ask(service);
        });
        access.open(); // before anybody is answered without it
        var runner = new ServiceRunner(new Denials(guard));
        operations = new FirstService<>(context, NlpOperations.class, runner::use);
        operations.open();
        running = OperationCalls.run(issuer, runner);
        enforcement = PermissionChecks.enforce(issuer, enforcer);
        HookKeeper.ensure(context, issuer);
        // Last: this wakes up components that wait for it, whose classes are to be guarded.
        context.registerService(SecurityContexts.class, new Contexts(issuer, guard), null);
        log.info("methods that demand permissions are guarded");
    }

    @Override
    public void stop(BundleContext context) {
        if (enforcer != null) {
            enforcer.close(); // first, so that access control that is no longer followed is not taken for one that is
            // away
        }
        PermissionChecks.Enforcement mine = enforcement;
        if (mine != null) {
            enforcement = null;
            mine.close();
            log.info("methods that demand permissions are refused until symphony.rbac.weaver is started again");
        }
        OperationCalls.Running mineToo = running;
        if (mineToo != null) {
            running = null;
            mineToo.close();
        }
        if (operations != null) {
            operations.close();
        }
        if (access != null) {
            access.close();
        }
        if (audit != null) {
            audit.close();
        }
    }

    /** Each bundle gets its own, which knows it. */
    private static final class Contexts implements ServiceFactory<SecurityContexts> {
        private final SecurityContext.Issuer issuer;
        private final Guard guard;

        Contexts(SecurityContext.Issuer issuer, Guard guard) {
            this.issuer = issuer;
            this.guard = guard;
        }

        @Override
        public SecurityContexts getService(Bundle bundle, ServiceRegistration<SecurityContexts> registration) {
            return new CallerContexts(issuer, guard, Principal.of(bundle));
        }

        @Override
        public void ungetService(
                Bundle bundle, ServiceRegistration<SecurityContexts> registration, SecurityContexts service) {
            // it has nothing to give back
        }
    }
}

package symphony.api.rbac;

import java.lang.invoke.MethodHandles;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * In whose name code runs: a principal, perhaps a user who is at work through it, and perhaps the publisher of the event that
 * is being handled. Immutable; thread-safe.
 *
 * <p>A context is bound to a thread for a block, by {@link #run} or {@link #call}, and what the thread had before is back
 * afterwards, however the block ends. While a handler is called its bundle's context is bound. Everywhere else there is nobody
 * until somebody binds one: on threads of one's own, in callbacks of a {@code CompletableFuture}, on those of other services. A
 * context is carried over to another thread by hand:
 *
 * <pre>{@code
 * SecurityContext mine = SecurityContext.current();
 * executor.execute(() -> mine.run(() -> ledger.book(amount)));
 * }</pre>
 *
 * <p>Contexts come from {@link SecurityContexts}, and from {@link #current()} where one is bound. There is no other way by this
 * API to make one.
 *
 * <h2>What this protects from, and what not</h2>
 *
 * <p>Whoever is called while a context is bound acts with it and may keep it: as everywhere on one thread, the callee has what
 * the caller has. Bind a context for as little as possible, and call only code that is trusted with it. Principals are symbolic
 * names of bundles, and so is the trust in those who may make contexts; that a bundle has its name by right is for whoever lets
 * bundles be installed to decide. And in one JVM nothing keeps code from private members that is bent on it: by reflection, by
 * {@code Unsafe}, by native code or as an agent it can make or bind any context. Code that is not to be trusted that far
 * belongs into another process.
 */
@ProviderType
public final class SecurityContext {
    /*
     * The one thread-local has a cell, not the context. So the end of a block is a store into a field: it needs no stack, and a
     * block that ran out of it leaves nothing bound. Only the outermost block takes the cell away again; if even that fails, an
     * empty cell of a class of this bundle stays.
     */
    private static final ThreadLocal<Cell> BOUND = new ThreadLocal<>();
    private static final SecurityContext NOBODY =
            new SecurityContext(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private final Optional<String> principal;
    private final Optional<String> user;
    private final Optional<String> via;
    private final Optional<String> by;

    private static final class Cell {
        private SecurityContext context = NOBODY;
    }

    private SecurityContext(
            Optional<String> principal, Optional<String> user, Optional<String> via, Optional<String> by) {
        this.principal = principal;
        this.user = user;
        this.via = via;
        this.by = by;
    }

    /**
     * The context of the current thread.
     *
     * @return what is bound, or nobody's: one without a principal
     */
    public static SecurityContext current() {
        Cell cell = BOUND.get();
        return cell == null ? NOBODY : cell.context;
    }

    /**
     * Who acts.
     *
     * @return a principal as {@link AccessControl#decide} takes it; empty if nobody does
     */
    public Optional<String> principal() {
        return principal;
    }

    /**
     * The user who is at work through the principal. What both of them may is allowed.
     *
     * @return {@code user:} and a name; empty if there is none
     */
    public Optional<String> user() {
        return user;
    }

    /**
     * The publisher of the event that is being handled. It decides on nothing: at delivery it was asked whether the publisher
     * might publish, and what a handler does, it does by its own permissions.
     *
     * @return a principal; empty outside handlers
     */
    public Optional<String> via() {
        return via;
    }

    /**
     * Who took the name of somebody else, by {@link SecurityContexts#of}: of {@link #user} if there is one, else of
     * {@link #principal}. It needs the permission for that whenever something is decided in this context, and not only when it
     * got it.
     *
     * @return a principal; empty if nobody's name was taken
     */
    public Optional<String> by() {
        return by;
    }

    /**
     * Runs a block in this context, on the current thread.
     *
     * @param block what to run
     */
    public void run(Runnable block) {
        Objects.requireNonNull(block, "block");
        Cell known = BOUND.get();
        Cell cell = known == null ? bindCell() : known;
        SecurityContext before = cell.context;
        cell.context = this;
        try {
            block.run();
        } finally {
            cell.context = before;
            if (known == null) {
                BOUND.remove();
            }
        }
    }

    /**
     * Runs a block in this context, on the current thread, and returns what it returns.
     *
     * @param <T> what it returns
     * @param block what to run
     * @return what it returned
     * @throws Exception what it threw
     */
    public <T> T call(Callable<T> block) throws Exception {
        Objects.requireNonNull(block, "block");
        Cell known = BOUND.get();
        Cell cell = known == null ? bindCell() : known;
        SecurityContext before = cell.context;
        cell.context = this;
        try {
            return block.call();
        } finally {
            cell.context = before;
            if (known == null) {
                BOUND.remove();
            }
        }
    }

    private static Cell bindCell() {
        var cell = new Cell();
        BOUND.set(cell);
        return cell;
    }

    /** In whose name, for people. */
    @Override
    public String toString() {
        return principal.orElse("nobody")
                + user.map(name -> " for " + name).orElse("")
                + via.map(publisher -> " via " + publisher).orElse("")
                + by.map(bundle -> " by " + bundle).orElse("");
    }

    /**
     * For the bundles of Symphony Events that bind contexts for others: gives them what makes some. Applications use
     * {@link SecurityContexts}.
     *
     * @param caller {@link MethodHandles#lookup()} of a class of the caller's, which proves who it is
     * @return makes contexts
     * @throws SecurityException if the class is not of such a bundle, as the framework has wired it to this package, or the
     *     lookup has not all access
     */
    public static Issuer issuer(MethodHandles.Lookup caller) {
        Class<?> type = caller.lookupClass();
        if (!caller.hasFullPrivilegeAccess() || !Issuers.contain(type)) {
            throw new SecurityException(type.getName() + " may not make security contexts; get the service "
                    + SecurityContexts.class.getName());
        }
        return Issuer.INSTANCE;
    }

    /** Makes and binds contexts for others, see {@link SecurityContext#issuer}. Never handed on. Thread-safe. */
    @ProviderType
    public static final class Issuer {
        private static final Issuer INSTANCE = new Issuer();

        private Issuer() {}

        /**
         * Makes a context.
         *
         * @param principal who acts, not empty
         * @return its context
         */
        public SecurityContext of(String principal) {
            return new SecurityContext(
                    Optional.of(checked(principal)), Optional.empty(), Optional.empty(), Optional.empty());
        }

        /**
         * Makes a context of a principal through which a user is at work.
         *
         * @param context the principal's
         * @param user {@code user:} and a name
         * @return the same principal's, for the user
         */
        public SecurityContext forUser(SecurityContext context, String user) {
            return new SecurityContext(context.principal, Optional.of(checked(user)), context.via, context.by);
        }

        /**
         * Makes a context of somebody whose name was taken.
         *
         * @param context the one of that principal, or of the user
         * @param maker who took it, see {@link SecurityContext#by}
         * @return the same, by the maker
         */
        public SecurityContext by(SecurityContext context, String maker) {
            return new SecurityContext(context.principal, context.user, context.via, Optional.of(checked(maker)));
        }

        /**
         * Makes the context of a call by which an event is handled.
         *
         * @param context the handler's
         * @param publisher who published the event
         * @return the same, via the publisher
         */
        public SecurityContext via(SecurityContext context, String publisher) {
            return new SecurityContext(context.principal, context.user, Optional.of(checked(publisher)), context.by);
        }

        /**
         * Binds a context to the current thread until the next call of this method. On threads of the caller's own only: the
         * thread-local stays.
         *
         * @param context what to bind, or what was bound before
         * @return what was bound before
         */
        public SecurityContext bind(SecurityContext context) {
            Objects.requireNonNull(context, "context");
            Cell known = BOUND.get();
            Cell cell = known == null ? bindCell() : known;
            SecurityContext before = cell.context;
            cell.context = context;
            return before;
        }

        private static String checked(String principal) {
            if (Objects.requireNonNull(principal, "principal").isEmpty()) {
                throw new IllegalArgumentException("a principal must not be empty");
            }
            return principal;
        }
    }
}

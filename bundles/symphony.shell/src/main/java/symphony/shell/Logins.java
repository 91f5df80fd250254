package symphony.shell;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import symphony.api.rbac.SecurityContext;

/** Who is logged in in which session; forgotten with the session. Thread-safe. */
final class Logins {
    /*
     * Not in a variable of the session: whoever types could set it. And not on the thread: the parts of a pipe run on threads of
     * their own. By identity: a session of another make could say that it is equal to one in which somebody is logged in.
     */
    private final Map<Key, Login> logins = new HashMap<>(); // guarded by this
    private final ReferenceQueue<CommandSession> gone = new ReferenceQueue<>();

    /**
     * A log-in.
     *
     * @param context in whose name commands run
     * @param closures those in variables of the session before it; weakly, since they hold the session
     */
    private record Login(SecurityContext context, Map<String, WeakReference<Function>> closures) {}

    private static final class Key extends WeakReference<CommandSession> {
        private final int hash;

        Key(CommandSession session, ReferenceQueue<CommandSession> gone) {
            super(session, gone);
            this.hash = System.identityHashCode(session);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            return this == other || other instanceof Key key && get() != null && get() == key.get();
        }
    }

    /** In whose name commands of a session run; empty if nobody is logged in there. */
    synchronized Optional<SecurityContext> of(CommandSession session) {
        return Optional.ofNullable(logins.get(new Key(session, null))).map(Login::context);
    }

    /** Logs somebody in, and out whoever was. */
    synchronized void login(CommandSession session, SecurityContext context) {
        for (Object key = gone.poll(); key != null; key = gone.poll()) {
            logins.remove(key);
        }
        logout(session);
        var closures = new HashMap<String, WeakReference<Function>>();
        Variables.functions(session).forEach((name, closure) -> closures.put(name, new WeakReference<>(closure)));
        logins.put(new Key(session, gone), new Login(context, closures));
    }

    /** Logs out, and says who that was; empty if nobody was logged in. */
    synchronized Optional<SecurityContext> logout(CommandSession session) {
        Login login = logins.remove(new Key(session, null));
        if (login == null) {
            return Optional.empty();
        }
        forgetClosures(session, login.closures());
        return Optional.of(login.context());
    }

    /** A closure under the name of a command would be called in its place, by whoever works in the session next. */
    private static void forgetClosures(CommandSession session, Map<String, WeakReference<Function>> before) {
        Variables.functions(session).forEach((name, closure) -> {
            WeakReference<Function> known = before.get(name);
            if (known == null || known.get() != closure) {
                session.put(name, null);
            }
        });
    }

    /** Opens sessions for closures in which somebody is logged in for good. */
    ChildSessions children(ChildSessions children, Optional<SecurityContext> user) {
        return user.isEmpty()
                ? children
                : (processor, parent, out) -> {
                    CommandSession child = children.open(processor, parent, out);
                    login(child, user.get());
                    return child;
                };
    }
}

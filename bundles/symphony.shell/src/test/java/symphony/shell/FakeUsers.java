package symphony.shell;

import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Permission;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.SecurityContexts;
import symphony.api.user.AuthenticationException;
import symphony.api.user.Authenticator;
import symphony.api.user.UserAccount;
import symphony.api.user.UserAccounts;

/** Users with passwords as they stand, and contexts for all but {@code eve}. */
final class FakeUsers implements Authenticator, UserAccounts, SecurityContexts {
    private static final SecurityContext.Issuer ISSUER = SecurityContext.issuer(MethodHandles.lookup());

    final Map<String, String> passwords = new TreeMap<>(Map.of("ada", "lovelace"));
    final List<String> calls = new ArrayList<>();
    Duration locked = Duration.ZERO;
    /** What is answered in place of a user's principal. */
    final Map<String, String> principals = new TreeMap<>();
    /** Whether contexts have no user, whoever is asked for. */
    boolean knowsNoUsers;

    String unusable = "";

    @Override
    public String authenticate(String name, char[] password) throws AuthenticationException {
        if (!new String(password).equals(passwords.get(name))) {
            throw new AuthenticationException("name or password is wrong", Duration.ZERO);
        }
        return principals.getOrDefault(name, PRINCIPAL_PREFIX + name);
    }

    @Override
    public SecurityContext own() {
        return ISSUER.of(Services.PRINCIPAL);
    }

    @Override
    public SecurityContext of(String principal) {
        if (principal.equals("user:eve")) {
            throw new AccessDeniedException(Services.PRINCIPAL, new Permission("context", "run-as", principal), "");
        }
        return knowsNoUsers || !principal.startsWith(PRINCIPAL_PREFIX)
                ? ISSUER.of(principal)
                : ISSUER.forUser(own(), principal);
    }

    @Override
    public List<UserAccount> list() {
        if (!unusable.isEmpty()) {
            throw new IllegalStateException(unusable);
        }
        return passwords.keySet().stream()
                .map(name -> new UserAccount(name, Rig.NOW.minusSeconds(3600), 2, locked))
                .toList();
    }

    @Override
    public void add(String name, char[] password) {
        if (passwords.putIfAbsent(name, new String(password)) != null) {
            throw new IllegalStateException("there is a user " + name + " already");
        }
    }

    @Override
    public void setPassword(String name, char[] password) {
        passwords.put(name, new String(password));
    }

    @Override
    public void remove(String name) {
        passwords.remove(name);
    }

    @Override
    public void unlock(String name) {
        calls.add("unlock " + name);
    }
}

package symphony.users;

import symphony.api.user.AuthenticationException;
import symphony.api.user.Authenticator;

/** Checks passwords for one bundle, which the audit names. Thread-safe. */
final class CallerAuthenticator implements Authenticator {
    private final Accounts accounts;
    private final String caller;

    CallerAuthenticator(Accounts accounts, String caller) {
        this.accounts = accounts;
        this.caller = caller;
    }

    @Override
    public String authenticate(String name, char[] password) throws AuthenticationException {
        return accounts.authenticate(caller, name, password);
    }
}

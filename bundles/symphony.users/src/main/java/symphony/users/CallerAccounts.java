package symphony.users;

import java.util.List;
import symphony.api.user.UserAccount;
import symphony.api.user.UserAccounts;

/** Accounts as one bundle may have them. Thread-safe. */
final class CallerAccounts implements UserAccounts {
    private final Accounts accounts;
    private final String caller;

    CallerAccounts(Accounts accounts, String caller) {
        this.accounts = accounts;
        this.caller = caller;
    }

    @Override
    public List<UserAccount> list() {
        return accounts.list(caller);
    }

    @Override
    public void add(String name, char[] password) {
        accounts.add(caller, name, password);
    }

    @Override
    public void setPassword(String name, char[] password) {
        accounts.setPassword(caller, name, password);
    }

    @Override
    public void remove(String name) {
        accounts.remove(caller, name);
    }

    @Override
    public void unlock(String name) {
        accounts.unlock(caller, name);
    }
}

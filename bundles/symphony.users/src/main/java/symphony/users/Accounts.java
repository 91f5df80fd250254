package symphony.users;

import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.rbac.Decision;
import symphony.api.user.AuthenticationException;
import symphony.api.user.Authenticator;
import symphony.api.user.UserAccount;
import symphony.api.user.UserAccounts;
import symphony.component.Durations;
import symphony.component.Guard;
import symphony.component.QuietLog;
import symphony.users.PasswordHash.Cost;

/** All accounts, and who may log in. Each call is told who asks. Thread-safe. */
final class Accounts {
    /*
     * One hash is made at a time: each takes its memory from the heap of whoever shares the process, and many at once would
     * let anybody who may try passwords fill it. Whether a name is locked is asked with that permit, so that of many guesses at
     * once no more are checked than of many in a row.
     */
    private static final Logger log = LoggerFactory.getLogger(Accounts.class);
    private static final String DOMAIN = "user";
    /** Of what nobody was asked for. */
    private static final Decision NOBODYS = new Decision(true, "");

    private static final String LOGIN = "user:login";
    private static final String REASON = "reason";
    /** In place of a name that is none: somebody may have typed a password there. */
    private static final String NO_ACCOUNT = "(no account)";

    private static final String TAGS = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final int TAG_BYTES = 8;
    private static final int MOST_NAME = 100;

    private final UserFile file;
    private final Guard guard;
    private final SecureRandom random;
    private final InstantSource clock;
    private final LockOut lockOut;
    private final long patienceNanos;
    private final Semaphore hashing = new Semaphore(1, true);
    private final Object changes = new Object();
    private final QuietLog unusable;
    private final QuietLog locks;
    private final QuietLog notRenewed;
    private final SecretKeySpec tags;
    private volatile UserSettings settings;

    Accounts(
            UserFile file,
            Guard guard,
            SecureRandom random,
            InstantSource clock,
            LongSupplier nanos,
            Duration patience,
            UserSettings settings) {
        this.file = file;
        this.guard = guard;
        this.random = random;
        this.clock = clock;
        this.lockOut = new LockOut(nanos, settings.rule());
        this.patienceNanos = patience.toNanos();
        this.unusable = new QuietLog(nanos);
        this.locks = new QuietLog(nanos);
        this.notRenewed = new QuietLog(nanos);
        var key = new byte[KEY_BYTES];
        random.nextBytes(key);
        this.tags = new SecretKeySpec(key, TAGS);
        this.settings = settings;
    }

    void apply(UserSettings changed) {
        settings = changed;
        lockOut.apply(changed.rule());
    }

    /** See {@link Authenticator#authenticate}. */
    String authenticate(String caller, String name, char[] password) throws AuthenticationException {
        takeTurn();
        try {
            Map<String, StoredUser> users = users();
            lockOut.keep(users.keySet());
            StoredUser user = users.get(name);
            Tried tried = user == null ? new Tried(tag(name), false) : new Tried(name, true);
            refuseLocked(caller, tried);
            if (!matches(user, password)) {
                lockOut.failed(tried.key(), tried.isAccount());
                throw refused(caller, tried);
            }
            guard.record(caller, LOGIN, tried.target(), Outcome.DONE, Map.of());
            lockOut.forget(name);
            renew(caller, user, password);
            return tried.target();
        } finally {
            hashing.release();
        }
    }

    /**
     * A name for which a password is tried.
     *
     * @param key the name of an account; of any other what stands for it, since somebody may have typed a password there
     * @param isAccount whether there is such an account
     */
    private record Tried(String key, boolean isAccount) {
        /** For the audit. Each name is a target of its own: were all others one, denials would be told otherwise for accounts. */
        String target() {
            return (isAccount ? Authenticator.PRINCIPAL_PREFIX : NO_ACCOUNT + ' ') + key;
        }
    }

    /** Stands for a name, in this process; the name cannot be found by it. */
    private String tag(String name) {
        try {
            var mac = Mac.getInstance(TAGS);
            mac.init(tags);
            byte[] tag = mac.doFinal(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(tag, 0, TAG_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("each Java platform has " + TAGS, e);
        }
    }

    /** So that after a change of the cost it becomes the same for all, and the time of an answer tells accounts from nothing. */
    private void renew(String caller, StoredUser user, char[] password) {
        Cost cost = settings.cost();
        if (user.hash().isOf(cost)) {
            return;
        }
        var renewed = new StoredUser(user.name(), user.changed(), PasswordHash.of(password, cost, random));
        try {
            change(caller, "rehash", user.name(), NOBODYS, users -> {
                checkKnown(users, user.name());
                if (!users.get(user.name()).line().equals(user.line())) {
                    throw new IllegalStateException("it was changed meanwhile");
                }
                users.put(user.name(), renewed);
            });
        } catch (IllegalStateException e) { // who logs in has nothing to do with it
            notRenewed.write(more -> log.warn(
                    "{}: the hash of {} keeps its cost: {} ({} more not told)",
                    Users.PID,
                    user.name(),
                    e.getMessage(),
                    more));
        }
    }

    private void refuseLocked(String caller, Tried tried) throws AuthenticationException {
        Duration left = lockOut.lockedFor(tried.key(), tried.isAccount());
        if (!left.isZero()) {
            tell(caller, tried, "locked");
            throw new AuthenticationException(
                    "too many wrong passwords; try again in "
                            + Durations.format(left.plusSeconds(1).minusNanos(1).truncatedTo(ChronoUnit.SECONDS)),
                    left);
        }
    }

    private AuthenticationException refused(String caller, Tried tried) {
        tell(caller, tried, "password");
        Duration locked = lockOut.lockedFor(tried.key(), tried.isAccount());
        if (!locked.isZero()) {
            locks.write(more -> log.warn(
                    "{}: {} wrong passwords for {}; none is checked for {} ({} more not told)",
                    Users.PID,
                    lockOut.failures(tried.key(), tried.isAccount()),
                    tried.target(),
                    Durations.format(locked),
                    more));
        }
        return new AuthenticationException("name or password is wrong", locked);
    }

    /** It is refused in any case; that the trail lacks it must not change the answer. */
    private void tell(String caller, Tried tried, String reason) {
        try {
            guard.record(caller, LOGIN, tried.target(), Outcome.DENIED, Map.of(REASON, reason));
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            log.warn("the denial of {} to {} could not be audited: {}", LOGIN, tried.target(), e.toString());
        }
    }

    private void takeTurn() throws AuthenticationException {
        boolean isMine;
        try {
            isMine = hashing.tryAcquire(patienceNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuthenticationException("interrupted while others logged in", Duration.ZERO);
        }
        if (!isMine) {
            throw new AuthenticationException("too many want to log in at once; try again", Duration.ZERO);
        }
    }

    private Map<String, StoredUser> users() throws AuthenticationException {
        try {
            return file.read();
        } catch (IllegalStateException e) {
            unusable.write(more -> log.error("{}: {} ({} more not told)", Users.PID, e.getMessage(), more));
            throw new AuthenticationException("nobody can log in now; the log says why", Duration.ZERO);
        }
    }

    /** As long whether there is such a user or not. */
    private boolean matches(StoredUser user, char[] password) {
        PasswordHash hash = user == null ? PasswordHash.ofNone(settings.cost()) : user.hash();
        boolean isTooLong = password.length > UserAccounts.MOST_CHARACTERS;
        return hash.matches(isTooLong ? new char[0] : password) && user != null && !isTooLong;
    }

    /** See {@link UserAccounts#list}. */
    List<UserAccount> list(String caller) {
        guard.check(caller, DOMAIN, "list", "users");
        return file.read().values().stream()
                .map(user -> new UserAccount(
                        user.name(),
                        user.changed(),
                        lockOut.failures(user.name(), true),
                        lockOut.lockedFor(user.name(), true)))
                .toList();
    }

    /** See {@link UserAccounts#add}. */
    void add(String caller, String name, char[] password) {
        checkName(name);
        Decision decision = guard.check(caller, DOMAIN, "add", name);
        StoredUser made = hashed(name, password);
        change(caller, "add", name, decision, users -> {
            if (users.size() >= UserFile.MOST_USERS) {
                throw new IllegalStateException("there are " + users.size() + " users, and no more are allowed");
            }
            if (users.putIfAbsent(name, made) != null) {
                throw new IllegalStateException("there is a user " + name + " already");
            }
        });
        lockOut.forget(name);
        lockOut.forget(tag(name)); // guesses of a name that was none
    }

    /** See {@link UserAccounts#setPassword}. */
    void setPassword(String caller, String name, char[] password) {
        checkName(name);
        Decision decision = guard.check(caller, DOMAIN, "passwd", name);
        StoredUser changed = hashed(name, password);
        change(caller, "passwd", name, decision, users -> {
            checkKnown(users, name);
            users.put(name, changed);
        });
        lockOut.forget(name);
    }

    /** See {@link UserAccounts#remove}. */
    void remove(String caller, String name) {
        checkName(name);
        Decision decision = guard.check(caller, DOMAIN, "remove", name);
        change(caller, "remove", name, decision, users -> {
            checkKnown(users, name);
            users.remove(name);
        });
        lockOut.forget(name);
    }

    /** See {@link UserAccounts#unlock}. */
    void unlock(String caller, String name) {
        checkName(name);
        Decision decision = guard.check(caller, DOMAIN, "unlock", name);
        checkKnown(file.read(), name);
        guard.record(caller, "user:unlock", Authenticator.PRINCIPAL_PREFIX + name, Outcome.DONE, Map.of(), decision);
        lockOut.forget(name);
    }

    private static void checkName(String name) {
        if (!StoredUser.isName(name)) {
            throw new IllegalArgumentException(
                    "a user's name must be 1 to " + MOST_NAME + " of A-Z a-z 0-9 _ . - @, the first a letter or digit");
        }
    }

    private static void checkKnown(Map<String, StoredUser> users, String name) {
        if (!users.containsKey(name)) {
            throw new IllegalStateException("there is no user " + name);
        }
    }

    /** What a change does with all accounts; throws if it cannot. */
    @FunctionalInterface
    private interface Change {
        void apply(Map<String, StoredUser> users);
    }

    private void change(String caller, String action, String name, Decision decision, Change change) {
        synchronized (changes) {
            Map<String, StoredUser> users = file.read();
            change.apply(users);
            record(caller, action, name, Outcome.DONE, decision);
            try {
                file.write(users.values());
            } catch (IllegalStateException e) {
                try {
                    record(caller, action, name, Outcome.FAILED, decision);
                } catch (AuditUnavailableException unavailable) { // that it failed is to be told in any case
                    e.addSuppressed(unavailable);
                }
                throw e;
            }
        }
    }

    private void record(String caller, String action, String name, Outcome outcome, Decision decision) {
        guard.record(caller, DOMAIN + ':' + action, Authenticator.PRINCIPAL_PREFIX + name, outcome, Map.of(), decision);
    }

    private StoredUser hashed(String name, char[] password) {
        checkPassword(name, password);
        boolean isInterrupted = false;
        while (true) { // the hash is short, and a password that is half set would be none
            try {
                hashing.acquire();
                break;
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        try {
            PasswordHash hash = PasswordHash.of(password, settings.cost(), random);
            return new StoredUser(name, clock.instant().truncatedTo(ChronoUnit.SECONDS), hash);
        } finally {
            hashing.release();
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void checkPassword(String name, char[] password) {
        int least = settings.least();
        if (Character.codePointCount(password, 0, password.length) < least
                || password.length > UserAccounts.MOST_CHARACTERS) {
            throw new IllegalArgumentException(
                    "a password must have " + least + " to " + UserAccounts.MOST_CHARACTERS + " characters");
        }
        for (char c : password) {
            if (Character.isISOControl(c)) {
                throw new IllegalArgumentException("a password must have no control characters, such as a tabulator");
            }
        }
        if (name.contentEquals(CharBuffer.wrap(password))) {
            throw new IllegalArgumentException("a password must not be the user's name");
        }
    }
}

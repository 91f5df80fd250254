package symphony.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;
import symphony.api.user.AuthenticationException;
import symphony.api.user.UserAccount;
import symphony.component.Guard;

@Timeout(120)
class AccountsTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00.123Z");
    private static final String SHELL = "symphony.shell";
    private static final String RIGHT = "correct horse battery";
    private static final Map<String, Object> CHEAP = Map.of("memory", 8192, "passes", 1, "attempts", 3);

    @TempDir
    private Path home;

    private final AtomicLong nanos = new AtomicLong();
    private final Guard guard = new Guard(false);
    private final Trail trail = new Trail();
    private Accounts accounts;

    /** What was recorded, or a service that cannot. */
    private static final class Trail implements AuditSink {
        private final List<String> entries = new CopyOnWriteArrayList<>();
        private volatile boolean isDown;
        private volatile boolean isDownAfterNext;

        @Override
        public void record(AuditEntry entry) {
            if (isDown) {
                throw new AuditUnavailableException("the disk is full", null);
            }
            isDown = isDownAfterNext;
            entries.add(entry.action()
                    + ' '
                    + entry.target()
                    + ' '
                    + entry.outcome()
                    + ' '
                    + entry.actor()
                    + (entry.details().isEmpty() ? "" : " " + entry.details()));
        }

        @Override
        public void count(
                String action, String principal, String topic, String subscription, Outcome outcome, UUID eventId) {
            throw new UnsupportedOperationException();
        }
    }

    @BeforeEach
    void make() {
        guard.bind(trail);
        accounts = accounts();
    }

    private Accounts accounts() {
        return new Accounts(
                new UserFile(home),
                guard,
                new SecureRandom(),
                () -> NOW,
                nanos::get,
                Duration.ofSeconds(60),
                UserSettings.of(UserSettings.KEYS.orDefaults(CHEAP)));
    }

    private void add(String name) {
        accounts.add(SHELL, name, RIGHT.toCharArray());
    }

    private String login(String name, String password) throws AuthenticationException {
        return accounts.authenticate(SHELL, name, password.toCharArray());
    }

    private AuthenticationException refused(String name, String password) {
        return catchThrowableOfType(AuthenticationException.class, () -> login(name, password));
    }

    @Test
    void letsInWhoHasThePassword() throws Exception {
        add("ada");
        assertThat(login("ada", RIGHT)).isEqualTo("user:ada");
        assertThat(trail.entries)
                .containsExactly("user:add user:ada DONE symphony.shell", "user:login user:ada DONE symphony.shell");
    }

    @Test
    void knowsItsAccountsAfterARestart() throws Exception {
        add("ada");
        accounts = accounts();
        assertThat(login("ada", RIGHT)).isEqualTo("user:ada");
    }

    /** Whatever is wrong, one text and one cost. */
    @Test
    void doesNotTellWhetherThereIsSuchAUser() {
        add("ada");
        for (String name : List.of("ada", "bob", "", "a b\n", "x".repeat(1 << 20))) {
            AuthenticationException refusal = refused(name, "wrong");
            assertThat(refusal).as(name.length() + "").hasMessage("name or password is wrong");
            assertThat(refusal.retryAfter()).isZero();
        }
        assertThat(refused("ada", RIGHT.repeat(100))).hasMessage("name or password is wrong");
        assertThat(trail.entries)
                .contains("user:login user:ada DENIED symphony.shell {reason=password}")
                .noneMatch(entry -> entry.contains("bob"));
    }

    /** Denials that are alike are told once a while: were all other names one, an account would be told otherwise. */
    @Test
    void tellsEachNameAsOneOfItsOwn() {
        add("ada");
        trail.entries.clear();
        String longName = "x".repeat(100);
        for (String name : List.of("bob", "eve", "bob", longName + "1", longName + "2")) {
            refused(name, "wrong");
        }
        assertThat(trail.entries)
                .hasSize(5)
                .allMatch(entry -> entry.matches(
                        "user:login \\(no account\\) [0-9a-f]{16} DENIED symphony\\.shell \\{reason=password}"));
        assertThat(Set.copyOf(trail.entries)).hasSize(4);
        assertThat(trail.entries.get(2)).isEqualTo(trail.entries.get(0));
        String before = trail.entries.get(0);
        accounts = accounts();
        refused("bob", "wrong");
        assertThat(trail.entries).last().isNotEqualTo(before); // in another process it is another
    }

    @Test
    void hashesAnewAtALogInOnceTheCostIsAnother() throws Exception {
        add("ada");
        add("bob");
        String before = line("ada");
        assertThat(before).contains("$m=8192,t=1,p=1$");
        accounts.apply(UserSettings.of(UserSettings.KEYS.orDefaults(Map.of("memory", 9000, "passes", 2))));
        refused("ada", "wrong");
        assertThat(line("ada")).isEqualTo(before);
        assertThat(login("ada", RIGHT)).isEqualTo("user:ada");
        assertThat(line("ada")).startsWith("ada 2026-11-24T12:00:00Z ").contains("$m=9000,t=2,p=1$");
        assertThat(line("bob")).contains("$m=8192,t=1,p=1$");
        assertThat(trail.entries).last().isEqualTo("user:rehash user:ada DONE symphony.shell");
        String after = line("ada");
        assertThat(login("ada", RIGHT)).isEqualTo("user:ada");
        assertThat(line("ada")).isEqualTo(after);
    }

    @Test
    void letsInAlsoIfTheHashCannotBeMadeAnew() throws Exception {
        add("ada");
        accounts.apply(UserSettings.of(UserSettings.KEYS.orDefaults(Map.of("memory", 9000))));
        Files.createDirectory(home.resolve("users.new"));
        Files.createFile(home.resolve("users.new/in-the-way"));
        assertThat(login("ada", RIGHT)).isEqualTo("user:ada");
        assertThat(line("ada")).contains("$m=8192,");
    }

    private String line(String name) throws IOException {
        return Files.readAllLines(home.resolve("users")).stream()
                .filter(line -> line.startsWith(name + ' '))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void otherNamesLiftNoLock() {
        add("ada");
        for (int i = 0; i < 3; i++) {
            refused("ada", "wrong");
        }
        for (int i = 0; i < 10; i++) {
            refused("other" + i, "wrong");
        }
        assertThat(refused("ada", RIGHT)).hasMessageStartingWith("too many wrong passwords");
        assertThat(accounts.list(SHELL)).extracting(UserAccount::failures).containsExactly(3);
    }

    @Test
    void beginsAnewForAnAccountOfANameThatWasGuessed() throws Exception {
        for (int i = 0; i < 3; i++) {
            refused("ada", "wrong");
        }
        assertThat(refused("ada", RIGHT)).hasMessageStartingWith("too many wrong passwords");
        add("ada");
        assertThat(login("ada", RIGHT)).isEqualTo("user:ada");
    }

    @Test
    void saysThatItWasInterruptedWhileItWaited() throws Exception {
        add("ada");
        var waiting = new CompletableFuture<String>();
        var thread = new Thread(() -> {
            Thread.currentThread().interrupt();
            waiting.complete(refused("ada", RIGHT).getMessage());
        });
        thread.start();
        assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo("interrupted while others logged in");
    }

    @Test
    void locksANameAfterTooManyWrongPasswords() throws Exception {
        add("ada");
        for (String name : List.of("ada", "nobody")) {
            refused(name, "wrong");
            refused(name, "wrong");
            assertThat(refused(name, "wrong").retryAfter()).isEqualTo(Duration.ofMinutes(1));
            AuthenticationException locked = refused(name, RIGHT);
            assertThat(locked).hasMessage("too many wrong passwords; try again in 60s");
        }
        assertThat(trail.entries)
                .last()
                .asString()
                .matches("user:login \\(no account\\) [0-9a-f]{16} DENIED symphony\\.shell \\{reason=locked}");
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(login("ada", RIGHT)).isEqualTo("user:ada");
        assertThat(accounts.list(SHELL)).extracting(UserAccount::failures).containsExactly(0);
    }

    @Test
    void manyGuessesAtOnceAreNoMoreThanManyInARow() throws Exception {
        add("ada");
        int guesses = 12;
        var begin = new CyclicBarrier(guesses);
        var checked = new AtomicInteger();
        var pool = Executors.newFixedThreadPool(guesses);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < guesses; i++) {
                all.add(pool.submit(() -> {
                    begin.await();
                    if (refused("ada", "wrong").getMessage().startsWith("name or password")) {
                        checked.incrementAndGet();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(checked).hasValue(3);
    }

    @Test
    void setsAPasswordAndLiftsTheLock() throws Exception {
        add("ada");
        for (int i = 0; i < 3; i++) {
            refused("ada", "wrong");
        }
        accounts.setPassword(SHELL, "ada", "another long one".toCharArray());
        assertThat(login("ada", "another long one")).isEqualTo("user:ada");
        assertThat(refused("ada", RIGHT)).hasMessage("name or password is wrong");
        assertThat(trail.entries).contains("user:passwd user:ada DONE symphony.shell");
    }

    @Test
    void unlocksAName() throws Exception {
        add("ada");
        for (int i = 0; i < 3; i++) {
            refused("ada", "wrong");
        }
        assertThat(accounts.list(SHELL)).singleElement().satisfies(account -> {
            assertThat(account.failures()).isEqualTo(3);
            assertThat(account.lockedFor()).isEqualTo(Duration.ofMinutes(1));
            assertThat(account.changed()).isEqualTo("2026-11-24T12:00:00Z");
        });
        accounts.unlock(SHELL, "ada");
        assertThat(login("ada", RIGHT)).isEqualTo("user:ada");
    }

    @Test
    void removesAUser() {
        add("ada");
        add("bob");
        accounts.remove(SHELL, "ada");
        assertThat(accounts.list(SHELL)).extracting(UserAccount::name).containsExactly("bob");
        assertThat(refused("ada", RIGHT)).hasMessage("name or password is wrong");
    }

    @Test
    void refusesWhatWouldBeNoAccount() {
        add("ada");
        assertThatThrownBy(() -> add("ada"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("there is a user ada already");
        for (String name : List.of("", "-a", "a b", "a/b", "ä", "x".repeat(101))) {
            assertThatThrownBy(() -> add(name)).as(name).isInstanceOf(IllegalArgumentException.class);
        }
        for (String password :
                List.of("", "elevenchars", "x".repeat(257), "with\ttabulator", "x".repeat(11) + "\u0000")) {
            assertThatThrownBy(() -> accounts.add(SHELL, "bob", password.toCharArray()))
                    .as(password)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("a password must have ");
        }
        assertThatThrownBy(() -> accounts.add(SHELL, "a.long.user.name", "a.long.user.name".toCharArray()))
                .hasMessage("a password must not be the user's name");
        for (Runnable change : List.<Runnable>of(
                () -> accounts.remove(SHELL, "bob"),
                () -> accounts.unlock(SHELL, "bob"),
                () -> accounts.setPassword(SHELL, "bob", RIGHT.toCharArray()))) {
            assertThatThrownBy(change::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("there is no user bob");
        }
        assertThat(accounts.list(SHELL)).extracting(UserAccount::name).containsExactly("ada");
    }

    @Test
    void asksForThePermissionOfEachAction() {
        add("ada");
        guard.bind((AccessControl) (principal, permission) -> new Decision(false, ""));
        Map<String, Runnable> actions = Map.of(
                "user:list:users", () -> accounts.list(SHELL),
                "user:add:bob", () -> add("bob"),
                "user:passwd:ada", () -> accounts.setPassword(SHELL, "ada", RIGHT.toCharArray()),
                "user:remove:ada", () -> accounts.remove(SHELL, "ada"),
                "user:unlock:ada", () -> accounts.unlock(SHELL, "ada"));
        actions.forEach((permission, action) -> assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        AccessDeniedException.class,
                        e -> assertThat(e.permission()).isEqualTo(permission)));
    }

    @Test
    void changesNothingAndLetsNobodyInIfItCannotBeAudited() throws Exception {
        add("ada");
        trail.isDown = true;
        assertThatThrownBy(() -> login("ada", RIGHT)).isInstanceOf(AuditUnavailableException.class);
        assertThatThrownBy(() -> add("bob")).isInstanceOf(AuditUnavailableException.class);
        assertThatThrownBy(() -> accounts.remove(SHELL, "ada")).isInstanceOf(AuditUnavailableException.class);
        assertThat(refused("ada", "wrong")).hasMessage("name or password is wrong");
        trail.isDown = false;
        assertThat(login("ada", RIGHT)).isEqualTo("user:ada");
        assertThat(accounts.list(SHELL)).extracting(UserAccount::name).containsExactly("ada");
    }

    @Test
    void letsNobodyInByAFileThatCannotBeUsed() throws IOException {
        add("ada");
        Files.writeString(home.resolve("users"), "x");
        assertThat(refused("ada", RIGHT)).hasMessage("nobody can log in now; the log says why");
        assertThatThrownBy(() -> add("bob"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("line 1: ");
        assertThat(Files.readString(home.resolve("users"))).isEqualTo("x");
    }

    @Test
    void auditsThatAChangeCouldNotBeWritten() throws IOException {
        add("ada");
        Files.createDirectory(home.resolve("users.new"));
        Files.createFile(home.resolve("users.new/in-the-way"));
        assertThatThrownBy(() -> add("bob"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot be written");
        assertThat(trail.entries)
                .endsWith("user:add user:bob DONE symphony.shell", "user:add user:bob FAILED symphony.shell");
    }

    @Test
    void saysThatAChangeCouldNotBeWrittenAlsoIfTheTrailCannot() throws IOException {
        add("ada");
        Files.createDirectory(home.resolve("users.new"));
        Files.createFile(home.resolve("users.new/in-the-way"));
        trail.isDownAfterNext = true;
        assertThatThrownBy(() -> add("bob"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot be written")
                .satisfies(e ->
                        assertThat(e.getSuppressed()).singleElement().isInstanceOf(AuditUnavailableException.class));
    }

    @Test
    void finishesAChangeOfAnInterruptedThread() throws Exception {
        Thread.currentThread().interrupt();
        add("ada");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(login("ada", RIGHT)).isEqualTo("user:ada");
    }

    @Test
    void finishesChangesThatAreInterruptedAgainAndAgain() throws Exception {
        add("ada");
        Thread changing = Thread.currentThread();
        var done = new AtomicBoolean();
        var interrupting = new Thread(() -> {
            for (int i = 0; i < 200 && !done.get(); i++) { // one may come in each write, so that they must end
                changing.interrupt();
                LockSupport.parkNanos(200_000);
            }
        });
        interrupting.start();
        try {
            for (int i = 0; i < 10; i++) {
                accounts.setPassword(SHELL, "ada", ("a new password " + i).toCharArray());
            }
        } finally {
            done.set(true);
            while (interrupting.isAlive()) {
                Thread.onSpinWait();
            }
            Thread.interrupted();
        }
        assertThat(login("ada", "a new password 9")).isEqualTo("user:ada");
        assertThat(trail.entries).noneMatch(entry -> entry.contains("FAILED"));
    }

    @Test
    void takesItsSettingsFromNowOn() {
        add("ada");
        accounts.apply(UserSettings.of(UserSettings.KEYS.orDefaults(Map.of("attempts", 1, "password.least", 40))));
        assertThatThrownBy(() -> add("bob")).hasMessage("a password must have 40 to 256 characters");
        assertThat(refused("ada", "wrong").retryAfter()).isEqualTo(Duration.ofMinutes(1));
    }
}

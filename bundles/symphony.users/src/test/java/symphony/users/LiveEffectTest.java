package symphony.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.user.AuthenticationException;
import symphony.component.Guard;

/** Each key, changed while somebody logs in again and again: what it does is done from then on, and no log-in fails. G11. */
@Timeout(120)
class LiveEffectTest {
    private static final String SHELL = "symphony.shell";
    private static final String RIGHT = "correct horse battery";
    private static final String WRONG = "wrong horse battery";
    private static final String BUSY = "busy";
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    private final Map<String, Object> config = new HashMap<>(Map.of("memory", 8192, "passes", 1));
    private final AtomicInteger logins = new AtomicInteger();
    private UserFile file;
    private Accounts accounts;
    private Thread user;
    private volatile boolean open = true;
    private volatile Throwable failure;

    @BeforeEach
    void begin() {
        file = new UserFile(home);
        long now = System.nanoTime();
        accounts = new Accounts(
                file, new Guard(false), new SecureRandom(), InstantSource.system(), () -> now, DEADLINE, settings());
        add(BUSY, RIGHT);
        user = new Thread(this::logInAgainAndAgain);
        user.start();
    }

    @AfterEach
    void end() throws InterruptedException {
        awaitMore();
        open = false;
        user.join();
        assertThat(failure).as("what a log-in met").isNull();
    }

    private void logInAgainAndAgain() {
        try {
            while (open) {
                logIn(BUSY, RIGHT);
                logins.incrementAndGet();
            }
        } catch (AuthenticationException | RuntimeException e) {
            failure = e;
        }
    }

    private String logIn(String name, String password) throws AuthenticationException {
        return accounts.authenticate(SHELL, name, password.toCharArray());
    }

    private void add(String name, String password) {
        accounts.add(SHELL, name, password.toCharArray());
    }

    private UserSettings settings() {
        return UserSettings.of(UserSettings.KEYS.orDefaults(config));
    }

    /** Between two log-ins and two more. */
    private void turn(String key, Object value) {
        awaitMore();
        config.put(key, value);
        accounts.apply(settings());
        awaitMore();
    }

    private void awaitMore() {
        int before = logins.get();
        await(() -> logins.get() > before + 1 || failure != null);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end)
                    .as("it did not come true in time")
                    .isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void refuse(String name, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(catchThrowableOfType(AuthenticationException.class, () -> logIn(name, WRONG)))
                    .hasMessage("name or password is wrong");
        }
    }

    private Duration locked(String name) {
        return accounts.list(SHELL).stream()
                .filter(account -> account.name().equals(name))
                .findAny()
                .orElseThrow()
                .lockedFor();
    }

    @Test
    void asManyWrongPasswordsAreCheckedAsAttemptsSays() throws Exception {
        add("ada", RIGHT);
        refuse("ada", 2);
        turn("attempts", 2);
        assertThatThrownBy(() -> logIn("ada", RIGHT)).hasMessageStartingWith("too many wrong passwords");
        turn("attempts", 3);
        assertThat(logIn("ada", RIGHT)).isEqualTo("user:ada");
    }

    @Test
    void aNameIsLockedForTheTimeThatLockSays() {
        turn("attempts", 1);
        add("ada", RIGHT);
        refuse("ada", 1);
        assertThat(locked("ada")).isEqualTo(Duration.ofMinutes(1));
        turn("lock", "10m");
        assertThat(locked("ada")).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void aNameIsLockedNoLongerThanLockMostSays() {
        turn("attempts", 1);
        turn("lock", "1h");
        add("ada", RIGHT);
        refuse("ada", 1);
        assertThat(locked("ada")).isEqualTo(Duration.ofHours(1));
        turn("lock.most", "5m");
        assertThat(locked("ada")).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void hashesTakeTheMemoryThatIsSaidOnceTheirOwnerLogsIn() {
        assertThat(hash(BUSY)).contains("$m=8192,t=1,");
        turn("memory", 9216);
        await(() -> hash(BUSY).contains("$m=9216,t=1,"));
    }

    @Test
    void hashesTakeThePassesThatAreSaidOnceTheirOwnerLogsIn() {
        assertThat(hash(BUSY)).contains("$m=8192,t=1,");
        turn("passes", 2);
        await(() -> hash(BUSY).contains("$m=8192,t=2,"));
    }

    private String hash(String name) {
        return file.read().get(name).hash().toString();
    }

    @Test
    void passwordsAreAsLongAsPasswordLeastSaysWhenTheyAreSet() {
        assertThatThrownBy(() -> add("ada", "ten chars.")).hasMessageContaining("must have 12 to");
        turn("password.least", 10);
        add("ada", "ten chars.");
        turn("password.least", 11);
        assertThatThrownBy(() -> add("bob", "ten chars.")).hasMessageContaining("must have 11 to");
    }
}

package symphony.users;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.component.Settings;
import symphony.users.PasswordHash.Cost;

/**
 * How passwords are checked.
 *
 * @param cost of a password that is set from now on
 * @param rule when a name is locked
 * @param least characters of a password that is set from now on
 */
record UserSettings(Cost cost, LockOut.Rule rule, int least) {
    private static final Logger log = LoggerFactory.getLogger(UserSettings.class);
    private static final String MEMORY = "memory";
    private static final String PASSES = "passes";
    private static final String ATTEMPTS = "attempts";
    private static final String LOCK = "lock";
    private static final String LOCK_MOST = "lock.most";
    private static final String LEAST = "password.least";

    /** The cost is OWASP's least for Argon2id; more memory would not fit beside the rest of a small heap. */
    static final Settings KEYS = Settings.of(Users.PID)
            .number(MEMORY, Cost.MEMORY, Cost.LEAST_MEMORY, Cost.MOST_MEMORY)
            .number(PASSES, 2, 1, Cost.MOST_PASSES)
            .number(ATTEMPTS, 5, 1, 100)
            .time(LOCK, Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofDays(1))
            .time(LOCK_MOST, Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofDays(1))
            .number(LEAST, 12, 8, 64)
            .build();

    static UserSettings of(Settings.Values values) {
        var cost = new Cost(values.integer(MEMORY), values.integer(PASSES));
        int passes = cost.fittingPasses();
        if (passes < cost.passes()) {
            log.warn(
                    "{}: {} is {} with {} {}, which takes too long; using {}; set it in PID {}",
                    Users.PID,
                    PASSES,
                    cost.passes(),
                    MEMORY,
                    cost.memory(),
                    passes,
                    Users.PID);
        }
        return new UserSettings(
                new Cost(cost.memory(), passes),
                new LockOut.Rule(values.integer(ATTEMPTS), values.time(LOCK), values.time(LOCK_MOST)),
                values.integer(LEAST));
    }
}

package symphony.crypto;

import java.time.Duration;
import java.util.Map;
import symphony.component.Settings;

/**
 * How sealing is done.
 *
 * @param provider name of a JCA provider that has AES-GCM; empty is the platform's first
 * @param saltMillis how long a salt is used
 * @param sealsPerSalt how many seals a salt is used for
 * @param derivedKeys how many derived keys are kept
 * @param rotationMillis the age at which keys are rotated, 0 for never
 */
record SealSettings(String provider, long saltMillis, long sealsPerSalt, int derivedKeys, long rotationMillis) {
    /** NIST SP 800-38D allows 2^32 invocations where nonces are random; ours count, and stay below it anyway. */
    static final long SEALS_PER_SALT = 1L << 31;

    static final String PROVIDER = "provider";
    static final String SALT_TIME = "salt.time";
    static final String DERIVED_KEYS = "derived.keys";
    static final String ROTATION_AFTER = "rotation.after";

    static final Settings KEYS = Settings.of(Crypto.PID)
            .text(PROVIDER, GcmCipher.PLATFORM, GcmCipher::check)
            .time(SALT_TIME, Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofDays(1))
            .number(DERIVED_KEYS, 1024, 64, 65_536)
            .time(ROTATION_AFTER, Duration.ZERO, Duration.ZERO, Duration.ofDays(3650))
            .build();

    static SealSettings of(Settings.Values values) {
        return new SealSettings(
                values.text(PROVIDER),
                values.time(SALT_TIME).toMillis(),
                SEALS_PER_SALT,
                values.integer(DERIVED_KEYS),
                values.time(ROTATION_AFTER).toMillis());
    }

    static SealSettings defaults() {
        return of(KEYS.orDefaults(Map.of()));
    }

    SealSettings withSealsPerSalt(long seals) {
        return new SealSettings(provider, saltMillis, seals, derivedKeys, rotationMillis);
    }
}

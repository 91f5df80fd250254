package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;

/**
 * What the keys are after a process was killed at each second step of a change, one after the other; {@code -Dkilled.every=1} kills at each.
 * {@link KilledRotationTest} kills a process at any moment.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(900)
class KilledChangeTest {
    private static final int EVERY = Integer.getInteger("killed.every", 2);

    @TempDir
    private Path temp;

    private Path first;
    private Keysets keysets;
    private Envelope sealed;

    @BeforeEach
    void makeKeys() {
        first = temp.resolve("first");
        keysets = folder(first).open();
        sealed = Engines.seal(Engines.engine(keysets));
    }

    private static KeyFolder folder(Path home) {
        return new KeyFolder(home, Optional.empty(), InstantSource.system(), new SecureRandom());
    }

    private static Keysets rotated(Keysets keysets) {
        return keysets.rotated(CryptoContext.EVENT, InstantSource.system(), new SecureRandom());
    }

    /** What is done to a folder of keys. */
    private interface Change {
        void apply(KeyFolder folder);
    }

    /** Whether it came to its end, in the place of being killed. */
    private static boolean ends(Path home, int steps, Change change) {
        var disk = new EndingDisk(home.getFileSystem(), steps);
        try {
            change.apply(folder(disk.path(home)));
        } catch (IllegalStateException e) {
            assertThat(disk.hasEnded()).as("it does not fail otherwise: %s", e).isTrue();
            return false;
        }
        assertThat(disk.hasEnded()).isFalse();
        return true;
    }

    private Path copy(int number) throws IOException {
        Path to = temp.resolve("home" + number);
        try (Stream<Path> files = Files.walk(first)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(first.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return to;
    }

    @Test
    void aRotationLeavesOnePrimaryKeyAndLosesNone() throws IOException {
        int steps = EVERY - 1;
        int before = 0;
        int after = 0;
        for (boolean ended = false; !ended; steps += EVERY) {
            Path home = copy(steps);
            ended = ends(home, steps, folder -> folder.change(KilledChangeTest::rotated));
            int primary = goOn(home) - 1; // then
            assertThat(primary).isBetween(ended ? 2 : 1, 2);
            before += primary == 1 ? 1 : 0;
            after += primary == 2 ? 1 : 0;
        }
        assertThat(before).as("steps before it counts").isGreaterThan(1);
        assertThat(after).as("steps after it counts").isPositive();
    }

    /** By another rotation, and gives the id of its key. There is one primary key of each context, or it throws. */
    private int goOn(Path home) {
        Keysets more = folder(home).change(left -> {
            assertThat(Engines.engine(left).open(CryptoContext.EVENT, sealed).key())
                    .isEqualTo("ada");
            return rotated(left);
        });
        return more.primary(CryptoContext.EVENT).id();
    }

    @Test
    void aChangeOfThePassphraseLeavesOneThatOpens() throws IOException {
        String old = Files.readString(first.resolve("keys/passphrase"));
        int steps = EVERY - 1;
        for (boolean ended = false; !ended; steps += EVERY) {
            Path home = copy(steps);
            ended = ends(home, steps, folder -> folder.changePassphrase(Optional.empty(), UnaryOperator.identity()));
            assertThat(folder(home).open().root()).isEqualTo(keysets.root());
            assertThat(home.resolve("keys/passphrase.next")).doesNotExist();
            if (ended) {
                assertThat(Files.readString(home.resolve("keys/passphrase"))).isNotEqualTo(old);
            }
        }
        assertThat(steps).isGreaterThan(10);
    }

    @Test
    void aFirstStartIsDoneAgain() {
        int steps = EVERY - 1;
        for (boolean ended = false; !ended; steps += EVERY) {
            Path home = temp.resolve("new" + steps);
            ended = ends(home, steps, KeyFolder::open);
            assertThat(folder(home).open().keys()).hasSize(CryptoContext.values().length);
        }
        assertThat(steps).isGreaterThan(10);
    }
}

package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.crypto.KeyAdmin.Use;

@Timeout(120)
class KeyCommandsTest {
    private final Rig rig = new Rig();

    @BeforeEach
    void bind() {
        rig.bindAll();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void listsKeysAndWhatNeedsThem() {
        assertThat(rig.run("symphony:keys"))
                .isEqualTo("CONTEXT  ID  STATE    AGE\nevent     1  ENABLED  60s\nevent     2  PRIMARY  60s");
        rig.keys.uses.add(new Use("queues", 7));
        rig.keys.uses.add(new Use("journal", 1));
        assertThat(rig.run("symphony:keys event --uses"))
                .contains("NEEDED BY", "7 in queues, 1 in journal")
                .endsWith("unknown: nobody is there who can tell");
        assertThat(rig.run("symphony:keys model")).isEqualTo("no keys: nothing is encrypted");
        assertThat(rig.run("symphony:keys --json")).contains("\"context\":\"event\",\"id\":1,\"state\":\"ENABLED\"");
    }

    @Test
    void rotatesDisablesEnablesAndDestroys() {
        assertThat(rig.run("symphony:key-rotate EVENT"))
                .isEqualTo("key event 3 seals from now on; back up the key store");
        assertThat(rig.run("symphony:key-disable event 1")).isEqualTo("key event 1 is disabled");
        assertThat(rig.run("symphony:key-enable event 1")).isEqualTo("key event 1 is enabled");
        assertThat(rig.run("symphony:key-destroy event 4294967295")).isEqualTo("key event 4294967295 is destroyed");
        rig.keys.uses.add(new Use("queues", 7));
        assertThat(rig.run("symphony:key-destroy event 1 --force"))
                .isEqualTo("key event 1 is destroyed; given up with it: 7 in queues");
        assertThat(rig.keys.calls)
                .containsExactly(
                        "rotate EVENT",
                        "disable EVENT 1",
                        "enable EVENT 1",
                        "destroy EVENT 4294967295 false",
                        "destroy EVENT 1 true");
    }

    @Test
    void changesThePassphrase(@TempDir Path temp) throws IOException {
        assertThat(rig.run("symphony:key-passphrase"))
                .isEqualTo("the key store has another passphrase; back it up with it");
        Path file = Files.writeString(temp.resolve("new"), "another\n");
        rig.keys.elsewhere = Optional.of("passphrase of file descriptor 3");
        assertThat(rig.run("symphony:key-passphrase '" + file + "'"))
                .isEqualTo("the key store has another passphrase; before the next start put it where it comes from: "
                        + "passphrase of file descriptor 3; then back up both");
        assertThat(rig.run("symphony:key-passphrase '" + file + "x'"))
                .startsWith("key-passphrase: no file '" + file + "x'");
        assertThat(rig.keys.calls).containsExactly("changePassphrase", "changePassphrase new");
    }

    @Test
    void saysWhatIsWrongWithAnArgument() {
        assertThat(rig.run("symphony:key-rotate evnt"))
                .isEqualTo("key-rotate: unknown context 'evnt'; known are event, schedule, journal, model, audit");
        for (String id : new String[] {"one", "-1", "4294967296", "1.5"}) {
            assertThat(rig.run("symphony:key-destroy event -- " + id))
                    .isEqualTo("key-destroy: '" + id + "' is no id of a key; symphony:keys lists them");
        }
        assertThat(rig.keys.calls).isEmpty();
    }

    @Test
    void tellsWhyAKeyCannotBeChanged() {
        rig.keys.failure =
                new IllegalStateException("key event/2 seals what is new; rotate event first, then destroy it");
        assertThat(rig.run("symphony:key-destroy event 2"))
                .isEqualTo("key-destroy: key event/2 seals what is new; rotate event first, then destroy it");
    }

    @Test
    void saysWhichBundleIsMissing() {
        rig.services.keys.unbind(rig.keys);
        assertThat(rig.run("symphony:key-rotate event"))
                .isEqualTo("key-rotate: no key admin is there; install or start the bundle symphony.crypto");
    }
}

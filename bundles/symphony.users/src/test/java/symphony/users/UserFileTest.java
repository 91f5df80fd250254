package symphony.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserFileTest {
    private static final String HASH =
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    private static final String ADA = "ada 2026-11-24T12:00:00Z " + HASH;

    @TempDir
    private Path home;

    private Path path;
    private UserFile file;

    @BeforeEach
    void make() {
        path = home.resolve("users");
        file = new UserFile(home);
    }

    private void write(String text) throws IOException {
        Files.writeString(path, text);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    }

    private void assertUnusable(String why) {
        assertThatThrownBy(file::read)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the file of users " + path + " cannot be used: ")
                .hasMessageContaining(why);
    }

    @Test
    void readsWhatItWroteForItsOwnerOnly() throws IOException {
        assertThat(file.read()).isEmpty();
        var ada = new StoredUser("ada", Instant.parse("2026-11-24T12:00:00Z"), PasswordHash.parse(HASH));
        file.write(List.of(ada));
        assertThat(Files.readString(path)).isEqualTo(ADA + "\n");
        assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(file.read().get("ada").line()).isEqualTo(ADA);
    }

    @Test
    void saysWhichLineIsWrong() throws IOException {
        write(ADA + "\nbob x " + HASH + "\n");
        assertUnusable("line 2: the time must be an instant");
        write("bob\n");
        assertUnusable("line 1: a line must be NAME TIME HASH");
        write("-bob 2026-11-24T12:00:00Z " + HASH);
        assertUnusable("line 1: the name must be 1 to 100 of");
        write(ADA.replace("m=256", "m=999999"));
        assertUnusable("line 1: the hash has m=999999");
        write(ADA + "\n" + ADA + "\n");
        assertUnusable("line 2: the name stands there twice");
    }

    @Test
    void refusesWhatOthersMayHaveRead() throws IOException {
        write(ADA);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
        assertUnusable("it is open to other users (rw-r-----); close it with: chmod 600 '" + path + "'");
    }

    @Test
    void refusesWhatIsNoFile() throws IOException {
        Files.createDirectory(path);
        assertUnusable("it is no file");
        Files.delete(path);
        Files.createSymbolicLink(path, Files.writeString(home.resolve("elsewhere"), ADA));
        assertUnusable("it is no file");
    }

    @Test
    void refusesWhatIsTooLarge() throws IOException {
        write("x".repeat((2 << 20) + 1));
        assertUnusable("it has more than 2097152 bytes");
        var text = new StringBuilder();
        for (int i = 0; i <= UserFile.MOST_USERS; i++) {
            text.append(ADA.replaceFirst("ada", "ada" + i)).append('\n');
        }
        write(text.toString());
        assertUnusable("it has 5001 users");
    }

    @Property(tries = 200)
    void whateverIsALineIsRefusedOrReadAsItStands(@ForAll String line) {
        try {
            assertThat(StoredUser.parse(line).line()).isEqualTo(line);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}

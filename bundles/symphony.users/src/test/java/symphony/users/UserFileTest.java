package symphony.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
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

    @Test
    void refusesAFolderThatOthersMayWrite() throws IOException {
        write(ADA);
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwx---"));
        assertUnusable("its folder can be written by other users, who could exchange it; close it with: chmod go-w '"
                + home + "'");
    }

    @Test
    void refusesWhatSomebodyElsePutThere() throws IOException {
        write(ADA);
        UserPrincipal me = Files.getOwner(path);
        UserPrincipal nobody =
                path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        if (me.getName().equals("root")) {
            Files.setOwner(path, nobody);
            assertUnusable("it belongs to user nobody, its folder to root; let each belong to root, who runs this");
        } else {
            file = new UserFile(home, Optional.of(nobody));
            assertUnusable("it belongs to user " + me.getName());
        }
    }

    @Test
    void refusesWhatItWouldWriteOtherwise() throws IOException {
        for (String other : List.of(
                ADA.replace("m=256", "m=0256"),
                ADA.replace("12:00:00Z", "12:00:00.5Z"),
                ADA.replace("T12", "t12"),
                ADA.replace("2026-", "+1000000000-"),
                ADA.replace("2026-", "1999-"),
                ADA.substring(0, ADA.length() - 1) + "5")) {
            write(other);
            assertUnusable("line 1: the ");
        }
    }

    @Provide
    Arbitrary<String> lines() {
        Arbitrary<String> names = Arbitraries.of("ada", "A.b-c_d@e", "-a", "", "0");
        Arbitrary<String> times = Arbitraries.of(
                "2026-11-24T12:00:00Z",
                "2026-11-24T12:00:00.500Z",
                "2026-11-24T12:00:00.5Z",
                "2026-11-24t12:00:00z",
                "2026-11-24T24:00:00Z",
                "+10000-01-01T00:00:00Z");
        Arbitrary<String> costs =
                Arbitraries.of("m=256,t=2,p=1", "m=0256,t=2,p=1", "m=64,t=02,p=4", "m=262144,t=20,p=1");
        Arbitrary<String> salts = base64(8, 18);
        Arbitrary<String> hashes = base64(16, 33);
        return Combinators.combine(names, times, costs, salts, hashes)
                .as((name, time, cost, salt, hash) ->
                        name + ' ' + time + " $argon2id$v=19$" + cost + '$' + salt + '$' + hash);
    }

    /** Mostly what some bytes are. */
    private static Arbitrary<String> base64(int least, int most) {
        Arbitrary<String> encoded = Arbitraries.bytes()
                .array(byte[].class)
                .ofMinSize(least)
                .ofMaxSize(most)
                .map(bytes -> Base64.getEncoder().withoutPadding().encodeToString(bytes));
        Arbitrary<String> any = Arbitraries.strings()
                .withChars("ABCDwxyz0189+/=")
                .ofMinLength(least)
                .ofMaxLength(2 * most);
        return Arbitraries.frequencyOf(Tuple.of(3, encoded), Tuple.of(1, any));
    }

    @Property(tries = 2000)
    void whateverIsALineIsRefusedOrReadAsItStands(@ForAll("lines") String line) {
        String read = null;
        try {
            read = StoredUser.parse(line).line();
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
        Statistics.label("is a line").collect(read != null);
        Statistics.label("is a line").coverage(coverage -> coverage.check(true).count(n -> n > 0));
        if (read != null) {
            assertThat(read).isEqualTo(line);
        }
    }
}

package symphony.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Row 29: what lies in the place of the policy file. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class PolicyFileTest {
    @TempDir
    private Path temp;

    private Path path;
    private PolicyFile file;

    @BeforeEach
    void choosePath() throws IOException {
        Path home = Files.createDirectory(
                temp.resolve("home"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        path = home.resolve("policy.json");
        file = new PolicyFile(path);
    }

    static void write(Path path, String text) throws IOException {
        Files.writeString(path, text);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    }

    private void unusable(String... said) {
        assertThat(file.look())
                .isInstanceOfSatisfying(
                        Sighting.Unusable.class,
                        seen -> assertThat(seen.reason()).contains(said).doesNotContain("\n"));
    }

    @Test
    void readsAllOfAFile() throws IOException {
        write(path, "grüße");
        assertThat(file.look())
                .isInstanceOfSatisfying(
                        Sighting.Content.class,
                        seen -> assertThat(new String(seen.bytes(), StandardCharsets.UTF_8))
                                .isEqualTo("grüße"));
        assertThat(file.look()).isEqualTo(file.look()).hasSameHashCodeAs(file.look());
        write(path, "");
        assertThat(file.look())
                .isInstanceOfSatisfying(
                        Sighting.Content.class, seen -> assertThat(seen.bytes()).isEmpty());
    }

    /** Neither size nor time tell of it. */
    @Test
    void tellsContentsApartThatHaveOneSizeAndTime() throws IOException {
        write(path, "aaaa");
        var time = Files.getLastModifiedTime(path);
        Sighting before = file.look();
        Files.writeString(path, "bbbb");
        Files.setLastModifiedTime(path, time);
        assertThat(file.look()).isNotEqualTo(before);
    }

    @Test
    void seesThatThereIsNothing() {
        assertThat(file.look()).isEqualTo(new Sighting.Absent());
        assertThat(new PolicyFile(temp.resolve("no/such/policy.json")).look()).isEqualTo(new Sighting.Absent());
    }

    @Test
    void refusesALinkWhereverItLeads() throws IOException {
        Path other = path.resolveSibling("other.json");
        write(other, "{}");
        Files.createSymbolicLink(path, other);
        unusable("it is a link to '" + other + "'; put the file itself there");
        Files.delete(path);
        Files.createSymbolicLink(path, Path.of("nowhere\u202e"));
        unusable("it is a link to 'nowhere\\u202e'");
    }

    @Test
    void refusesAFolder() throws IOException {
        Files.createDirectory(path);
        unusable("it is a folder; put the file itself there");
    }

    /** Opening it would wait for somebody who writes. */
    @Test
    @Timeout(60)
    void refusesAPipe() throws Exception {
        Process made = new ProcessBuilder("mkfifo", path.toString()).start();
        assertThat(made.waitFor(30, TimeUnit.SECONDS)).isTrue();
        unusable("it is no file, but a device or a pipe");
    }

    @Test
    @Timeout(60)
    void refusesAHugeFileWithoutReadingIt() throws IOException {
        write(path, "");
        try (var huge = new RandomAccessFile(path.toFile(), "rw")) {
            huge.setLength(1L << 40);
        }
        unusable("it has 1099511627776 bytes, at most 1048576 are allowed");
        try (var large = new RandomAccessFile(path.toFile(), "rw")) {
            large.setLength(Limits.FILE_BYTES + 1);
        }
        unusable("it has 1048577 bytes");
        try (var allowed = new RandomAccessFile(path.toFile(), "rw")) {
            allowed.setLength(Limits.FILE_BYTES);
        }
        assertThat(file.look())
                .isInstanceOfSatisfying(
                        Sighting.Content.class, seen -> assertThat(seen.bytes()).hasSize(Limits.FILE_BYTES));
    }

    @Test
    void refusesWhatOthersMayReadOrWrite() throws IOException {
        write(path, "{}");
        for (String open :
                new String[] {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rwx--x---", "rw-rw-rw-"}) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(open));
            unusable("it is open to other users (" + open + "); close it with: chmod 600 '" + path + "'");
        }
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--------"));
        assertThat(file.look()).isInstanceOf(Sighting.Content.class);
        assertThat(file.lookAtContent()).isEqualTo(file.look());
    }

    @Test
    void refusesAFolderThatOthersMayWrite() throws IOException {
        write(path, "{}");
        for (String open : new String[] {"rwx-w----", "rwxrwxrwx"}) {
            Files.setPosixFilePermissions(path.getParent(), PosixFilePermissions.fromString(open));
            unusable("its folder can be written by other users", "chmod go-w '" + path.getParent() + "'");
            assertThat(file.lookAtContent()).isInstanceOf(Sighting.Content.class);
        }
        Files.setPosixFilePermissions(path.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(file.look()).isInstanceOf(Sighting.Content.class);
    }

    /** Whoever owns it may change its permissions, and then write it. */
    @Test
    void refusesWhatBelongsToAnotherUserButForRoot() throws IOException {
        write(path, "{}");
        UserPrincipal me = Files.getOwner(path);
        UserPrincipal nobody =
                path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        if (me.getName().equals("root")) { // who alone may give files away
            file = new PolicyFile(path, Optional.of(nobody));
            assertThat(file.look()).isInstanceOf(Sighting.Content.class);
            Files.setOwner(path, nobody);
            assertThat(file.look()).isInstanceOf(Sighting.Content.class);
            file = new PolicyFile(path);
            unusable(
                    "it belongs to user nobody, its folder to root; let each belong to root, who runs this, or to root");
            Files.setOwner(path, me);
            Files.setOwner(path.getParent(), nobody);
            unusable("it belongs to user root, its folder to nobody");
        } else {
            file = new PolicyFile(path, Optional.of(nobody));
            unusable("it belongs to user " + me.getName(), "let each belong to nobody, who runs this, or to root");
        }
    }

    @Test
    void refusesAPathThroughAFile() throws IOException {
        write(path, "{}");
        file = new PolicyFile(path.resolve("policy.json"));
        unusable("it cannot be read (", "make it readable for the user who runs this");
    }
}

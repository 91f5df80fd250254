package symphony.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DropFolderTest {
    private final List<String> warnings = new ArrayList<>();
    private final DropFolder dropFolder = new DropFolder(warnings::add);

    @TempDir
    Path folder;

    @Test
    void makesWhatIsMissing() {
        Path first = folder.resolve("deep/load");
        Path second = folder.resolve("more");

        assertThat(dropFolder.prepare(first + ", " + second + ",")).isTrue();

        assertThat(first).isEmptyDirectory();
        assertThat(second).isEmptyDirectory();
        assertThat(warnings).isEmpty();
    }

    @Test
    void doesNothingIfNoneIsSet() {
        dropFolder.prepare("");

        assertThat(warnings).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void warnsOfAFileInItsPlace() throws IOException {
        Path file = Files.createFile(folder.resolve("load"));

        assertThat(dropFolder.prepare(file.toString())).isFalse();

        assertWarning("drop folder " + file + " is not a folder");
    }

    @Test
    void warnsOfOneThatCannotBeRead() throws IOException {
        Path load = Files.createDirectory(folder.resolve("load"));

        boolean usable = new DropFolder(warnings::add, path -> !path.equals(load)).prepare(load.toString());

        assertThat(usable).isFalse();
        assertWarning("drop folder " + load + " cannot be read: nothing can be dropped; mend with chmod u+rx or chown");
    }

    @Test
    void warnsIfItCannotBeMade() throws IOException {
        Path impossible = Files.createFile(folder.resolve("file")).resolve("load");

        assertThat(dropFolder.prepare(impossible.toString())).isFalse();

        assertWarning("drop folder " + impossible + " is missing and cannot be made (");
    }

    @Test
    void warnsIfEveryUserMayDrop() throws IOException {
        Path open = Files.createDirectory(folder.resolve("load"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(dropFolder.prepare(open.toString())).isTrue();

        assertWarning("can be written by every user");
    }

    private void assertWarning(String text) {
        assertThat(warnings).singleElement().asString().contains(text);
    }
}

package symphony.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.function.Consumer;

/**
 * The folder whose jars and configurations are picked up while the product runs. A missing one is made. One that cannot
 * be used is no reason not to start, as the core does not need it: the user gets one line that says how to mend.
 */
final class DropFolder {
    private final Consumer<String> warnings;

    DropFolder(Consumer<String> warnings) {
        this.warnings = warnings;
    }

    /** Looks after one folder, or several separated by commas. */
    void prepare(String folders) {
        for (String name : folders.split(",")) {
            if (!name.isBlank()) {
                prepare(Path.of(name.strip()).toAbsolutePath());
            }
        }
    }

    private void prepare(Path folder) {
        try {
            if (!Files.exists(folder)) {
                Files.createDirectories(folder);
            }
            String trouble = trouble(folder);
            if (!trouble.isEmpty()) {
                warnings.accept("drop folder " + folder + " " + trouble);
            }
        } catch (IOException e) {
            warnings.accept("drop folder " + folder + " is missing and cannot be made (" + Reason.of(e)
                    + "): nothing can be dropped; make it and start again");
        }
    }

    private static String trouble(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return "is not a folder: nothing can be dropped; replace it by a folder and start again";
        }
        if (!Files.isReadable(folder) || !Files.isExecutable(folder)) {
            return "cannot be read: nothing can be dropped; mend with chmod u+rx or chown, and start again";
        }
        if (!Files.isWritable(folder)) {
            return "cannot be written by the user who runs this, only by others; mend with chmod u+w or chown";
        }
        return isWritableByAll(folder)
                ? "can be written by every user, whose code would run here; mend with chmod o-w"
                : "";
    }

    private static boolean isWritableByAll(Path folder) throws IOException {
        var view = Files.getFileAttributeView(folder, PosixFileAttributeView.class);
        return view != null && view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_WRITE);
    }
}

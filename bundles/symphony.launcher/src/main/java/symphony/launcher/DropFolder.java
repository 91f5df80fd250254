package symphony.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The folder whose jars and configurations are picked up while the product runs. A missing one is made. One that cannot
 * be used is no reason not to start, as the core does not need it: the user gets one line that says how to mend.
 */
final class DropFolder {
    private final Consumer<String> warnings;
    private final Predicate<Path> readable;

    DropFolder(Consumer<String> warnings) {
        this(warnings, folder -> Files.isReadable(folder) && Files.isExecutable(folder));
    }

    /** @param readable whether the user may list a folder and open what is in it */
    DropFolder(Consumer<String> warnings, Predicate<Path> readable) {
        this.warnings = warnings;
        this.readable = readable;
    }

    /**
     * Looks after one folder, or several separated by commas.
     *
     * @return whether something can be dropped into each of them; if not, a line has said so
     */
    boolean prepare(String folders) {
        boolean usable = true;
        for (String name : folders.split(",")) {
            if (!name.isBlank()) {
                usable &= prepare(Path.of(name.strip()).toAbsolutePath());
            }
        }
        return usable;
    }

    private boolean prepare(Path folder) {
        try {
            if (!Files.exists(folder)) {
                Files.createDirectories(folder);
            }
            String hindrance = hindrance(folder);
            String trouble = hindrance.isEmpty() ? risk(folder) : hindrance;
            if (!trouble.isEmpty()) {
                warnings.accept("drop folder " + folder + " " + trouble);
            }
            return hindrance.isEmpty();
        } catch (IOException e) {
            warnings.accept("drop folder " + folder + " is missing and cannot be made (" + Reason.of(e)
                    + "): nothing can be dropped; make it and start again");
            return false;
        }
    }

    /** Why nothing can be dropped; empty if something can. */
    private String hindrance(Path folder) {
        if (!Files.isDirectory(folder)) {
            return "is not a folder: nothing can be dropped; replace it by a folder and start again";
        }
        return readable.test(folder)
                ? ""
                : "cannot be read: nothing can be dropped; mend with chmod u+rx or chown, and start again";
    }

    /** What is wrong with a folder that works; empty if nothing is. */
    private static String risk(Path folder) throws IOException {
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

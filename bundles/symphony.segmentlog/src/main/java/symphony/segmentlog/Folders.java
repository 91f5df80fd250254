package symphony.segmentlog;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** Makes a log's folder such that it is there after a crash. */
final class Folders {
    private Folders() {}

    /** With its parents, unless it is there; each is forced before the next one is made in it. */
    static void make(FileLayer layer, Path folder) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        Path there = folder.toAbsolutePath();
        while (!layer.isFolder(there)) {
            missing.push(there);
            there = parentOf(there);
        }
        forceAgain(layer, parentOf(there));
        for (Path each : missing) {
            layer.createFolder(each);
            layer.force(parentOf(each));
        }
    }

    /** A process may have been killed when it had made this folder, the last one that is there, and not forced it yet. */
    private static void forceAgain(FileLayer layer, Path parent) throws IOException {
        try {
            layer.force(parent);
        } catch (AccessDeniedException e) {
            // Somebody else made the folder there: who may not read a folder cannot force it, so no log was ever opened
            // that way.
            return;
        }
    }

    /** Where it lies; the root itself lies in the root. */
    static Path parentOf(Path file) {
        Path absolute = file.toAbsolutePath();
        Path folder = absolute.getParent();
        return folder == null ? absolute : folder;
    }
}

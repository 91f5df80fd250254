package symphony.launcher;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Says in a few words why an operation failed: the innermost cause, which for a person is the true one. */
final class Reason {
    /** Deep enough for every real chain; a chain may also be a ring. */
    private static final int MAX_DEPTH = 32;

    private Reason() {}

    static String of(Throwable problem) {
        Throwable innermost = problem;
        for (int depth = 0; depth < MAX_DEPTH && innermost.getCause() != null; depth++) {
            innermost = innermost.getCause();
        }
        return innermost instanceof FileSystemException file ? of(file) : plain(innermost);
    }

    /** File exceptions carry the bare path as their message; their type is what tells the reason. */
    private static String of(FileSystemException problem) {
        String file = problem.getFile();
        if (problem instanceof AccessDeniedException) {
            return "permission denied for " + file;
        }
        if (problem instanceof NoSuchFileException) {
            return "there is no " + file;
        }
        if (problem instanceof FileAlreadyExistsException || problem instanceof NotDirectoryException) {
            return file + " is not a folder";
        }
        return plain(problem);
    }

    private static String plain(Throwable problem) {
        return problem.getMessage() == null ? problem.getClass().getSimpleName() : problem.getMessage();
    }
}

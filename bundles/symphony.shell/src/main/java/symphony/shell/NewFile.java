package symphony.shell;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import symphony.component.OwnerOnly;

/** Files that are written beside their place, and are there once they are whole and on the disk; their owner's only. */
final class NewFile {
    private static final String ANOTHER = "name another file";

    private NewFile() {}

    /**
     * What is written.
     *
     * @param <T> what there is to say about it
     */
    @FunctionalInterface
    interface Content<T> {
        T write(FileChannel to) throws IOException;
    }

    /** Writes a file that is not there yet. */
    static <T> T write(Path file, Content<T> content) throws CommandException, IOException {
        refuseOther(file, ANOTHER);
        return write(file, content, (part, place) -> Files.move(part, place));
    }

    /** Writes a file, also over another one. */
    static <T> T replace(Path file, Content<T> content) throws CommandException, IOException {
        return write(file, content, OwnerOnly::move);
    }

    /** Throws if something is in the place of a file, before work is done for it; {@code mend} says what to do then. */
    static void refuseOther(Path file, String mend) throws CommandException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw isThere(file, mend, null);
        }
    }

    private interface Move {
        void apply(Path part, Path place) throws IOException;
    }

    private static <T> T write(Path file, Content<T> content, Move move) throws CommandException, IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        FileChannel made = create(part);
        try (made) {
            T said = content.write(made);
            made.force(true);
            move.apply(part, file);
            return said;
        } catch (FileAlreadyExistsException e) {
            throw isThere(file, ANOTHER, e);
        } catch (InterruptedIOException | ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw new CommandException(Text.quoted(file) + " cannot be written: " + e, e);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static CommandException isThere(Path file, String mend, IOException cause) {
        return new CommandException(Text.quoted(file) + " is there already; " + mend, cause);
    }

    private static FileChannel create(Path file) throws CommandException {
        try {
            return OwnerOnly.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (FileAlreadyExistsException e) {
            throw new CommandException(
                    Text.quoted(file) + " is there already; remove it if nobody else exports there", e);
        } catch (IOException e) {
            throw new CommandException(Text.quoted(file) + " cannot be made: " + e, e);
        }
    }
}

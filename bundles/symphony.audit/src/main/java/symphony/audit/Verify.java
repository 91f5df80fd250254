package symphony.audit;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Finding;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.component.Excerpt;
import symphony.segmentlog.LogReader;
import symphony.segmentlog.Position;

/**
 * Verifies a trail from the command line, without a container and without the keys that open it, while its process runs or not:
 *
 * <pre>
 * java -cp symphony.audit.jar:symphony.segmentlog.jar:symphony.api.jar:bcprov.jar symphony.audit.Verify FOLDER [--anchor FILE]... [--key FILE]...
 * </pre>
 *
 * It ends with 0 if nothing is wrong, 1 tampered, 2 torn, 3 a file is missing, 4 the trail is not the one that a checkpoint knows; 64 called
 * wrongly, 74 the trail cannot be read.
 */
public final class Verify {
    static final int USAGE = 64;
    static final int UNREADABLE = 74;

    private static final String HELP = """
            usage: symphony.audit.Verify FOLDER [--anchor FILE]... [--key FILE]...
            FOLDER         the trail's, as data/audit
            --anchor FILE  with checkpoints that were kept elsewhere, one a line
            --key FILE     with public keys (PEM) to trust, in place of public.pem in FOLDER
            Both are needed: without --key another trail can lie in FOLDER, without --anchor an older one.""";

    private final List<Path> anchors = new ArrayList<>();
    private final List<Path> keyFiles = new ArrayList<>();
    private final List<Path> folders = new ArrayList<>();

    private Verify() {}

    /**
     * Runs it.
     *
     * @param arguments see above
     */
    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out, System.err));
    }

    /** Returns the exit code, whatever happens: that of the virtual machine would be one of ours. */
    static int run(String[] arguments, PrintStream out, PrintStream err) {
        try {
            var verify = new Verify();
            if (!verify.isUnderstood(arguments)) {
                err.println(HELP);
                return USAGE;
            }
            AuditVerification result = verify.verify();
            print(result, out);
            return result.verdict().exitCode();
        } catch (MissingException e) {
            err.println(Excerpt.printable(e.getMessage()));
            return Verdict.MISSING.exitCode();
        } catch (IOException | TrailException | RuntimeException | Error e) {
            err.println("the trail cannot be verified: " + Excerpt.printable(e.toString()));
            return UNREADABLE;
        }
    }

    /** A file that is needed is not there. */
    private static final class MissingException extends Exception {
        private static final long serialVersionUID = 1L;

        MissingException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private boolean isUnderstood(String... arguments) {
        try {
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case "--anchor" -> anchors.add(Path.of(arguments[++i]));
                    case "--key" -> keyFiles.add(Path.of(arguments[++i]));
                    default -> folders.add(Path.of(arguments[i]));
                }
            }
            return folders.size() == 1 && !folders.get(0).toString().startsWith("-");
        } catch (InvalidPathException | ArrayIndexOutOfBoundsException e) {
            return false;
        }
    }

    private AuditVerification verify() throws IOException, TrailException, MissingException {
        Path folder = folders.get(0);
        if (!Files.isDirectory(folder)) {
            throw new MissingException("MISSING: there is no folder " + folder, null);
        }
        Path own = folder.resolve(KeyFiles.PUBLIC);
        var verification = keyFiles.isEmpty()
                ? Verification.byOwn(() -> KeyFiles.publicKeys(own))
                : Verification.by(trustedKeys());
        verification.add(CheckpointFile.in(folder));
        for (Path file : anchors) {
            addAnchor(file, verification);
        }
        if (keyFiles.isEmpty() && Files.notExists(own)) {
            throw new MissingException("MISSING: there is no file " + own + " with public keys", null);
        }
        return verification.run(() -> LogReader.open(folder, LogOpener.OPTIONS, Position.BEGIN));
    }

    private PublicKeys trustedKeys() throws IOException, TrailException, MissingException {
        PublicKeys keys = PublicKeys.none();
        for (Path file : keyFiles) {
            try {
                byte[] pem = SmallFile.read(file, KeyFiles.MOST_BYTES);
                keys = keys.with(PublicKeys.parse(new String(pem, StandardCharsets.ISO_8859_1)));
            } catch (NoSuchFileException e) {
                throw new MissingException("MISSING: there is no file " + file + " with public keys", e);
            } catch (IllegalArgumentException e) {
                throw new TrailException("file " + file + ": " + e.getMessage(), e);
            }
        }
        return keys;
    }

    private static void addAnchor(Path file, Verification verification) throws IOException, MissingException {
        try {
            AnchorFile.Lines lines = new AnchorFile(file).lines();
            verification.add("file " + file, lines.checkpoints(), lines.others());
        } catch (NoSuchFileException e) {
            throw new MissingException("MISSING: there is no file " + file, e);
        }
    }

    private static void print(AuditVerification result, PrintStream out) {
        out.println(result.verdict());
        if (result.first() > 0) {
            out.println(result.records() + " records, " + result.first() + " to " + result.last() + ", signed up to "
                    + result.signed());
        }
        for (Finding finding : result.findings()) {
            out.println(finding.verdict() + ": " + finding.detail());
        }
        result.notes().forEach(note -> out.println("note: " + note));
    }
}

package symphony.audit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import symphony.api.audit.AuditAnchor;
import symphony.api.audit.AuditCheckpoint;
import symphony.component.OwnerOnly;

/**
 * An anchor that appends each checkpoint as a line to a file: on another file system, or one that can only be appended to. One
 * thread at a time writes.
 */
final class AnchorFile implements AuditAnchor {
    /** The most that are read back: the last ones. */
    private static final int MOST_KEPT = 10_000;

    private static final int MOST_LINE_CHARS = 1024;

    private final Path file;

    AnchorFile(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    @Override
    public String name() {
        return "file " + file;
    }

    @Override
    public void keep(AuditCheckpoint checkpoint) throws IOException {
        boolean isNew = !Files.exists(file);
        boolean endsLine = isNew || endsWithALine();
        String line = (endsLine ? "" : "\n") + checkpoint + "\n";
        try (FileChannel out = OwnerOnly.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
            var bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        if (isNew) {
            OwnerOnly.forceFolder(file.toAbsolutePath());
        }
    }

    /** A process may have ended in the middle of one. */
    private boolean endsWithALine() throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            var last = ByteBuffer.allocate(1);
            return in.size() == 0 || in.read(last, in.size() - 1) == 1 && last.get(0) == '\n';
        }
    }

    /**
     * What a file has.
     *
     * @param checkpoints the last ones
     * @param others how many lines are no checkpoint
     */
    record Lines(List<AuditCheckpoint> checkpoints, long others) {}

    @Override
    public List<AuditCheckpoint> kept() throws IOException {
        return linesIfAny().checkpoints();
    }

    /** None if there is no such file. */
    Lines linesIfAny() throws IOException {
        return Files.exists(file) ? lines() : new Lines(List.of(), 0);
    }

    /** Throws if there is no such file, or it is none. */
    Lines lines() throws IOException {
        Deque<AuditCheckpoint> checkpoints = new ArrayDeque<>();
        long others = 0;
        SmallFile.requireRegular(file);
        try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (Optional<String> line = nextLine(in); line.isPresent(); line = nextLine(in)) {
                try {
                    checkpoints.add(AuditCheckpoint.parse(line.get()));
                    if (checkpoints.size() > MOST_KEPT) {
                        checkpoints.remove();
                    }
                } catch (IllegalArgumentException e) {
                    others++;
                }
            }
        }
        return new Lines(new ArrayList<>(checkpoints), others);
    }

    /** Empty at the end. What is too long for a line of ours is cut, and so is a carriage return at its end. */
    private static Optional<String> nextLine(BufferedReader in) throws IOException {
        var line = new StringBuilder();
        int c = in.read();
        if (c < 0) {
            return Optional.empty();
        }
        for (; c >= 0 && c != '\n'; c = in.read()) {
            if (line.length() < MOST_LINE_CHARS) {
                line.append((char) c);
            }
        }
        int end = line.length() - 1;
        if (end >= 0 && line.charAt(end) == '\r') {
            line.setLength(end);
        }
        return Optional.of(line.toString());
    }
}

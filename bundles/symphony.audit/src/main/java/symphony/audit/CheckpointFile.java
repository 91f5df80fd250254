package symphony.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import symphony.api.audit.AuditCheckpoint;
import symphony.component.OwnerOnly;

/** The newest checkpoint, in a file beside the trail; the old one or the new one at each moment. */
record CheckpointFile(Path file) {
    static final String NAME = "checkpoint";

    private static final int MOST_BYTES = 4096;

    static CheckpointFile in(Path folder) {
        return new CheckpointFile(folder.resolve(NAME));
    }

    /** Empty if there is none; throws {@code IllegalArgumentException} if that is no checkpoint. */
    Optional<AuditCheckpoint> read() throws IOException {
        try {
            String text = new String(SmallFile.read(file, MOST_BYTES), StandardCharsets.US_ASCII);
            return Optional.of(AuditCheckpoint.parse(text.strip()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    boolean isMissing() {
        return Files.notExists(file);
    }

    void write(AuditCheckpoint checkpoint) throws IOException {
        OwnerOnly.write(file, (checkpoint + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}

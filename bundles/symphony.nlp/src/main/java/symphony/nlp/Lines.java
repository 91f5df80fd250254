package symphony.nlp;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import symphony.api.nlp.TrainingDataException;

/** The lines of a file in UTF-8, one after the other, counted from 1. They end with LF or CR LF. One thread only. */
final class Lines {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final String name;
    private final InputStream in;
    private long number;

    Lines(String name, InputStream in) {
        this.name = name;
        this.in = new BufferedInputStream(in);
    }

    /** Empty at the end. */
    Optional<String> next() throws IOException {
        var line = new ByteArrayOutputStream();
        number++;
        int read = in.read();
        if (read < 0) {
            return Optional.empty();
        }
        for (; read >= 0 && read != '\n'; read = in.read()) {
            if (line.size() == TrainingLimits.LINE_BYTES) {
                throw wrong("it has more than " + TrainingLimits.LINE_BYTES + " bytes; is that a file of examples?");
            }
            line.write(read);
        }
        return Optional.of(withoutMarks(decoded(line.toByteArray())));
    }

    private String decoded(byte[] bytes) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(from)
                    .toString();
        } catch (CharacterCodingException e) {
            throw wrong(String.format(
                    "byte %d (0x%02x) is not UTF-8; save the file as UTF-8",
                    from.position() + 1, bytes[Math.min(from.position(), bytes.length - 1)]));
        }
    }

    private String withoutMarks(String line) {
        int begin = number == 1 && !line.isEmpty() && line.charAt(0) == BYTE_ORDER_MARK ? 1 : 0;
        int end = line.endsWith("\r") ? line.length() - 1 : line.length();
        return line.substring(begin, Math.max(begin, end));
    }

    /** Of the line that was read last. */
    long number() {
        return number;
    }

    TrainingDataException wrong(String problem) {
        return wrong(number, problem);
    }

    TrainingDataException wrong(long line, String problem) {
        return new TrainingDataException(name, line, problem);
    }
}

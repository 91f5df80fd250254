package symphony.audit;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.Outcome;

/**
 * What a record tells, before it is sealed: fields, each as tag (1), length (2) and value, in the order of their tags, and of the names of
 * the details (by UTF-16 code units). A field that is empty, or has the value in brackets, is left out; there is exactly one form.
 *
 * <pre>
 *  1 actor, 2 action, 3 target   UTF-8
 *  4 outcome                     1 byte: 1 DONE, 2 DENIED, 3 FAILED
 *  5 subscription                UTF-8
 *  6 count                       8 bytes (1)
 *  7 from, 8 to                  8 bytes, milliseconds of the epoch (0)
 *  9 first, 10 last              16 bytes, an event's id
 * 11 detail, for each            length of the name (1), name, value: UTF-8
 * </pre>
 *
 * A CHECKPOINT has, in place of all this, the key's id (8) and a signature (64), see {@link Statement}.
 *
 * @param fromMillis when the first thing was that it counts; 0 if that is the record's time
 * @param toMillis likewise the last
 */
record Content(
        AuditEntry entry,
        String subscription,
        long count,
        long fromMillis,
        long toMillis,
        Optional<UUID> first,
        Optional<UUID> last) {
    private static final int ACTOR = 1;
    private static final int ACTION = 2;
    private static final int TARGET = 3;
    private static final int OUTCOME = 4;
    private static final int SUBSCRIPTION = 5;
    private static final int COUNT = 6;
    private static final int FROM = 7;
    private static final int TO = 8;
    private static final int FIRST = 9;
    private static final int LAST = 10;
    private static final int DETAIL = 11;

    /** One thing. */
    static Content of(AuditEntry entry) {
        return new Content(entry, "", 1, 0, 0, Optional.empty(), Optional.empty());
    }

    /** Several things between two times. */
    static Content of(AuditEntry entry, long count, long fromMillis, long toMillis) {
        return new Content(entry, "", count, fromMillis, toMillis, Optional.empty(), Optional.empty());
    }

    byte[] encode() {
        var out = new Writer();
        out.text(ACTOR, entry.actor());
        out.text(ACTION, entry.action());
        out.text(TARGET, entry.target());
        out.field(OUTCOME, new byte[] {(byte) code(entry.outcome())});
        out.text(SUBSCRIPTION, subscription);
        out.number(COUNT, count, 1);
        out.number(FROM, fromMillis, 0);
        out.number(TO, toMillis, 0);
        first.ifPresent(id -> out.id(FIRST, id));
        last.ifPresent(id -> out.id(LAST, id));
        new TreeMap<>(entry.details()).forEach(out::detail);
        return out.bytes.toByteArray();
    }

    private static int code(Outcome outcome) {
        return switch (outcome) {
            case DONE -> 1;
            case DENIED -> 2;
            case FAILED -> 3;
        };
    }

    /** Throws unless it is exactly what {@link #encode} gives. */
    static Content decode(byte[] encoded) throws MalformedRecordException {
        try {
            Content content = new Reader(encoded).content();
            if (!Arrays.equals(content.encode(), encoded)) {
                throw new MalformedRecordException("its content is not in the one form that there is");
            }
            return content;
        } catch (BufferUnderflowException | CharacterCodingException e) {
            throw new MalformedRecordException("its content is cut off, or no UTF-8", e);
        }
    }

    /** Puts fields one behind the other. */
    private static final class Writer {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);

        void field(int tag, byte[] value) {
            bytes.write(tag);
            bytes.write(value.length >>> Byte.SIZE);
            bytes.write(value.length);
            bytes.writeBytes(value);
        }

        void text(int tag, String text) {
            if (!text.isEmpty()) {
                field(tag, utf8(text));
            }
        }

        void number(int tag, long value, long without) {
            if (value != without) {
                field(tag, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
            }
        }

        void id(int tag, UUID id) {
            field(
                    tag,
                    ByteBuffer.allocate(2 * Long.BYTES)
                            .putLong(id.getMostSignificantBits())
                            .putLong(id.getLeastSignificantBits())
                            .array());
        }

        void detail(String name, String value) {
            byte[] first = utf8(name);
            byte[] second = utf8(value);
            field(
                    DETAIL,
                    ByteBuffer.allocate(1 + first.length + second.length)
                            .put((byte) first.length)
                            .put(first)
                            .put(second)
                            .array());
        }

        private static byte[] utf8(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Takes them apart; what they must be beyond their lengths is seen by encoding them again. */
    private static final class Reader {
        private final ByteBuffer in;
        private String actor = "";
        private String action = "";
        private String target = "";
        private Outcome outcome = Outcome.DONE;
        private String subscription = "";
        private long count = 1;
        private long from;
        private long to;
        private Optional<UUID> first = Optional.empty();
        private Optional<UUID> last = Optional.empty();
        private final Map<String, String> details = new TreeMap<>();

        Reader(byte[] encoded) {
            in = ByteBuffer.wrap(encoded);
        }

        Content content() throws MalformedRecordException, CharacterCodingException {
            while (in.hasRemaining()) {
                int tag = in.get();
                int length = Short.toUnsignedInt(in.getShort());
                if (length > in.remaining()) {
                    throw new BufferUnderflowException();
                }
                ByteBuffer value = in.slice(in.position(), length);
                in.position(in.position() + length);
                field(tag, value);
            }
            if (count < 1) {
                throw new MalformedRecordException("its count is " + count);
            }
            var entry = new AuditEntry(actor, action, target, outcome, details);
            return new Content(entry, subscription, count, from, to, first, last);
        }

        private void field(int tag, ByteBuffer value) throws MalformedRecordException, CharacterCodingException {
            switch (tag) {
                case ACTOR -> actor = text(value);
                case ACTION -> action = text(value);
                case TARGET -> target = text(value);
                case OUTCOME -> outcome = outcome(value.get());
                case SUBSCRIPTION -> subscription = text(value);
                case COUNT -> count = value.getLong();
                case FROM -> from = value.getLong();
                case TO -> to = value.getLong();
                case FIRST -> first = Optional.of(id(value));
                case LAST -> last = Optional.of(id(value));
                case DETAIL -> detail(value);
                default -> throw new MalformedRecordException("its content has the unknown field " + tag);
            }
        }

        private void detail(ByteBuffer value) throws CharacterCodingException {
            int length = Byte.toUnsignedInt(value.get());
            if (length > value.remaining()) {
                throw new BufferUnderflowException();
            }
            String name = text(value.slice(value.position(), length));
            details.put(name, text(value.position(value.position() + length)));
        }

        private static String text(ByteBuffer value) throws CharacterCodingException {
            return StandardCharsets.UTF_8.newDecoder().decode(value).toString();
        }

        private static UUID id(ByteBuffer value) {
            return new UUID(value.getLong(), value.getLong());
        }

        private static Outcome outcome(byte code) throws MalformedRecordException {
            for (Outcome outcome : Outcome.values()) {
                if (code(outcome) == code) {
                    return outcome;
                }
            }
            throw new MalformedRecordException("its content has the unknown outcome " + code);
        }
    }
}

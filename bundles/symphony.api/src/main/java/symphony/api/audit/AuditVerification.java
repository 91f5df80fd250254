package symphony.api.audit;

import java.util.List;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What came of verifying the trail.
 *
 * @param verdict the gravest of what was found
 * @param records how many whole records were read, whatever they are worth
 * @param first sequence of the first one, 0 if there is none
 * @param last sequence of the last one, 0 if there is none
 * @param signed up to which sequence all is signed, by a checkpoint in the trail or outside of it; 0 if none is. What comes after
 *     that is chained, but whoever can write the files could have written it
 * @param findings what is wrong, in the order of the trail, {@value #MOST_FINDINGS} at most, the first of each verdict among them
 * @param notes what else there is to know
 */
@ProviderType
public record AuditVerification(
        Verdict verdict, long records, long first, long last, long signed, List<Finding> findings, List<String> notes) {
    /** How many findings are told. */
    public static final int MOST_FINDINGS = 100;

    /** How a trail is found. From grave to less: {@link #TAMPERED}, {@link #MISSING}, {@link #ANCHOR}, {@link #TORN}. */
    public enum Verdict {
        /** Nothing is wrong. */
        INTACT(0),
        /** Records were changed, exchanged, taken out or put in. */
        TAMPERED(1),
        /** The last group of records was cut off as by a crash, and nobody has opened the trail since. Nothing that was acknowledged is missing. */
        TORN(2),
        /** A file is missing: of the trail's beginning or middle, all of it, or what is needed to verify. */
        MISSING(3),
        /** The trail is not the one that a checkpoint outside of it knows: its end was cut off, or an older copy put in its place. */
        ANCHOR(4);

        private final int exitCode;

        Verdict(int exitCode) {
            this.exitCode = exitCode;
        }

        /**
         * Exit code of the command line.
         *
         * @return 0 to 4
         */
        public int exitCode() {
            return exitCode;
        }
    }

    /**
     * Something that is wrong.
     *
     * @param verdict what kind of thing; never {@code INTACT}
     * @param from sequence of the first record that it may concern
     * @param to sequence of the last one; {@link Long#MAX_VALUE} if that is not known
     * @param detail for people, printable; names no content
     */
    public record Finding(Verdict verdict, long from, long to, String detail) {
        /** Checks that nothing is null. */
        public Finding {
            Objects.requireNonNull(verdict, "verdict");
            Objects.requireNonNull(detail, "detail");
        }
    }

    /** Checks that nothing is null and copies the lists. */
    public AuditVerification {
        Objects.requireNonNull(verdict, "verdict");
        findings = List.copyOf(findings);
        notes = List.copyOf(notes);
    }
}

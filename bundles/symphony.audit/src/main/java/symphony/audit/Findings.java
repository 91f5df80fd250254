package symphony.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Finding;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.component.Excerpt;

/** What is wrong with a trail, and what else there is to know of it; bounded, whatever the trail is. One thread only. */
final class Findings {
    private static final List<Verdict> FROM_GRAVE_TO_LESS =
            List.of(Verdict.TAMPERED, Verdict.MISSING, Verdict.ANCHOR, Verdict.TORN);
    private static final int MOST_NOTES = 100;

    private final List<Finding> findings = new ArrayList<>();
    private final Set<Verdict> verdicts = EnumSet.noneOf(Verdict.class);
    private final List<String> notes = new ArrayList<>();
    private long moreFindings;
    private long moreNotes;
    private long tamperedTo;

    /** Of two. */
    static Verdict graver(Verdict one, Verdict other) {
        return FROM_GRAVE_TO_LESS.indexOf(one) <= FROM_GRAVE_TO_LESS.indexOf(other) ? one : other;
    }

    /** There is always room for the first one of each verdict. */
    void add(Verdict verdict, long from, long to, String detail) {
        if (verdict == Verdict.TAMPERED && from > 0) {
            tamperedTo = Math.max(tamperedTo, to);
        }
        verdicts.add(verdict);
        int reserved = FROM_GRAVE_TO_LESS.size() - verdicts.size();
        if (findings.size() < AuditVerification.MOST_FINDINGS - reserved) {
            findings.add(new Finding(verdict, from, to, Excerpt.printable(detail)));
        } else {
            moreFindings++;
        }
    }

    void note(String text) {
        if (notes.size() < MOST_NOTES) {
            notes.add(Excerpt.printable(text));
        } else {
            moreNotes++;
        }
    }

    /** Whether no record after that is known to be wrong, which would explain that a signature does not hold. */
    boolean isSoundSince(long sequence) {
        return tamperedTo <= sequence;
    }

    AuditVerification result(long records, long first, long last, long signed) {
        if (moreFindings > 0) {
            notes.add("more was found that is not told: " + moreFindings);
        }
        if (moreNotes > 0) {
            notes.add("there are more notes that are not told: " + moreNotes);
        }
        Verdict gravest = verdicts.stream().reduce(Findings::graver).orElse(Verdict.INTACT);
        findings.sort(Comparator.comparingLong(Finding::from));
        return new AuditVerification(gravest, records, first, first == 0 ? 0 : last, signed, findings, notes);
    }
}

package symphony.shell;

import java.util.ArrayList;
import java.util.List;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Finding;
import symphony.api.audit.AuditVerification.Verdict;

/**
 * What came of verifying the trail.
 *
 * @param verdict the gravest of what was found
 * @param exitCode what the command-line verifier would end with
 * @param records how many whole records were read
 * @param first number of the first one
 * @param last number of the last one
 * @param signed up to which number all is signed
 * @param findings what is wrong
 * @param notes what else there is to know
 */
public record VerificationReport(
        Verdict verdict,
        int exitCode,
        long records,
        long first,
        long last,
        long signed,
        List<Finding> findings,
        List<String> notes)
        implements Report {
    static VerificationReport of(AuditVerification found) {
        return new VerificationReport(
                found.verdict(),
                found.verdict().exitCode(),
                found.records(),
                found.first(),
                found.last(),
                found.signed(),
                found.findings(),
                found.notes());
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        var lines = new ArrayList<String>();
        boolean intact = verdict == Verdict.INTACT;
        lines.add(Text.pad("verdict", 14, false) + (intact ? verdict.name() : paint.bad(verdict.name())));
        Text.field(
                lines,
                width,
                "records",
                Text.grouped(records) + (records == 0 ? "" : ", " + first + " to " + last) + ", signed up to "
                        + signed);
        for (Finding finding : findings) {
            String to = finding.to() == Long.MAX_VALUE ? "the end" : Long.toString(finding.to());
            String where =
                    finding.from() == finding.to() ? Long.toString(finding.from()) : finding.from() + " to " + to;
            Text.field(lines, width, "finding", finding.verdict() + ", records " + where + ": " + finding.detail());
        }
        notes.forEach(note -> Text.field(lines, width, "note", note));
        return lines;
    }
}

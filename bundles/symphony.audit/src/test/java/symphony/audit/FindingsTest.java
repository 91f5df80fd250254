package symphony.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Finding;
import symphony.api.audit.AuditVerification.Verdict;

class FindingsTest {
    private final Findings findings = new Findings();

    @Test
    void tellsTheFirstOfEachVerdictHoweverManyOthersThereAre() {
        for (int i = 1; i <= 300; i++) {
            findings.add(Verdict.ANCHOR, i, i, "anchor " + i);
        }
        findings.add(Verdict.TAMPERED, 500, 501, "tampered");
        findings.add(Verdict.TORN, 600, 600, "torn");
        for (int i = 700; i < 1000; i++) {
            findings.add(Verdict.TAMPERED, i, i, "tampered " + i);
        }
        AuditVerification result = findings.result(1000, 1, 1000, 0);
        assertThat(result.verdict()).isEqualTo(Verdict.TAMPERED);
        assertThat(result.findings()).hasSizeLessThanOrEqualTo(AuditVerification.MOST_FINDINGS);
        assertThat(result.findings())
                .extracting(Finding::detail)
                .startsWith("anchor 1", "anchor 2")
                .contains("tampered", "torn");
        int told = result.findings().size();
        assertThat(told).isGreaterThan(90);
        assertThat(result.notes()).containsExactly("more was found that is not told: " + (602 - told));
    }

    @Test
    void boundsNotes() {
        IntStream.range(0, 250).forEach(i -> findings.note("note " + i));
        AuditVerification result = findings.result(1, 1, 1, 0);
        assertThat(result.verdict()).isEqualTo(Verdict.INTACT);
        assertThat(result.notes())
                .hasSize(101)
                .startsWith("note 0")
                .endsWith("there are more notes that are not told: 150");
    }

    @Test
    void knowsUpToWhereAllIsWell() {
        assertThat(findings.isSoundSince(0)).isTrue();
        findings.add(Verdict.ANCHOR, 5, 9, "other");
        assertThat(findings.isSoundSince(0)).isTrue();
        for (int i = 0; i < 200; i++) {
            findings.add(Verdict.TAMPERED, 5, 7 + i, "changed");
        }
        assertThat(findings.isSoundSince(206)).isTrue();
        assertThat(findings.isSoundSince(205)).isFalse();
    }

    @Test
    void showsNothingThatDrivesATerminal() {
        findings.add(Verdict.ANCHOR, 1, 1, "file \u001b[31m\n.anchor");
        findings.note("line\u202e");
        AuditVerification result = findings.result(0, 0, 0, 0);
        assertThat(List.of(result.findings().get(0).detail(), result.notes().get(0)))
                .containsExactly("file \ufffd[31m\ufffd.anchor", "line\ufffd");
    }
}

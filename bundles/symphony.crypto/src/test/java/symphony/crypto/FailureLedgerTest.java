package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import symphony.api.crypto.CryptoContext;

class FailureLedgerTest {
    private static final long SECOND = FailureLedger.INTERVAL_NANOS;

    private final FailureLedger ledger = new FailureLedger();
    private final List<String> taken = new ArrayList<>();
    private boolean takes = true;

    private boolean take(CryptoContext context, OpenFailure failure, long count, int newestKey) {
        taken.add(context + " " + failure + " " + count);
        return takes;
    }

    private long flush(long now) {
        return ledger.flush(now, false, this::take);
    }

    @Test
    void givesTheFirstAtOnceAndTheRestOnceASecond() {
        long start = -SECOND; // nano times may be negative
        assertThat(flush(start)).isEqualTo(FailureLedger.NOTHING_WAITS);
        assertThat(ledger.add(CryptoContext.EVENT, OpenFailure.TAG, 1)).isTrue();
        assertThat(flush(start)).isEqualTo(FailureLedger.NOTHING_WAITS);
        assertThat(taken).containsExactly("EVENT TAG 1");

        assertThat(ledger.add(CryptoContext.EVENT, OpenFailure.TAG, 1)).isTrue();
        assertThat(ledger.add(CryptoContext.EVENT, OpenFailure.TAG, 1)).isFalse();
        assertThat(flush(start + 1)).isEqualTo(SECOND - 1);
        assertThat(flush(start + SECOND - 1)).isEqualTo(1);
        assertThat(taken).hasSize(1);
        assertThat(flush(start + SECOND)).isEqualTo(FailureLedger.NOTHING_WAITS);
        assertThat(taken).containsExactly("EVENT TAG 1", "EVENT TAG 2");
    }

    @Test
    void countsKindsApart() {
        ledger.add(CryptoContext.EVENT, OpenFailure.TAG, 1);
        ledger.add(CryptoContext.AUDIT, OpenFailure.CIPHER, 1);
        ledger.add(CryptoContext.EVENT, OpenFailure.FORM, 1);
        flush(0);

        assertThat(taken).containsExactly("EVENT FORM 1", "EVENT TAG 1", "AUDIT CIPHER 1");
    }

    @Test
    void keepsWhatWasNotTaken() {
        takes = false;
        ledger.add(CryptoContext.EVENT, OpenFailure.TAG, 1);
        assertThat(flush(5)).isEqualTo(SECOND);
        ledger.add(CryptoContext.EVENT, OpenFailure.TAG, 1);
        takes = true;
        flush(5 + SECOND);

        assertThat(taken).containsExactly("EVENT TAG 1", "EVENT TAG 2");
    }

    @Test
    void givesAllAtTheEnd() {
        ledger.add(CryptoContext.EVENT, OpenFailure.TAG, 1);
        flush(0);
        ledger.add(CryptoContext.EVENT, OpenFailure.TAG, 1);
        ledger.flush(1, true, this::take);

        assertThat(taken).hasSize(2);
    }
}

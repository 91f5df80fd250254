package symphony.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;

class EnvelopesTest {
    @Test
    void writesWhatAnEnvelopeReads() {
        var id = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");
        Envelope envelope = Envelopes.of(id, "orders/new", 3, 1_000, 2_000, new byte[] {1, 2, 3});
        assertThat(envelope.suite()).isEqualTo(Envelope.SUITE_NONE);
        assertThat(envelope.context()).isEqualTo(CryptoContext.EVENT.code());
        assertThat(envelope.eventId()).isEqualTo(id);
        assertThat(envelope.topic()).isEqualTo("orders/new");
        assertThat(envelope.publisher()).isEqualTo("symphony.queue.contract");
        assertThat(envelope.schema()).isEmpty();
        assertThat(envelope.priority()).isEqualTo(3);
        assertThat(envelope.publishedMillis()).isEqualTo(1_000);
        assertThat(envelope.expiresMillis()).isEqualTo(2_000);
        assertThat(envelope.size()).isEqualTo(envelope.headerSize() + 3);
    }

    @Test
    void makesEnvelopesOfAnExactSizeEachWithAnIdOfItsOwn() {
        assertThat(Envelopes.sized(1_000).size()).isEqualTo(1_000);
        assertThat(Envelopes.sized(1_000).eventId())
                .isNotEqualTo(Envelopes.sized(1_000).eventId());
    }
}

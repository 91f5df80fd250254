package symphony.benchmarks.rig;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import symphony.benchmarks.load.Order;

class SealedRigTest {
    @Test
    void opensWhatWasSealedFieldByField() throws Exception {
        Order order = Order.of(3, 77);
        var sealer = new Sealer();
        Sealer.Sealed sealed = sealer.seal(FixedLayout.write(order));
        assertThat(sealed.ciphertext()).hasSize(FixedLayout.BYTES + 16);
        assertThat(sealed.associated()).hasSize(150);
        FixedLayout.read(sealer.open(sealed), (customer, number, amount, note) -> {
            assertThat(customer).isEqualTo(Order.mark(order.customer()));
            assertThat(number).isEqualTo(order.number());
            assertThat(amount).isEqualTo(order.amount());
            assertThat(note).isEqualTo(Order.mark(order.note()));
        });
    }

    @Test
    void usesNoNonceTwice() throws Exception {
        var sealer = new Sealer();
        var plaintext = new byte[FixedLayout.BYTES];
        assertThat(sealer.seal(plaintext).nonce())
                .isNotEqualTo(sealer.seal(plaintext).nonce());
    }
}

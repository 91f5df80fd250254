package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.Envelope;

class DerivedKeysTest {
    private final KeysetKey origin = Engines.key(1, KeyState.PRIMARY, 1);
    private final Random random = new Random(42);

    @Test
    void staysBoundedAndKeepsWhatIsUsed() throws Exception {
        var keys = new DerivedKeys(64);
        var used = sealedWith(salt());
        DerivedKey first = keys.get(origin, used);
        for (int i = 0; i < 2000; i++) {
            keys.get(origin, sealedWith(salt()));
            assertThat(keys.get(origin, used)).as("used between all others").isSameAs(first);
        }

        assertThat(keys.size()).isEqualTo(64);
        assertThat(keys.capacity()).isEqualTo(64);
    }

    @Test
    void takesInNothingForged() {
        var keys = new DerivedKeys(64);
        for (int i = 0; i < 100; i++) {
            Message forged = sealedWith(salt());
            forged.bytes()[forged.commitmentAt()] ^= 1;
            assertThatExceptionOfType(NotOpenedException.class).isThrownBy(() -> keys.get(origin, forged));
        }

        assertThat(keys.size()).isZero();
    }

    @Test
    void tellsKeysOfOneSaltApart() throws Exception {
        var keys = new DerivedKeys(64);
        byte[] salt = salt();
        var other = Engines.key(2, KeyState.ENABLED, 2);
        keys.get(origin, sealedWith(salt));

        assertThat(keys.get(other, sealed(new DerivedKey(other, salt))).origin())
                .isSameAs(other);
        assertThat(keys.get(origin, sealedWith(salt)).origin()).isSameAs(origin);
    }

    @Test
    void roundsItsCapacityUp() {
        assertThat(new DerivedKeys(1).capacity()).isEqualTo(4);
        assertThat(new DerivedKeys(65).capacity()).isEqualTo(128);
        assertThat(new DerivedKeys(65_536).capacity()).isEqualTo(65_536);
    }

    private byte[] salt() {
        byte[] salt = new byte[Envelope.SALT_BYTES];
        random.nextBytes(salt);
        return salt;
    }

    private Message sealedWith(byte[] salt) {
        return sealed(new DerivedKey(origin, salt));
    }

    private static Message sealed(DerivedKey key) {
        var message = new Message(new byte[65], 0, Long.BYTES, 65, new byte[0]);
        key.stamp(message, ByteBuffer.allocate(Envelope.NONCE_BYTES).array());
        return message;
    }
}

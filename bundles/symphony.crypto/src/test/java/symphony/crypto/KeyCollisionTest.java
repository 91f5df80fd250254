package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.Envelope;

/**
 * AES-GCM does not bind to a key: who knows two keys can make bytes that open with both, to different texts (Dodis, Grubbs,
 * Ristenpart and Woodage, Fast Message Franking, 2018, section 3). The commitment in the header does.
 */
class KeyCollisionTest {
    private static final byte[] NAME = {1, 2, 3};
    private static final int BLOCK = 16;

    private final KeysetKey one = Engines.key(1, KeyState.PRIMARY, 1);
    private final KeysetKey other = Engines.key(1, KeyState.PRIMARY, 2);

    @Test
    void whatTheCipherOpensWithTwoKeysOpensWithTheOneThatItIsCommittedTo() throws Exception {
        for (KeysetKey committed : List.of(one, other)) {
            byte[] collision = collision(committed); // given
            byte[] byOne = openedByTheCipher(one, collision);
            byte[] byOther = openedByTheCipher(other, collision);
            assertThat(byOne).hasSize(BLOCK).isNotEqualTo(byOther);

            var failures = new ArrayList<OpenFailure>();
            assertThat(engine(committed, failures).open(CryptoContext.EVENT, NAME, collision)) // when
                    .isEqualTo(committed == one ? byOne : byOther);
            CryptoEngine foreign = engine(committed == one ? other : one, failures);
            EnvelopeTest.assertSealException(catchThrowable(() -> foreign.open(CryptoContext.EVENT, NAME, collision)));
            assertThat(failures).containsExactly(OpenFailure.COMMITMENT); // then
        }
    }

    private static CryptoEngine engine(KeysetKey key, List<OpenFailure> failures) {
        return new CryptoEngine(
                new TinyCodec(),
                Engines.keysets(key),
                SealSettings.defaults(),
                new HandClock(),
                new SecureRandom(),
                (context, failure, keyId) -> failures.add(failure));
    }

    /** A block and its tag, behind the header of something that was sealed with the key: right for both keys. */
    private byte[] collision(KeysetKey committed) throws GeneralSecurityException {
        byte[] sealed = engine(committed, new ArrayList<>()).seal(CryptoContext.EVENT, NAME, new byte[BLOCK]);
        Arrays.fill(sealed, SealedBytes.HEADER_BYTES, sealed.length, (byte) 0);
        var first = new Gcm(message(sealed), one);
        var second = new Gcm(message(sealed), other);
        // The tag of a block c is t + c * h^2, t being that of a block of zeros; c is where both are equal.
        Element block = first.tagOfZeros()
                .plus(second.tagOfZeros())
                .times(first.square().plus(second.square()).inverse());
        Element tag = first.tagOfZeros().plus(block.times(first.square()));
        assertThat(second.tagOfZeros().plus(block.times(second.square()))).isEqualTo(tag);
        ByteBuffer.wrap(sealed, SealedBytes.HEADER_BYTES, 2 * BLOCK)
                .putLong(block.high())
                .putLong(block.low())
                .putLong(tag.high())
                .putLong(tag.low());
        return sealed;
    }

    private static Message message(byte[] sealed) {
        return new Message(sealed, 5, Long.BYTES, SealedBytes.HEADER_BYTES, NAME);
    }

    private static byte[] openedByTheCipher(KeysetKey key, byte[] sealed) throws GeneralSecurityException {
        Message message = message(sealed);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(KeyDerivation.writerKey(key, message.salt()), "AES"),
                new GCMParameterSpec(Envelope.TAG_BYTES * Byte.SIZE, message.nonce()));
        cipher.updateAAD(sealed, 0, SealedBytes.HEADER_BYTES);
        cipher.updateAAD(NAME);
        return cipher.doFinal(sealed, SealedBytes.HEADER_BYTES, sealed.length - SealedBytes.HEADER_BYTES);
    }

    /**
     * What AES-GCM makes of a message by a key, as NIST SP 800-38D has it.
     *
     * @param tagOfZeros the tag of its associated data and one block of zeros
     * @param square the square of the hash's key
     */
    private record Gcm(Element tagOfZeros, Element square) {
        Gcm(Message message, KeysetKey key) throws GeneralSecurityException {
            this(
                    new SecretKeySpec(KeyDerivation.writerKey(key, message.salt()), "AES"),
                    message.nonce(),
                    concat(Arrays.copyOf(message.bytes(), message.headerBytes()), message.more()));
        }

        private Gcm(SecretKeySpec key, byte[] nonce, byte[] associated) throws GeneralSecurityException {
            this(
                    encrypt(key, Arrays.copyOf(nonce, BLOCK), 1)
                            .plus(hash(encrypt(key, new byte[BLOCK], 0), associated)),
                    encrypt(key, new byte[BLOCK], 0).times(encrypt(key, new byte[BLOCK], 0)));
        }

        private static byte[] concat(byte[] a, byte[] b) {
            byte[] both = Arrays.copyOf(a, a.length + b.length);
            System.arraycopy(b, 0, both, a.length, b.length);
            return both;
        }

        private static Element encrypt(SecretKeySpec key, byte[] block, int counter) throws GeneralSecurityException {
            byte[] counted = ByteBuffer.wrap(block)
                    .putInt(BLOCK - Integer.BYTES, counter)
                    .array();
            Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, key);
            return Element.of(cipher.doFinal(counted), 0);
        }

        /** GHASH of the associated data, a block of zeros, and the block of both lengths in bits. */
        private static Element hash(Element key, byte[] associated) {
            byte[] padded = Arrays.copyOf(associated, (associated.length + BLOCK - 1) / BLOCK * BLOCK);
            Element sum = new Element(0, 0);
            for (int at = 0; at < padded.length; at += BLOCK) {
                sum = sum.plus(Element.of(padded, at)).times(key);
            }
            Element lengths = new Element((long) associated.length * Byte.SIZE, (long) BLOCK * Byte.SIZE);
            return sum.times(key).plus(lengths).times(key);
        }
    }

    /** Of the field of GCM: 128 bits, the highest is the coefficient of 1. */
    private record Element(long high, long low) {
        private static final Element ONE = new Element(1L << 63, 0);
        private static final long REDUCTION = 0xe1L << 56;

        static Element of(byte[] bytes, int at) {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            return new Element(in.getLong(at), in.getLong(at + Long.BYTES));
        }

        Element plus(Element other) {
            return new Element(high ^ other.high, low ^ other.low);
        }

        private boolean has(int power) {
            return (power < Long.SIZE ? high << power : low << power - Long.SIZE) < 0;
        }

        private Element shifted() {
            return new Element(high >>> 1 ^ ((low & 1) == 0 ? 0 : REDUCTION), low >>> 1 | high << 63);
        }

        Element times(Element other) {
            Element product = new Element(0, 0);
            Element shifted = other;
            for (int power = 0; power < 2 * Long.SIZE; power++) {
                product = has(power) ? product.plus(shifted) : product;
                shifted = shifted.shifted();
            }
            return product;
        }

        /** By Fermat: all powers of two multiplied but the first. */
        Element inverse() {
            Element inverse = ONE;
            Element power = this;
            for (int i = 1; i < 2 * Long.SIZE; i++) {
                power = power.times(power);
                inverse = inverse.times(power);
            }
            return inverse;
        }
    }
}

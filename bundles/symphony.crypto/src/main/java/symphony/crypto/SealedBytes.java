package symphony.crypto;

import java.nio.ByteBuffer;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;

/**
 * Format of sealed byte arrays, version 1, big-endian:
 *
 * <pre>
 * at   bytes  what
 *   0      2  magic "SB"
 *   2      1  version: 1
 *   3      1  suite, as in an envelope
 *   4      1  context, see {@link CryptoContext}
 *   5      4  key id
 *   9     16  writer salt
 *  25     32  key commitment
 *  57      8  counter; the nonce is four zero bytes and this
 *  65         ciphertext, as long as the plaintext
 *         16  tag (none in suite 0)
 * </pre>
 *
 * The associated data of the cipher is the header, then the caller's. Suite 0 has zeros from 5 to 64, and does not bind to
 * the caller's associated data.
 */
final class SealedBytes {
    static final int HEADER_BYTES = 65;

    private static final byte[] MAGIC = {'S', 'B'};
    private static final int VERSION = 1;
    private static final int BLOCK_AT = 5;
    private static final int NONCE_BYTES = Long.BYTES;

    private SealedBytes() {}

    /** A message whose payload is still plaintext and whose seal block is still zeros. */
    static Message layOut(Suite suite, CryptoContext context, byte[] associatedData, byte[] plaintext) {
        byte[] bytes = new byte[Math.addExact(HEADER_BYTES + suite.tagBytes(), plaintext.length)];
        ByteBuffer.wrap(bytes)
                .put(MAGIC)
                .put((byte) VERSION)
                .put((byte) suite.code())
                .put((byte) context.code())
                .put(HEADER_BYTES, plaintext);
        return message(bytes, associatedData);
    }

    /** Throws if it cannot be this process's and this context's; the rest is for the suite to find. */
    static Message read(Suite suite, CryptoContext context, byte[] associatedData, byte[] sealed)
            throws NotOpenedException {
        if (sealed.length < HEADER_BYTES
                || sealed[0] != MAGIC[0]
                || sealed[1] != MAGIC[1]
                || sealed[Envelope.VERSION_AT] != VERSION) {
            throw new NotOpenedException(OpenFailure.FORM);
        }
        if (sealed[Envelope.SUITE_AT] != suite.code()) {
            throw new NotOpenedException(OpenFailure.SUITE);
        }
        if (sealed[Envelope.CONTEXT_AT] != context.code()) {
            throw new NotOpenedException(OpenFailure.CONTEXT);
        }
        if (sealed.length < HEADER_BYTES + suite.tagBytes()) {
            throw new NotOpenedException(OpenFailure.FORM);
        }
        return message(sealed, associatedData);
    }

    private static Message message(byte[] bytes, byte[] associatedData) {
        return new Message(bytes, BLOCK_AT, NONCE_BYTES, HEADER_BYTES, associatedData);
    }
}

package symphony.crypto;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.Envelope;

/** No encryption and no protection against changes: for development, see {@link Encryption}. */
final class PlainSuite implements Suite {
    private final OrderKeys orderKeys = OrderKeys.unkeyed();

    @Override
    public int code() {
        return Envelope.SUITE_NONE;
    }

    @Override
    public int tagBytes() {
        return 0;
    }

    @Override
    public void seal(CryptoContext context, Message message) {
        // The seal block of a new message is zeros and its payload the plaintext: that is this suite.
    }

    @Override
    public byte[] open(CryptoContext context, Message message) throws NotOpenedException {
        if (!message.hasEmptyBlock()) {
            throw new NotOpenedException(OpenFailure.FORM);
        }
        return Arrays.copyOfRange(message.bytes(), message.headerBytes(), message.bytes().length);
    }

    @Override
    public SealingOutput sealing(CryptoContext context, byte[] associatedData, OutputStream to) throws IOException {
        return new SealingOutput(StreamHeader.plaintext(context), SegmentCipher.none(), () -> false, to);
    }

    @Override
    public SegmentCipher segments(CryptoContext context, StreamHeader header, byte[] associatedData)
            throws NotOpenedException {
        header.checked(StreamHeader.SUITE_NONE, context);
        return SegmentCipher.none();
    }

    @Override
    public String cipher() {
        return "none: plaintext, for development";
    }

    @Override
    public List<CryptoService.Key> keys() {
        return List.of();
    }

    @Override
    public OrderKeys orderKeys() {
        return orderKeys;
    }
}

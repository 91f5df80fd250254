package symphony.crypto;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;

/** A way of sealing. A process has one, and opens nothing that was sealed in another. Thread-safe. */
interface Suite {
    /** Its number in envelopes. */
    int code();

    /** Bytes behind the payload. */
    int tagBytes();

    /** Fills the seal block and replaces the plaintext that stands in the payload's place; the tag's place is the end. */
    void seal(CryptoContext context, Message message);

    /** The plaintext, a new array. */
    byte[] open(CryptoContext context, Message message) throws NotOpenedException;

    /** Begins a sealed stream. */
    SealingOutput sealing(CryptoContext context, byte[] associatedData, OutputStream to) throws IOException;

    /** What opens the segments of a stream that begins with this. */
    SegmentCipher segments(CryptoContext context, StreamHeader header, byte[] associatedData) throws NotOpenedException;

    /** For people. */
    String cipher();

    List<CryptoService.Key> keys();

    OrderKeys orderKeys();
}

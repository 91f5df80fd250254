package symphony.crypto;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.macs.SipHash;
import org.bouncycastle.crypto.params.KeyParameter;

/** Keyed hash of order keys: SipHash-2-4 (Aumasson, Bernstein 2012) of the UTF-8 bytes, 1 in place of 0. Thread-safe. */
final class OrderKeys {
    /** Bytes of the hash's key. */
    static final int KEY_BYTES = 16;

    private final byte[] key;

    OrderKeys(byte[] key) {
        this.key = key;
    }

    /** For a process that does not encrypt: the key is zero, so that hashes outlive a restart here, too. */
    static OrderKeys unkeyed() {
        return new OrderKeys(new byte[KEY_BYTES]);
    }

    long hash(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var hash = new SipHash();
        hash.init(new KeyParameter(key));
        hash.update(bytes, 0, bytes.length);
        long value = hash.doFinal();
        return value == 0 ? 1 : value;
    }
}

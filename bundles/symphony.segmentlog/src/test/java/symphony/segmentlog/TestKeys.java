package symphony.segmentlog;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** Keys by HMAC-SHA-256 of id and salt under a secret; knows only some ids. */
final class TestKeys implements SegmentKeys {
    private final byte[] secret;
    private final Set<Integer> known = new HashSet<>(Set.of(7));
    private int keyId = 7;

    TestKeys(String secret) {
        this.secret = Log.bytes(secret);
    }

    synchronized void rotateTo(int id) {
        keyId = id;
        known.add(id);
    }

    synchronized void forget(int id) {
        known.remove(id);
    }

    @Override
    public synchronized int keyId() {
        return keyId;
    }

    @Override
    public synchronized SecretKey derive(int id, byte[] salt) throws GeneralSecurityException {
        if (!known.contains(id)) {
            throw new GeneralSecurityException("key " + id + " was destroyed");
        }
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        mac.update(ByteBuffer.allocate(4).putInt(0, id));
        return new SecretKeySpec(mac.doFinal(salt), "AES");
    }
}

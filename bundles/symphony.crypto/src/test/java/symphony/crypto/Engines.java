package symphony.crypto;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.UUID;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventSealer;
import symphony.api.event.Event;

/** Engines, keys and events to test with. */
final class Engines {
    static final UUID ID = UUID.fromString("01936f5e-8000-7000-8000-0123456789ab");
    static final long PUBLISHED = 1_764_000_000_000L;
    static final String PUBLISHER = "shop.orders";

    private static final SecureRandom RANDOM = new SecureRandom();

    private Engines() {}

    static CryptoEngine engine() {
        return CryptoEngine.ephemeral(new TinyCodec());
    }

    static CryptoEngine engine(Keysets keysets) {
        return engine(keysets, SealSettings.defaults(), InstantSource.system());
    }

    static CryptoEngine engine(Keysets keysets, SealSettings settings, InstantSource clock) {
        return new CryptoEngine(new TinyCodec(), keysets, settings, clock, RANDOM, OpenFailures.unaudited());
    }

    static CryptoEngine plaintextEngine() {
        return CryptoEngine.plaintext(
                new TinyCodec(), SealSettings.defaults(), InstantSource.system(), OpenFailures.unaudited());
    }

    /** Keys of all contexts, and these in place of the context's. */
    static Keysets keysets(KeysetKey... eventKeys) {
        var keys = new ArrayList<>(Arrays.asList(eventKeys));
        for (CryptoContext context : CryptoContext.values()) {
            if (context != CryptoContext.EVENT) {
                keys.add(key(context, 1, KeyState.PRIMARY, 9));
            }
        }
        return new Keysets(bytes(7), keys);
    }

    static KeysetKey key(int id, KeyState state, int fill) {
        return key(CryptoContext.EVENT, id, state, fill);
    }

    static KeysetKey key(CryptoContext context, int id, KeyState state, int fill) {
        return new KeysetKey(context, id, state, 1000L + id, bytes(fill));
    }

    static byte[] bytes(int fill) {
        byte[] bytes = new byte[KeyDerivation.KEY_BYTES];
        Arrays.fill(bytes, (byte) fill);
        return bytes;
    }

    static Event event() {
        return Event.on("orders/new")
                .with("amount", 12L)
                .with("customer", "ada")
                .attribute("traceparent", "00-ab-cd-01")
                .key("ada")
                .priority(3)
                .build();
    }

    static Envelope seal(EventSealer sealer) {
        return seal(sealer, event());
    }

    static Envelope seal(EventSealer sealer, Event event) {
        return sealer.seal(CryptoContext.EVENT, event, ID, PUBLISHED, PUBLISHER);
    }

    /** Salt and nonce: with one key they may never come twice. */
    static ByteBuffer saltAndNonce(Envelope envelope) {
        byte[] bytes = envelope.bytes();
        return ByteBuffer.allocate(Envelope.SALT_BYTES + Envelope.NONCE_BYTES)
                .put(bytes, Envelope.SALT_AT, Envelope.SALT_BYTES)
                .put(bytes, Envelope.NONCE_AT, Envelope.NONCE_BYTES)
                .flip();
    }

    static ByteBuffer salt(Envelope envelope) {
        return ByteBuffer.wrap(
                Arrays.copyOfRange(envelope.bytes(), Envelope.SALT_AT, Envelope.SALT_AT + Envelope.SALT_BYTES));
    }
}

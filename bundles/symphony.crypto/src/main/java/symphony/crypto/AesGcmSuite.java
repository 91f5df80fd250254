package symphony.crypto;

import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.Envelope;

/** AES-256-GCM with writers' keys, see {@link SealSlot}: slots per context to seal, ciphers to open. Thread-safe. */
final class AesGcmSuite implements Suite {
    private static final int SLOTS_PER_CORE = 4;

    private final Keysets keysets;
    private final OrderKeys orderKeys;
    private final InstantSource clock;
    private final SecureRandom random;
    private final DerivedKeys derivedKeys;
    private final Map<CryptoContext, Pool<SealSlot>> sealing = new EnumMap<>(CryptoContext.class);
    private final Pool<GcmCipher> opening;
    private final String cipher;

    AesGcmSuite(Keysets keysets, SealSettings settings, InstantSource clock, SecureRandom random) {
        this.keysets = keysets;
        this.orderKeys = new OrderKeys(KeyDerivation.orderKey(keysets.root()));
        this.clock = clock;
        this.random = random;
        this.derivedKeys = new DerivedKeys(settings.derivedKeys());
        int slots = SLOTS_PER_CORE * Runtime.getRuntime().availableProcessors();
        for (CryptoContext context : CryptoContext.values()) {
            sealing.put(context, new Pool<>(slots, () -> new SealSlot(settings, random, derivedKeys)));
        }
        this.opening = new Pool<>(slots, () -> GcmCipher.of(settings.provider()));
        this.cipher = "AES-256-GCM (" + GcmCipher.of(settings.provider()).provider() + ")";
    }

    @Override
    public int code() {
        return Envelope.SUITE_AES_256_GCM;
    }

    @Override
    public int tagBytes() {
        return Envelope.TAG_BYTES;
    }

    @Override
    public void seal(CryptoContext context, Message message) {
        Pool<SealSlot> slots = sealing.get(context);
        SealSlot slot = slots.take();
        try {
            slot.seal(keysets.primary(context), clock.millis(), message);
        } finally {
            slots.give(slot);
        }
    }

    @Override
    public byte[] open(CryptoContext context, Message message) throws NotOpenedException {
        KeysetKey key = usableKey(context, message.keyId());
        DerivedKey derived;
        try {
            derived = derivedKeys.get(key, message);
        } catch (ErasedKeyException e) {
            throw new NotOpenedException(OpenFailure.KEY_DESTROYED);
        }
        GcmCipher opener = opening.take();
        try {
            return opener.decrypt(derived.key(), message.nonce(), message);
        } finally {
            opening.give(opener);
        }
    }

    @Override
    public SealingOutput sealing(CryptoContext context, byte[] associatedData, OutputStream to) throws IOException {
        KeysetKey key = keysets.primary(context);
        byte[] salt = new byte[Envelope.SALT_BYTES];
        random.nextBytes(salt);
        StreamHeader header = StreamHeader.sealed(key, salt);
        return new SealingOutput(header, header.sealingCipher(key, salt, associatedData), key::isErased, to);
    }

    @Override
    public SegmentCipher segments(CryptoContext context, StreamHeader header, byte[] associatedData)
            throws NotOpenedException {
        header.checked(StreamHeader.SUITE_AES_256_GCM_SIV, context);
        try {
            return header.cipher(usableKey(context, header.keyId()), associatedData);
        } catch (ErasedKeyException e) {
            throw new NotOpenedException(OpenFailure.KEY_DESTROYED);
        }
    }

    private KeysetKey usableKey(CryptoContext context, int id) throws NotOpenedException {
        KeysetKey key = keysets.find(context, id).orElseThrow(() -> new NotOpenedException(OpenFailure.KEY_UNKNOWN));
        if (!key.opens()) {
            throw new NotOpenedException(
                    key.state() == KeyState.DISABLED ? OpenFailure.KEY_DISABLED : OpenFailure.KEY_DESTROYED);
        }
        return key;
    }

    @Override
    public String cipher() {
        return cipher;
    }

    @Override
    public List<CryptoService.Key> keys() {
        return keysets.views();
    }

    @Override
    public OrderKeys orderKeys() {
        return orderKeys;
    }
}

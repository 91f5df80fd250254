package symphony.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventCodec;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.OpenEvent;
import symphony.api.crypto.SealException;
import symphony.api.crypto.SealedOutput;
import symphony.api.crypto.SealedReader;
import symphony.api.event.Event;

/**
 * Seals and opens events and byte arrays with keys that are in memory: never touches a file. Thread-safe.
 *
 * <p>Plaintext of an envelope: length of the metadata (2 bytes, big-endian), metadata (the publisher's key, then names and
 * values of the attributes, each UTF-8 behind a length of 2 bytes; absent if there is neither), data as the codec wrote it.
 */
public final class CryptoEngine implements EventSealer, CryptoService, AutoCloseable {
    /*
     * An engine has one suite at a time, AES-256-GCM or, in development, plaintext, and opens only what that suite sealed.
     * The suite and all it holds (keys, slots, ciphers, derived keys) is replaced as a whole when settings change: new slots
     * draw new salts, so nothing needs to be carried over, and calls that are under way end with the suite they began with.
     */
    private static final Logger log = LoggerFactory.getLogger(CryptoEngine.class);

    private final EventCodec codec;
    private final InstantSource clock;
    private final OpenFailures failures;
    private final SuiteFactory suites;

    // Written under this monitor.
    private Keysets keysets;
    private SealSettings settings;
    private volatile Suite suite;

    /** Makes the suite for keys and settings. */
    private interface SuiteFactory {
        Suite make(Keysets keysets, SealSettings settings);
    }

    private CryptoEngine(
            EventCodec codec,
            InstantSource clock,
            OpenFailures failures,
            SuiteFactory suites,
            Keysets keysets,
            SealSettings settings) {
        this.codec = Objects.requireNonNull(codec, "codec");
        this.clock = clock;
        this.failures = failures;
        this.suites = suites;
        this.keysets = keysets;
        this.settings = settings;
        this.suite = suites.make(keysets, settings);
    }

    /** An engine that encrypts. */
    CryptoEngine(
            EventCodec codec,
            Keysets keysets,
            SealSettings settings,
            InstantSource clock,
            SecureRandom random,
            OpenFailures failures) {
        this(codec, clock, failures, (k, s) -> new AesGcmSuite(k, s, clock, random), keysets, settings);
    }

    /** An engine that does not; for {@link Encryption#OFF} only. */
    static CryptoEngine plaintext(EventCodec codec, SealSettings settings, InstantSource clock, OpenFailures failures) {
        return new CryptoEngine(codec, clock, failures, (k, s) -> new PlainSuite(), null, settings);
    }

    /**
     * An engine with new keys that are nowhere but in its memory: for tests and for a flat class path. What it sealed no
     * other engine opens.
     *
     * @param codec encodes data
     * @return the engine; it encrypts
     */
    public static CryptoEngine ephemeral(EventCodec codec) {
        return ephemeral(codec, InstantSource.system());
    }

    /**
     * As {@link #ephemeral(EventCodec)}, with a clock.
     *
     * @param codec encodes data
     * @param clock tells how old a salt is, and what is left of an event's time to live
     * @return the engine; it encrypts
     */
    public static CryptoEngine ephemeral(EventCodec codec, InstantSource clock) {
        var random = new SecureRandom();
        return new CryptoEngine(
                codec, Keysets.random(clock, random), SealSettings.defaults(), clock, random, OpenFailures.unaudited());
    }

    /** Goes on with other settings; nothing under way is disturbed. */
    synchronized void apply(SealSettings changed) {
        suite = suites.make(keysets, changed);
        settings = changed;
    }

    /**
     * Goes on with other keys; nothing under way is disturbed. Those of now that are destroyed in the others are overwritten,
     * so what opens with one at this moment may fail.
     */
    synchronized void use(Keysets changed) {
        suite = suites.make(changed, settings);
        keysets.eraseDestroyedIn(changed);
        keysets = changed;
    }

    /** Null where nothing is encrypted. */
    synchronized Keysets keysets() {
        return keysets;
    }

    @Override
    public Envelope seal(CryptoContext context, Event event, UUID id, long publishedMillis, String publisher) {
        if (context != CryptoContext.EVENT && context != CryptoContext.SCHEDULE) {
            throw new IllegalArgumentException("context is " + context + ", events are sealed for EVENT or SCHEDULE");
        }
        Suite current = suite;
        var content = new Envelopes.Content(context, event, id, publishedMillis, publisher);
        Message message = Envelopes.layOut(codec, current, content);
        seal(context, message);
        return Envelope.of(message.bytes());
    }

    /** With the suite of now: that of when the message was laid out may have a key that was destroyed since. */
    private void seal(CryptoContext context, Message message) {
        boolean sealed = false;
        while (!sealed) {
            try {
                suite.seal(context, message);
                sealed = true;
            } catch (ErasedKeyException e) {
                log.debug("sealing for {} again: {}", context, e.getMessage());
            }
        }
    }

    @Override
    public OpenEvent open(CryptoContext context, Envelope envelope) {
        Objects.requireNonNull(envelope, "envelope");
        Suite current = suite;
        try {
            return new Payload(codec, current.open(context, Envelopes.read(current, context, envelope)));
        } catch (NotOpenedException e) {
            log.debug("event {} for {} not opened: {}", envelope.eventId(), context, e.getMessage());
            throw refused(context, e, envelope.keyId());
        }
    }

    @Override
    public Event reopen(CryptoContext context, Envelope envelope) {
        OpenEvent opened = open(context, envelope);
        Event.Builder event = Event.on(envelope.topic())
                .data(opened.data())
                .priority(envelope.priority())
                .id(envelope.eventId())
                .attributes(opened.attributes());
        if (!opened.key().isEmpty()) {
            event.key(opened.key());
        }
        if (envelope.expiresMillis() != 0) {
            event.timeToLive(timeLeft(envelope.expiresMillis()));
        }
        return event.build();
    }

    /** A millisecond, the shortest that an event can have, if there is none. */
    private Duration timeLeft(long expiresMillis) {
        return Duration.ofMillis(Math.max(1, expiresMillis - clock.millis()));
    }

    @Override
    public boolean isDestroyed(CryptoContext context, int keyId) {
        return suite.keys().stream()
                .anyMatch(key -> key.context() == context && key.id() == keyId && key.state() == KeyState.DESTROYED);
    }

    @Override
    public long orderKey(String key) {
        return suite.orderKeys().hash(key);
    }

    @Override
    public byte[] seal(CryptoContext context, byte[] associatedData, byte[] plaintext) {
        Suite current = suite;
        Message message = SealedBytes.layOut(current, context, associatedData, plaintext);
        seal(context, message);
        return message.bytes();
    }

    @Override
    public byte[] open(CryptoContext context, byte[] associatedData, byte[] sealed) {
        Suite current = suite;
        int keyId = 0;
        try {
            Message message = SealedBytes.read(current, context, associatedData, sealed);
            keyId = message.keyId();
            return current.open(context, message);
        } catch (NotOpenedException e) {
            log.debug("{} bytes for {} not opened: {}", sealed.length, context, e.getMessage());
            throw refused(context, e, keyId);
        }
    }

    @Override
    public SealedOutput sealing(CryptoContext context, byte[] associatedData, OutputStream to) throws IOException {
        Objects.requireNonNull(to, "to");
        while (true) {
            try {
                return suite.sealing(context, associatedData, to);
            } catch (ErasedKeyException e) { // before anything was written
                log.debug("sealing a stream for {} again: {}", context, e.getMessage());
            }
        }
    }

    @Override
    public InputStream opening(CryptoContext context, byte[] associatedData, InputStream from) throws IOException {
        var header = new StreamHeader(from.readNBytes(StreamHeader.BYTES));
        return new OpeningInput(
                segments(context, header, associatedData), from, e -> refused(context, e, header.keyId()));
    }

    @Override
    public SealedReader reader(CryptoContext context, byte[] associatedData, SeekableByteChannel from)
            throws IOException {
        ByteBuffer begin = ByteBuffer.allocate(StreamHeader.BYTES);
        from.position(0);
        while (begin.hasRemaining() && from.read(begin) >= 0) {
            // until it is whole, or the end comes
        }
        var header = new StreamHeader(Arrays.copyOf(begin.array(), begin.position()));
        return new SegmentReader(
                segments(context, header, associatedData), from, e -> refused(context, e, header.keyId()));
    }

    private SegmentCipher segments(CryptoContext context, StreamHeader header, byte[] associatedData) {
        try {
            return suite.segments(context, header, associatedData);
        } catch (NotOpenedException e) {
            log.debug("a stream for {} not opened: {}", context, e.getMessage());
            throw refused(context, e, e.failure().namesKey() ? header.keyId() : 0);
        }
    }

    private SealException refused(CryptoContext context, NotOpenedException reason, int keyId) {
        failures.add(context, reason.failure(), keyId);
        return new SealException();
    }

    @Override
    public boolean encrypting() {
        return suite.code() != Envelope.SUITE_NONE;
    }

    @Override
    public String cipher() {
        return suite.cipher();
    }

    @Override
    public List<Key> keys() {
        return suite.keys();
    }

    /** Ends the audit of failures; calls that are under way go on. */
    @Override
    public void close() {
        failures.close();
    }

    /** How, never with what. */
    @Override
    public String toString() {
        return "CryptoEngine[" + cipher() + "]";
    }
}

package symphony.crypto;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.AuditSink;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventCodec;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.OpenEvent;
import symphony.api.event.Event;
import symphony.component.Guard;

/**
 * Sealing with the keys under {@code symphony.home}. Immediate, so that files are read when it starts and never when somebody
 * publishes. Thread-safe.
 */
@Component(immediate = true, configurationPid = Crypto.PID)
@Designate(ocd = Crypto.Config.class)
public final class Crypto implements EventSealer, CryptoService {
    static final String PID = "symphony.crypto";

    private static final Logger log = LoggerFactory.getLogger(Crypto.class);

    private final Guard guard;
    private final CryptoEngine engine;

    /** Documents and defaults; the values are read by {@link SealSettings}. */
    @ObjectClassDefinition(name = "Symphony crypto", description = "How events are sealed.")
    @interface Config {
        @AttributeDefinition(
                name = "JCA provider",
                description = "Name of the provider of AES/GCM/NoPadding, as SunJCE; empty is the platform's first.")
        String provider() default "";

        @AttributeDefinition(
                name = "Salt time",
                description = "How long a writer keeps its salt, 1m to 1d; after it the writer's key is derived anew.")
        String salt_time() default "1h";

        @AttributeDefinition(
                name = "Derived keys",
                description = "How many derived keys are kept for opening, 64 to 65536.")
        int derived_keys() default 1024;
    }

    /**
     * Loads the keys, or makes them on a first start.
     *
     * @param config the configuration
     * @param context tells the launch properties
     * @param codec encodes data
     * @throws IllegalStateException if there are no keys to be had or encryption is off where it must not be
     */
    @Activate
    public Crypto(Map<String, ?> config, BundleContext context, @Reference(name = "codec") EventCodec codec) {
        this.guard = Guard.of(context.getProperty(Guard.SECURITY));
        this.engine = start(context::getProperty, SealSettings.of(SealSettings.KEYS.orDefaults(config)), codec);
    }

    private CryptoEngine start(UnaryOperator<String> property, SealSettings settings, EventCodec codec) {
        try {
            return start(property, settings, codec, InstantSource.system());
        } catch (IllegalStateException e) {
            // DS logs it, too, in a stack trace of many lines; this is the one to read.
            log.error(e.getMessage());
            throw e;
        }
    }

    private CryptoEngine start(
            UnaryOperator<String> property, SealSettings settings, EventCodec codec, InstantSource clock) {
        if (Encryption.of(property) == Encryption.OFF) {
            log.warn("{}: *** ENCRYPTION IS OFF *** events are plaintext, for development only", PID);
            return CryptoEngine.plaintext(codec, settings, clock, new AuditedFailures(guard).start());
        }
        var random = new SecureRandom();
        Keysets keysets = KeyFolder.of(property, clock, random).open();
        return new CryptoEngine(codec, keysets, settings, clock, random, new AuditedFailures(guard).start());
    }

    @Modified
    void modified(Map<String, ?> config) {
        SealSettings.KEYS.ifValid(config, values -> engine.apply(SealSettings.of(values)));
    }

    @Reference(name = "audit", cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindAudit(AuditSink audit) {
        guard.bind(audit);
    }

    void unbindAudit(AuditSink audit) {
        guard.unbind(audit);
    }

    @Deactivate
    void deactivate() {
        engine.close();
    }

    @Override
    public Envelope seal(CryptoContext context, Event event, UUID id, long publishedMillis, String publisher) {
        return engine.seal(context, event, id, publishedMillis, publisher);
    }

    @Override
    public OpenEvent open(CryptoContext context, Envelope envelope) {
        return engine.open(context, envelope);
    }

    @Override
    public Event reopen(CryptoContext context, Envelope envelope) {
        return engine.reopen(context, envelope);
    }

    @Override
    public long orderKey(String key) {
        return engine.orderKey(key);
    }

    @Override
    public byte[] seal(CryptoContext context, byte[] associatedData, byte[] plaintext) {
        return engine.seal(context, associatedData, plaintext);
    }

    @Override
    public byte[] open(CryptoContext context, byte[] associatedData, byte[] sealed) {
        return engine.open(context, associatedData, sealed);
    }

    @Override
    public boolean encrypting() {
        return engine.encrypting();
    }

    @Override
    public String cipher() {
        return engine.cipher();
    }

    @Override
    public List<Key> keys() {
        return engine.keys();
    }
}

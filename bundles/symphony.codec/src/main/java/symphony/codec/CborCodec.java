package symphony.codec;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import symphony.api.crypto.EventCodec;
import symphony.component.Settings;

/** Event data as CBOR, in the limits of PID {@value #PID}. Thread-safe. */
@Component(configurationPid = CborCodec.PID)
@Designate(ocd = CborCodec.Config.class)
public final class CborCodec implements EventCodec {
    static final String PID = "symphony.codec";

    static final Settings SETTINGS = Settings.of(PID)
            .number(
                    CodecLimits.PAYLOAD_KEY,
                    CodecLimits.DEFAULT.payloadBytes(),
                    CodecLimits.LEAST_BYTES,
                    CodecLimits.MOST_BYTES)
            .number(CodecLimits.DEPTH_KEY, CodecLimits.DEFAULT.depth(), 1, CodecLimits.MOST_DEPTH)
            .build();

    @ObjectClassDefinition(
            name = "Symphony codec",
            description = "Limits of event data, for events published from now on.")
    @interface Config {
        @AttributeDefinition(
                name = "Largest payload",
                description = "Bytes of one event's encoded data, 1024 (1 KiB) to 67108864 (64 MiB).")
        long payload_max_bytes() default 1 << 20;

        @AttributeDefinition(
                name = "Deepest nesting",
                description = "Maps and lists within each other, the outermost map counted, 1 to 256.")
        int depth_max() default 64;
    }

    private final CodecEngine engine;

    /**
     * Starts with what is configured.
     *
     * @param config the component's properties
     */
    @Activate
    public CborCodec(Map<String, ?> config) {
        this.engine = new CodecEngine(limits(SETTINGS.orDefaults(config)));
    }

    @Modified
    void modified(Map<String, ?> config) {
        SETTINGS.ifValid(config, values -> engine.apply(limits(values)));
    }

    @Deactivate
    void deactivate() {
        engine.close();
    }

    static CodecLimits limits(Settings.Values values) {
        return new CodecLimits(values.integer(CodecLimits.PAYLOAD_KEY), values.integer(CodecLimits.DEPTH_KEY));
    }

    @Override
    public byte[] encode(Object data) {
        return engine.encode(data);
    }

    @Override
    public byte[] encode(Object data, int before, int after) {
        return engine.encode(data, before, after);
    }

    @Override
    public Map<String, Object> normalise(Object data) {
        return engine.normalise(data);
    }

    @Override
    public Map<String, Object> decode(byte[] bytes, int offset, int length) {
        return engine.decode(bytes, offset, length);
    }

    @Override
    public <T> T decode(byte[] bytes, int offset, int length, Class<T> type) {
        return engine.decode(bytes, offset, length, type);
    }
}

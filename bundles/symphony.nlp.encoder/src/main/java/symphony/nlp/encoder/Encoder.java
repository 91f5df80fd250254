package symphony.nlp.encoder;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.nlp.SentenceEncoder;

/** Provides the sentence encoder that comes along, on platforms that ONNX Runtime has a library for. */
@Component(
        immediate = true,
        service = {})
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>='symphony.api.nlp.SentenceEncoder'",
        uses = SentenceEncoder.class)
public final class Encoder {
    /*
     * The service is registered by hand: where its library does not run there is none, which is no failure of the component, so
     * that it is told once and not tried again by each who looks for it.
     */
    static final String ID = "bge-small-en-v1.5-q";

    private static final Logger log = LoggerFactory.getLogger(Encoder.class);
    private static final String MODEL = "/encoder/" + ID + ".onnx";
    private static final String TOKENIZER = "/encoder/" + ID + "-tokenizer.json";

    /** Null where there is none. */
    private final OnnxEncoder encoder;

    private final ServiceRegistration<SentenceEncoder> registration;

    /**
     * Loads the encoder, and registers it.
     *
     * @param context takes the service
     */
    @Activate
    public Encoder(BundleContext context) {
        encoder = loaded();
        registration = encoder == null ? null : context.registerService(SentenceEncoder.class, encoder, null);
    }

    private static OnnxEncoder loaded() {
        try {
            return load();
        } catch (IOException | OrtException | RuntimeException | LinkageError e) {
            log.warn(
                    "symphony.nlp.encoder: the sentence encoder cannot be loaded on {} {} ({}); intents are recognised without it",
                    System.getProperty("os.name"),
                    System.getProperty("os.arch"),
                    e.toString());
            log.debug("cause", e);
            return null;
        }
    }

    /** The encoder that comes along. */
    static OnnxEncoder load() throws IOException, OrtException {
        try (InputStream model = resource(MODEL);
                InputStream tokenizer = resource(TOKENIZER)) {
            return new OnnxEncoder(ID, direct(model), pieces(tokenizer));
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = Encoder.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException("the bundle has no " + name + "; build it anew");
        }
        return in;
    }

    /** Outside of the heap, which may be smaller than what is read. */
    private static ByteBuffer direct(InputStream in) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        ReadableByteChannel channel = Channels.newChannel(in);
        while (channel.read(buffer) >= 0) {
            if (!buffer.hasRemaining()) {
                buffer = ByteBuffer.allocateDirect(2 * buffer.capacity()).put(buffer.flip());
            }
        }
        return buffer.flip().slice();
    }

    /** The vocabulary of a tokeniser as Hugging Face writes it, by number. */
    static List<String> pieces(InputStream tokenizer) throws IOException {
        Map<String, Integer> numbers = new HashMap<>();
        try (JsonParser json = new JsonFactory().createParser(tokenizer)) {
            while (!"vocab".equals(json.currentName())) {
                if (json.nextToken() == null) {
                    throw new IOException("the tokeniser has no vocabulary");
                }
            }
            json.nextToken();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                numbers.put(json.currentName(), json.nextIntValue(-1));
            }
        }
        return numbers.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .toList();
    }

    @Deactivate
    void deactivate() throws OrtException {
        if (encoder != null) {
            registration.unregister();
            encoder.close();
        }
    }
}

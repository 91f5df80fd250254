package symphony.api.crypto;

import java.io.IOException;
import java.io.OutputStream;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Seals what is written to it, see {@link CryptoService#sealing}. Only after {@link #finish()} there is something that can be
 * opened: if writing fails, or is given up, what was written so far opens nowhere. One thread at a time.
 */
@ProviderType
public abstract class SealedOutput extends OutputStream {
    /** For whoever implements it. */
    protected SealedOutput() {}

    /**
     * Seals the end and flushes. Nothing can be written after; a second time it does nothing.
     *
     * @throws IOException if the stream behind fails
     */
    public abstract void finish() throws IOException;

    /**
     * Closes the stream behind, finished or not.
     *
     * @throws IOException if that fails
     */
    @Override
    public abstract void close() throws IOException;
}

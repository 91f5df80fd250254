package symphony.api.crypto;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/** Reads from anywhere within what was sealed, see {@link CryptoService#reader}. One thread at a time. */
@ProviderType
public interface SealedReader extends AutoCloseable {
    /**
     * How much there is.
     *
     * @return bytes of plaintext
     */
    long size();

    /**
     * Reads some bytes, as many as can be had at once.
     *
     * @param position of the first, 0 or more
     * @param to where they go
     * @param offset of the first there
     * @param length most of them, 1 or more
     * @return how many, 1 or more; -1 at the end or behind it
     * @throws SealException if what is there was changed
     * @throws IOException if it cannot be read
     */
    int read(long position, byte[] to, int offset, int length) throws IOException;

    /**
     * Closes the channel behind.
     *
     * @throws IOException if that fails
     */
    @Override
    void close() throws IOException;
}

package symphony.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.List;
import java.util.Map;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.SealedOutput;
import symphony.api.crypto.SealedReader;

/** Bytes and streams as one caller seals and opens them: with that caller's permissions. Thread-safe. */
final class CallerCryptoService implements CryptoService {
    private final CryptoService crypto;
    private final Caller caller;

    CallerCryptoService(CryptoService crypto, Caller caller) {
        this.crypto = crypto;
        this.caller = caller;
    }

    @Override
    public byte[] seal(CryptoContext context, byte[] associatedData, byte[] plaintext) {
        checkSeal(context);
        return crypto.seal(context, associatedData, plaintext);
    }

    @Override
    public SealedOutput sealing(CryptoContext context, byte[] associatedData, OutputStream to) throws IOException {
        checkSeal(context);
        return crypto.sealing(context, associatedData, to);
    }

    private void checkSeal(CryptoContext context) {
        caller.check("seal", KeyOperations.nameOf(context));
    }

    @Override
    public byte[] open(CryptoContext context, byte[] associatedData, byte[] sealed) {
        return this.<byte[], RuntimeException>open(context, () -> crypto.open(context, associatedData, sealed));
    }

    @Override
    public InputStream opening(CryptoContext context, byte[] associatedData, InputStream from) throws IOException {
        return this.<InputStream, IOException>open(context, () -> crypto.opening(context, associatedData, from));
    }

    @Override
    public SealedReader reader(CryptoContext context, byte[] associatedData, SeekableByteChannel from)
            throws IOException {
        return this.<SealedReader, IOException>open(context, () -> crypto.reader(context, associatedData, from));
    }

    private <T, E extends Exception> T open(CryptoContext context, Caller.Opening<T, E> opening) throws E {
        return caller.open("open", KeyOperations.nameOf(context), Map.of(), opening);
    }

    @Override
    public boolean encrypting() {
        return crypto.encrypting();
    }

    @Override
    public String cipher() {
        return crypto.cipher();
    }

    @Override
    public List<Key> keys() {
        caller.check("list", "*");
        return crypto.keys();
    }
}

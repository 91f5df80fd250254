package symphony.shell;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.KeyAdmin;
import symphony.api.crypto.SealedOutput;
import symphony.api.crypto.SealedReader;

/** Two keys of events, and what was done to them. */
final class FakeKeys implements KeyAdmin, CryptoService {
    final List<String> calls = new ArrayList<>();
    final List<Use> uses = new ArrayList<>();
    Optional<String> elsewhere = Optional.empty();
    RuntimeException failure;

    private static Key key(int id, KeyState state) {
        return new Key(CryptoContext.EVENT, id, state, Rig.NOW.toEpochMilli() - 60_000L);
    }

    private void called(String call) {
        if (failure != null) {
            throw failure;
        }
        calls.add(call);
    }

    @Override
    public Key rotate(CryptoContext context) {
        called("rotate " + context);
        return key(3, KeyState.PRIMARY);
    }

    @Override
    public Key disable(CryptoContext context, int id) {
        called("disable " + context + " " + Integer.toUnsignedString(id));
        return key(id, KeyState.DISABLED);
    }

    @Override
    public Key enable(CryptoContext context, int id) {
        called("enable " + context + " " + Integer.toUnsignedString(id));
        return key(id, KeyState.ENABLED);
    }

    @Override
    public List<Use> destroy(CryptoContext context, int id, boolean force) {
        called("destroy " + context + " " + Integer.toUnsignedString(id) + " " + force);
        return uses;
    }

    @Override
    public List<Use> uses(CryptoContext context, int id) {
        if (context == CryptoContext.EVENT && id == 2) {
            throw new IllegalStateException("nobody can tell, a test says");
        }
        return uses;
    }

    @Override
    public void changePassphrase() {
        called("changePassphrase");
    }

    @Override
    public Optional<String> changePassphrase(Path file) {
        called("changePassphrase " + file.getFileName());
        return elsewhere;
    }

    @Override
    public byte[] seal(CryptoContext context, byte[] associatedData, byte[] plaintext) {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] open(CryptoContext context, byte[] associatedData, byte[] sealed) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SealedOutput sealing(CryptoContext context, byte[] associatedData, OutputStream to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public InputStream opening(CryptoContext context, byte[] associatedData, InputStream from) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SealedReader reader(CryptoContext context, byte[] associatedData, SeekableByteChannel from) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean encrypting() {
        return true;
    }

    @Override
    public String cipher() {
        return "AES-256-GCM (test)";
    }

    @Override
    public List<Key> keys() {
        return List.of(key(1, KeyState.ENABLED), key(2, KeyState.PRIMARY));
    }
}

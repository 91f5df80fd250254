package symphony.crypto;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Optional;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;

/** A process that seals with the keys of a home on some threads and writes key id, salt and nonce of each seal to a
 * file; prints the hash of an order key. */
final class Sealer {
    /** Seals that are kept in memory before they are written. */
    private static final int SLICE = 10_000;

    private Sealer() {}

    /** Home, file, threads, seals of each thread. */
    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        int threads = Integer.parseInt(args[2]);
        int each = Integer.parseInt(args[3]);
        var keysets = new KeyFolder(home, Optional.empty(), InstantSource.system(), new SecureRandom()).open();
        var engine = Engines.engine(
                keysets,
                SealSettings.defaults().withSealsPerSalt(TwoProcessesTest.SEALS_PER_SALT),
                InstantSource.system());
        System.out.println(engine.orderKey("ada"));
        var running = new ArrayList<Thread>();
        try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(Path.of(args[1])))) {
            for (int i = 0; i < threads; i++) {
                var thread = new Thread(() -> {
                    for (int done = 0; done < each; done += SLICE) {
                        write(file, seals(engine, Math.min(SLICE, each - done)));
                    }
                });
                running.add(thread);
                thread.start();
            }
            for (Thread thread : running) {
                thread.join();
            }
        }
    }

    private static byte[] seals(CryptoEngine engine, int count) {
        var out = ByteBuffer.allocate(count * TwoProcessesTest.ENTRY_BYTES);
        byte[] text = new byte[1];
        for (int i = 0; i < count; i++) {
            byte[] sealed = engine.seal(CryptoContext.EVENT, text, text);
            // Places of SealedBytes' format.
            out.put(sealed, 5, Integer.BYTES + Envelope.SALT_BYTES).put(sealed, 57, Long.BYTES);
        }
        return out.array();
    }

    private static synchronized void write(OutputStream file, byte[] bytes) {
        try {
            file.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

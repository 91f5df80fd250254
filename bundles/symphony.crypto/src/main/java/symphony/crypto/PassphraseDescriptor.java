package symphony.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A passphrase that whoever started this process wrote to a file descriptor of it, as to a pipe. A pipe gives it only once, so
 * it is remembered.
 *
 * @param number of the descriptor
 * @param file the name that the operating system gives it
 * @param waitMillis how long the writer has
 */
record PassphraseDescriptor(int number, Path file, long waitMillis) implements PassphraseSource {
    /** Those below are the console's. */
    static final int MIN = 3;

    static final int MAX = 65_535;

    private static final Path FOLDER = Path.of("/dev/fd");
    private static final long WAIT_MILLIS = TimeUnit.SECONDS.toMillis(20);

    static PassphraseDescriptor of(int number) {
        return new PassphraseDescriptor(number, FOLDER.resolve(Integer.toString(number)), WAIT_MILLIS);
    }

    @Override
    public boolean isThere() {
        return PassphraseMemory.knows(toString()) || Files.exists(file);
    }

    @Override
    public char[] read() throws IOException {
        Optional<char[]> known = PassphraseMemory.recall(toString());
        if (known.isPresent()) {
            return known.get();
        }
        char[] secret = Passphrase.of(firstBytes(), this);
        PassphraseMemory.keep(toString(), secret);
        return secret;
    }

    /** On a thread of its own, for nobody can tell a pipe to stop waiting. */
    private byte[] firstBytes() throws IOException {
        var reading = new FutureTask<>(this::readLine);
        var thread = new Thread(null, reading, Crypto.PID + " passphrase", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(PassphraseDescriptor.class.getClassLoader());
        thread.start();
        try {
            return reading.get(waitMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new KeysUnavailableException(
                    this + ": nothing was written there for " + waitMillis + " ms; " + mend(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeysUnavailableException(this + ": reading it was interrupted; start the bundle again", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KeysUnavailableException refused) {
                throw refused;
            }
            throw new KeysUnavailableException(this + " cannot be read (" + e.getCause() + "); " + mend(), e);
        }
    }

    /** Up to the first end of line, for the writer may keep its end open. */
    private byte[] readLine() throws IOException {
        byte[] bytes = new byte[Passphrase.MAX_BYTES + 1];
        try (InputStream in = Files.newInputStream(file)) {
            int length = 0;
            while (length < bytes.length) {
                int next = in.read();
                if (next < 0 || next == '\n') {
                    return Arrays.copyOf(bytes, length);
                }
                bytes[length++] = (byte) next;
            }
            throw Passphrase.tooLong(this, length);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public String mend() {
        return "write it there, on one line, when the process starts";
    }

    @Override
    public String toString() {
        return "passphrase of file descriptor " + number;
    }
}

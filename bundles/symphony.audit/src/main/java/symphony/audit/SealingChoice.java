package symphony.audit;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.crypto.CryptoService;

/**
 * Chooses how contents are sealed: by the crypto service that is there or, where that may be, not at all. It waits for one for ten
 * seconds, at the start and while that is replaced. Services come and go on any thread; all else is for the writer's thread.
 */
final class SealingChoice {
    private static final Logger log = LoggerFactory.getLogger(SealingChoice.class);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long SEAL_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Path folder;
    private final KeyFiles keys;
    private final boolean isEncryptionOff;
    private final AtomicReference<CryptoService> crypto = new AtomicReference<>();
    private final Due patience = new Due();
    private final Due retry = new Due();
    private boolean hasWarned;

    /**
     * Of a trail.
     *
     * @param isEncryptionOff whether launch properties say that nothing is encrypted
     */
    SealingChoice(Path folder, KeyFiles keys, boolean isEncryptionOff) {
        this.folder = folder;
        this.keys = keys;
        this.isEncryptionOff = isEncryptionOff;
    }

    void use(CryptoService service) {
        crypto.set(service);
    }

    /** Unless another one came before it left. */
    void stopUsing(CryptoService service) {
        crypto.compareAndSet(service, null);
    }

    Optional<CryptoService> crypto() {
        return Optional.ofNullable(crypto.get());
    }

    /**
     * How contents are to be sealed; empty while it is worth waiting for a crypto service.
     *
     * @param before how they were in this process, if any were
     */
    Optional<Sealing> wanted(Optional<Sealing> before, long now) throws TrailException {
        retry.clear();
        Optional<CryptoService> service = crypto();
        Optional<Boolean> isEncrypting = service.flatMap(SealingChoice::isEncrypting);
        if (isEncrypting.orElse(false)) {
            return service.map(Sealing::by);
        }
        if (isEncrypting.isPresent() && mayBePlain(before)) {
            warnOfPlaintext("encryption is off");
            return Optional.of(Sealing.none());
        }
        if (before.filter(sealing -> !sealing.isSealing()).isPresent()) {
            return before;
        }
        patience.setUnlessSet(now + PATIENCE_NANOS);
        if (!patience.isOver(now)) {
            return Optional.empty();
        }
        if (before.isPresent() || keys.hasSealedKey()) {
            throw new TrailException(
                    "the trail in " + folder + " is sealed, and "
                            + (isEncrypting.isPresent()
                                    ? "the crypto service that is there does not encrypt; look for who has registered it, or set"
                                            + " symphony.encryption=off and symphony.environment=dev and restart"
                                    : "no crypto service is there; start symphony.crypto"),
                    null);
        }
        warnOfPlaintext("no crypto service is there");
        return Optional.of(Sealing.none());
    }

    /** What was sealed stays so while the process runs, and after it unless the launch says otherwise, whatever a service says. */
    private boolean mayBePlain(Optional<Sealing> before) {
        return before.map(sealing -> !sealing.isSealing()).orElseGet(() -> isEncryptionOff || !keys.hasSealedKey());
    }

    /** Empty if it does not tell, as while its bundle is replaced: then it is as if none were there. */
    private static Optional<Boolean> isEncrypting(CryptoService service) {
        try {
            return Optional.of(service.encrypting());
        } catch (RuntimeException | LinkageError e) {
            log.debug("symphony.audit: the crypto service does not tell whether it encrypts", e);
            return Optional.empty();
        }
    }

    private void warnOfPlaintext(String why) {
        if (!hasWarned) {
            hasWarned = true;
            log.warn(
                    "symphony.audit: *** THE TRAIL IS NOT SEALED *** {}: whoever can read its files can read who did what",
                    why);
        }
    }

    /** A crypto service is there, and does not seal now. Throws once that has been so for too long. */
    void failed(Throwable cause, long now) throws TrailException {
        patience.setUnlessSet(now + PATIENCE_NANOS);
        if (patience.isOver(now)) {
            throw new TrailException("the crypto service does not seal (" + cause + "); see to symphony.crypto", cause);
        }
        log.debug("symphony.audit: a record could not be sealed; it is tried again", cause);
        retry.set(now + SEAL_RETRY_NANOS);
    }

    /** There is another one, or it has sealed. */
    void beginAnew() {
        patience.clear();
        retry.clear();
    }

    /** How long it may wait until it is to be asked again. */
    long nanosLeft(long now) {
        return Math.min(patience.nanosLeft(now), retry.nanosLeft(now));
    }
}

package symphony.audit;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.SealedStore;

/**
 * Tells which keys of the crypto service the trail needs to be read. A record whose key is destroyed stays where it is, in the
 * chain, and nobody can read it any more. Thread-safe.
 */
final class TrailKeys implements SealedStore {
    private static final long PATIENCE_SECONDS = 5;

    private final TrailReading reading;
    private final TrailWriter writer;
    private final Set<Integer> givenUp = ConcurrentHashMap.newKeySet();

    TrailKeys(TrailReading reading, TrailWriter writer) {
        this.reading = reading;
        this.writer = writer;
    }

    @Override
    public String name() {
        return "audit trail";
    }

    @Override
    public Set<CryptoContext> contexts() {
        return Set.of(CryptoContext.AUDIT);
    }

    @Override
    public long count(CryptoContext context, int keyId) {
        if (context != CryptoContext.AUDIT) {
            return 0;
        }
        sealSigningKeyAnew();
        return reading.countSealedBy(keyId) + (isSigningKeySealedBy(keyId) ? 1 : 0);
    }

    @Override
    public long giveUp(CryptoContext context, int keyId) {
        if (context != CryptoContext.AUDIT || givenUp.contains(keyId)) {
            return 0;
        }
        sealSigningKeyAnew();
        if (isSigningKeySealedBy(keyId)) {
            throw new IllegalStateException("the signing key of the audit trail, " + KeyFiles.SEALED
                    + ", is sealed by key " + keyId
                    + " and could not be sealed anew: it does not open any more. While its process"
                    + " runs it is tried again with each checkpoint; else put it back from a backup together with keys/, or move it"
                    + " away to go on with a new one");
        }
        long count = reading.countSealedBy(keyId);
        return givenUp.add(keyId) ? count : 0;
    }

    private boolean isSigningKeySealedBy(int keyId) {
        try {
            return writer.keys().sealedBy().filter(id -> id == keyId).isPresent();
        } catch (IOException e) {
            throw new IllegalStateException("the signing key of the audit trail cannot be read: " + e, e);
        }
    }

    /** That one must not be lost with a key that was replaced. */
    private void sealSigningKeyAnew() {
        var done = new CompletableFuture<Void>();
        writer.run(() -> {
            try {
                writer.sealSigningKeyAnew();
            } finally {
                done.complete(null);
            }
        });
        try {
            done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException("the audit trail is busy; try again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking the audit trail", e);
        }
    }
}
